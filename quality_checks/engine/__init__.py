"""Evaluates the declared checks and decides whether a run may be published."""
