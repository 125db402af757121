"""The commands of `evenhand`, one module each: `add_arguments(parser)` and `run(parsed) -> int`.

Belongs here: words of the command line, and what is printed at the end.
Does not belong here: any step of the work. A module imports what it needs when it runs.
"""
