"""Stands in for dbt's `adapter` while sqlfluff renders a model.

Belongs here: SQL of the right shape in the place of what `adapter.dispatch` would find.
Does not belong here: anything dbt reads. dbt has an adapter of its own.
"""

from collections.abc import Callable


def dispatch(macro: str) -> Callable[..., str]:
    """Return a stand-in for an engine's version of `macro`: a query, or a call of a function."""

    def rendered(*arguments: object) -> str:
        if macro.startswith("measure"):
            return f"select * from {arguments[0]}"
        return f"{macro}({', '.join(map(str, arguments))})"

    return rendered
