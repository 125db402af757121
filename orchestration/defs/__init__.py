"""What exists, as Dagster sees it: assets, checks, jobs, the schedule.

Belongs here: a table of contents; each body asks one function and reports the answer.
Does not belong here: how anything is done (`orchestration.night`).
"""
