"""What the conformed layer is told: who gets the credit, the bands of tenure, a site's own periods.

Belongs here: the shape of these three declarations.
Does not belong here: what makes them sound (`coverage`), what is counted (`catalogue`), and
carrying them out, which is SQL.
"""

from collections.abc import Mapping
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field, StringConstraints

from metrics.engine.vocabulary import Day, Declaration, Name, Text

Rule = TypeVar("Rule", bound=str)
# Not to be taken for a calendar month or quarter, which every site has.
PeriodId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9-]*$", max_length=20)]


class RuleVersion(Declaration, Generic[Rule]):
    """Who gets the credit, from one day on: one of the rules that the models carry out."""

    effective_from: Day
    rule: Rule
    says: Text
    because: Text


class RuleHistory(Declaration, Generic[Rule]):
    """The versions of the rule for one kind of event."""

    owner: Text
    versions: tuple[RuleVersion[Rule], ...] = Field(min_length=1)


class EventRules(Declaration):
    """One rule for every kind of event that somebody is credited with."""

    contact: RuleHistory[Literal["last_handling_leg"]]
    case: RuleHistory[Literal["resolver_at_resolution"]]
    evaluation: RuleHistory[Literal["agent_of_the_evaluated_leg"]]
    survey: RuleHistory[Literal["named_else_handler_else_resolver"]]

    def histories(self) -> dict[str, RuleHistory[str]]:
        """Return the history of each kind of event."""
        return {kind: getattr(self, kind) for kind in type(self).model_fields}


class Attribution(Declaration):
    """Who gets the credit for what."""

    rules: EventRules


class TenureBand(Declaration):
    """A band of tenure, which lasts until the next one begins."""

    tenure_band: Name
    from_days: int = Field(ge=0)


class TenureVersion(Declaration):
    """The bands, and the day that tenure is counted from, from one day on."""

    effective_from: Day
    counted_from: Literal["hire_date", "role_start_date"]
    because: Text
    bands: tuple[TenureBand, ...] = Field(min_length=1)


class Tenure(Declaration):
    """How long an agent has done the work, in bands inside which people are compared."""

    owner: Text
    versions: tuple[TenureVersion, ...] = Field(min_length=1)


class DeclaredPeriod(Declaration):
    """One period of a declared calendar, both dates inclusive."""

    period_id: PeriodId
    first_date: Day
    last_date: Day


class PeriodCalendar(Declaration):
    """A calendar of a site's own, such as its fiscal or its appraisal periods."""

    owner: Text
    periods: tuple[DeclaredPeriod, ...] = Field(min_length=1)


class Periods(Declaration):
    """The calendars beside months and quarters."""

    calendars: Mapping[Name, PeriodCalendar]
