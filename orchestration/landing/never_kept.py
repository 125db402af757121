"""Rows that may not be kept at all, because nobody agreed to it: counted, and then forgotten.

Belongs here: how such a row is marked, and what is left of it.
Does not belong here: which rows these are (`never_keep` of a contract).
"""

import duckdb

from orchestration.landing.contract import Contract
from orchestration.landing.expressions import quoted

# Begins the reason of such a row; what is `refused:` is nobody's mistake.
NOT_KEPT = "refused:not_kept:"


def forget_what_may_not_be_kept(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Leave of such a row in `quarantined` only that it was there, where, and why."""
    nothing = ", ".join(f"{quoted(name)} = null" for name in contract.columns)
    connection.execute(
        f"update quarantined set {nothing} where len(list_filter(reasons,"
        f" lambda reason: starts_with(reason, '{NOT_KEPT}'))) > 0"
    )
