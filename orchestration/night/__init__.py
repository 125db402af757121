"""One night, step by step: what each Dagster asset asks for, and what a person can call by hand.

Belongs here: the steps in order, where they read and write, the identity of a run.
Does not belong here: Dagster (`orchestration.defs`), what a step decides (`landing`,
`quality_checks`, `reports`).
"""
