"""What a suite of expectations is, as its owner writes it.

Belongs here: the shape of the files in `expectations/`, and which slice of a table each looks at.
Does not belong here: Great Expectations. This module is read by people who never import it.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from metrics.engine.documents import load_folder
from metrics.engine.vocabulary import Declaration, Name, Text
from quality_checks.engine.results import Family, Severity

EXPECTATIONS = Path(__file__).parents[1] / "expectations"

# Only what answers with counts, means and shares: a smallest or largest value is somebody's.
Expectation = Literal[
    "expect_column_mean_to_be_between",
    "expect_column_pair_values_a_to_be_greater_than_b",
    "expect_column_proportion_of_non_null_values_to_be_between",
    "expect_column_values_to_be_between",
    "expect_column_values_to_be_in_set",
    "expect_column_values_to_not_be_null",
    "expect_table_row_count_to_be_between",
]
TableName = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$")]

# A day is complete when its agent-days say so; contacts carry no such mark themselves.
_SLICES = {
    "whole_table": "",
    "newest_complete_day": """
where activity_date = (select max(activity_date) from facts.fct_agent_day_queue where is_complete)
""",
}
_COLUMN_ARGUMENTS = ("column", "column_A", "column_B")


class ExpectedPromise(Declaration):
    """One promise about a table, kept by one expectation with arguments as GX writes them."""

    promise: Name
    says: Text
    expectation: Expectation
    arguments: Mapping[str, Any]
    family: Family
    severity: Severity
    minimum_rows: int = Field(ge=1)
    needs_feeds: tuple[Name, ...] = ()
    needs_any_feed: tuple[Name, ...] = ()
    next_step: Text

    @property
    def columns(self) -> list[str]:
        """Return the columns the expectation looks at."""
        return [self.arguments[key] for key in _COLUMN_ARGUMENTS if key in self.arguments]

    @property
    def counts_missing(self) -> bool:
        """Tell whether a missing value is what the expectation is about."""
        return "null" in self.expectation

    def applies_to(self, declared_feeds: Collection[str] | None) -> bool:
        """Tell whether the feeds are declared; without a list of feeds, all are."""
        if declared_feeds is None:
            return True
        has_any = not self.needs_any_feed or not set(self.needs_any_feed).isdisjoint(declared_feeds)
        return has_any and set(self.needs_feeds) <= set(declared_feeds)


class Suite(Declaration):
    """The promises about one slice of one table."""

    suite: Name
    table: TableName
    rows_are: Text
    slice: Literal["whole_table", "newest_complete_day"]
    promises: tuple[ExpectedPromise, ...] = ()

    @property
    def query(self) -> str:
        """Return the rows and only the columns the promises look at: nobody's name is read."""
        columns = sorted({name for promise in self.promises for name in promise.columns})
        return f"select {', '.join(columns) or 'null'} from {self.table} {_SLICES[self.slice]}"


def load_suites(folder: Path = EXPECTATIONS) -> list[Suite]:
    """Read every suite; a promise that is made twice is refused."""
    seen: dict[str, str] = {}
    loaded = load_folder(folder, Suite)
    for one in loaded:
        for at, promise in enumerate(one.declared.promises):
            if promise.promise in seen:
                raise one.document.error(
                    ("promises", at, "promise"),
                    wrong=f"{promise.promise} is also promised by {seen[promise.promise]}",
                    to_do="give each promise its own name",
                )
            seen[promise.promise] = one.document.path.name
    return [one.declared for one in loaded]
