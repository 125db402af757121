"""Everything people have written about metrics and policy, as the tables of schema `catalogue`.

Belongs here: putting the two owners' tables together.
Does not belong here: what is in them (`metrics.engine`, `quality_checks.engine`).
"""

from metrics.engine.tables import Table, catalogue_tables
from orchestration.night.home import CHECKOUT
from quality_checks.engine.policy import policy_tables


def catalogue_of_the_night() -> list[Table]:
    """Answer the tables that the models read as definitions and policy."""
    return [
        *catalogue_tables(CHECKOUT / "metrics"),
        *policy_tables(CHECKOUT / "quality_checks" / "policy"),
    ]
