"""Which feeds the centre sends: from which system, in which format, in which planted worlds.

Belongs here: the list.
Does not belong here: the rows of a feed (`feeds/*.sql`), its files (`drop`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

# Two large feeds are Parquet, the largest text is compressed, so that every reader is used.
# Timestamps are text everywhere, also in Parquet: a third slower to write than timestamps, and
# read without a cast. zstd at level 1 is as small as at 3 here, and a sixth faster.
CSV, GZIPPED, PARQUET = "csv", "csv.gz", "parquet"


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One feed: who sends it, in which format, and whether it is known only at the end.

    A feed without a sender is truth that grows with every extract.
    """

    name: str
    source_system: str | None
    ending: str = CSV
    is_sent_at_the_end: bool = False

    @property
    def query(self) -> str:
        """Name the SQL file of its rows."""
        return f"feeds/{self.name}" if self.source_system else f"truth/{self.name}"


FEEDS = (
    Feed(name="agent_roster", source_system="hr", is_sent_at_the_end=True),
    Feed(name="agent_identity", source_system="hr", is_sent_at_the_end=True),
    Feed(name="activity_type", source_system="wfm", is_sent_at_the_end=True),
    Feed(name="planned_activity", source_system="wfm", ending=GZIPPED),
    Feed(name="actual_activity", source_system="wfm", ending=PARQUET),
    Feed(name="contact_leg", source_system="acd", ending=PARQUET),
    Feed(name="case_record", source_system="crm", is_sent_at_the_end=True),
    Feed(name="qa_evaluation", source_system="qa"),
    Feed(name="survey_invitation", source_system="survey"),
    Feed(name="survey_response", source_system="survey"),
    Feed(name="agent_skill", source_system="hr", is_sent_at_the_end=True),
    Feed(name="business_calendar", source_system="hr", is_sent_at_the_end=True),
    Feed(name="service_incident", source_system="itsm", is_sent_at_the_end=True),
    Feed(name="adherence_exception", source_system="wfm"),
    Feed(name="adherence_day_vendor", source_system="wfm"),
    Feed(name="case_event", source_system="crm", ending=PARQUET, is_sent_at_the_end=True),
    Feed(name="qa_form_question", source_system="qa", is_sent_at_the_end=True),
    Feed(name="qa_answer", source_system="qa"),
    Feed(name="development_event", source_system="qa"),
    Feed(name="conversation_analytics", source_system="acd", ending=PARQUET),
)

# What is known beside them, in every centre.
GROWING_TRUTHS = (Feed(name="vendor_day_gap", source_system=None, ending=PARQUET),)

REASSIGNED_CASE = Feed(
    name="reassigned_case", source_system=None, ending=PARQUET, is_sent_at_the_end=True
)
# What is sent, and known, in planted worlds alone.
PLANTED_FEEDS = {
    "leaver_reassignment": (REASSIGNED_CASE,),
    "rating_reassignment": (REASSIGNED_CASE,),
    "surveys_without_agent": (
        Feed(name="survey_without_agent", source_system=None, ending=PARQUET),
    ),
    "lenient_approver": (Feed(name="adherence_decision", source_system=None, ending=PARQUET),),
}


def feeds_of(worlds: Iterable[str]) -> tuple[Feed, ...]:
    """Name the feeds of a centre in which these planted worlds are on, each once."""
    planted = [feed for world in worlds for feed in PLANTED_FEEDS.get(world, ())]
    return tuple(dict.fromkeys([*FEEDS, *GROWING_TRUTHS, *planted]))
