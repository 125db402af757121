"""Reads the declarations of this package and refuses what it cannot stand behind."""
