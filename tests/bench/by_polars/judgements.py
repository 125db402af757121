"""What evaluators and customers said about contacts, per agent, day, channel and queue.

Belongs here: evaluations and surveys that count, and the contact they are about.
Does not belong here: contacts themselves (`contacts`).
"""

import polars as pl

from tests.bench.by_polars.days import on_their_day
from tests.bench.by_polars.feeds import IS_FLAGGED, Raw
from tests.bench.by_polars.people import People
from tests.bench.wanted import FULL_SCORE_POINTS, QUEUE_KEY, SATISFIED_SHARE_OF_SCALE

CHANNEL = pl.col("channel").fill_null("other")
QUEUE_FAMILY = pl.col("queue_family").fill_null("unknown")
POINTS_TYPE = pl.Decimal(18, 4)


def evaluations_of_day(
    raw: Raw, people: People, *, contacts: pl.LazyFrame, calendar: pl.LazyFrame
) -> pl.LazyFrame:
    """One row per agent, day, channel and queue: evaluations and their points."""
    evaluations = on_their_day(_evaluations_that_count(raw, people), calendar, moment="happened_at")
    closest = [
        pl.col("leg_id").eq_missing(pl.col("leg_id_of_leg")),
        pl.col("agent_id").eq_missing(pl.col("agent_id_of_leg")),
        (pl.col("is_the_contact") & pl.col("is_handled")).fill_null(value=False),
        pl.col("leg_started_at"),
    ]
    return (
        evaluations.join(contacts, on="contact_id", how="left", suffix="_of_leg")
        .sort(closest)
        .unique("evaluation_id", keep="last")
        .with_columns(
            QUEUE_FAMILY,
            activity_date=pl.coalesce("activity_date_of_leg", "activity_date"),
            channel=pl.coalesce("channel_of_leg", "channel").fill_null("other"),
        )
        .group_by(QUEUE_KEY)
        .agg(pl.col("qa_points_earned", "qa_points_possible").sum(), evaluations=pl.len())
    )


def surveys_of_day(
    raw: Raw, people: People, *, contacts: pl.LazyFrame, calendar: pl.LazyFrame
) -> pl.LazyFrame:
    """One row per agent, day, channel and queue: surveys sent, answers, satisfied answers."""
    invitations = _invitations(raw, people)
    asked = ["contact_id", "agent_id", "happened_at"]
    sent = invitations.filter("is_sent").select(*asked, surveys_invited=1)
    answers = _responses(raw, people, invitations).with_columns(csat_eligible_responses=1)
    surveys = pl.concat([sent, answers], how="diagonal")
    meant = contacts.filter("is_the_contact").select(
        "contact_id", "agent_id", "activity_date", "channel", "queue_family", "was_handled"
    )
    nobody_handled = ~pl.col("was_handled") & pl.col("csat_eligible_responses").is_not_null()
    return (
        on_their_day(surveys, calendar, moment="happened_at")
        .join(meant, on="contact_id", how="left", suffix="_of_contact")
        .filter(~nobody_handled.fill_null(value=False))
        .with_columns(
            CHANNEL,
            QUEUE_FAMILY,
            activity_date=pl.coalesce("activity_date_of_contact", "activity_date"),
            agent_id=pl.coalesce("agent_id", "agent_id_of_contact"),
        )
        .filter(pl.col("agent_id").is_not_null())
        .group_by(QUEUE_KEY)
        .agg(pl.col("surveys_invited", "^csat_.*$").sum())
    )


def _evaluations_that_count(raw: Raw, people: People) -> pl.LazyFrame:
    columns = ["evaluation_id", "revision", "contact_id", "leg_id", "agent_external_id", "status",
               "purpose", "sampling", "channel", "score_points", "points_earned",
               "points_possible", "contact_started_at", "evaluated_at", "is_deleted"]  # fmt: skip
    rows = (
        raw.newest_rows("qa_evaluation", columns, key=["evaluation_id", "revision"])
        .sort("revision")
        .unique("evaluation_id", keep="last")
        .with_columns(happened_at=pl.coalesce("contact_started_at", "evaluated_at"))
    )
    has_points = pl.col("points_earned").is_not_null()
    possible = pl.when(has_points).then("points_possible").otherwise(FULL_SCORE_POINTS)
    return (
        people.named(rows, "qa", login="agent_external_id", moment="happened_at")
        .with_columns(
            pl.col("channel").cast(pl.Categorical),
            qa_points_earned=pl.coalesce("points_earned", "score_points").cast(POINTS_TYPE),
            qa_points_possible=possible.cast(POINTS_TYPE),
        )
        .filter(
            ~IS_FLAGGED,
            pl.col("status").is_in(["submitted", "released"]),
            ~pl.col("purpose").is_in(["calibration", "self", "peer", "targeted"]),
            ~pl.col("sampling").is_in(["targeted", "complaint"]),
            pl.col("agent_id").is_not_null(),
            pl.col("qa_points_earned").is_not_null(),
            pl.col("qa_points_possible") > 0,
        )
        .drop("contact_started_at", "is_deleted")
    )


def _invitations(raw: Raw, people: People) -> pl.LazyFrame:
    columns = ["invitation_id", "contact_id", "agent_external_id", "triggered_at", "sent_at",
               "status"]  # fmt: skip
    rows = raw.newest_rows("survey_invitation", columns, key=["invitation_id"])
    is_sent = pl.col("sent_at").is_not_null() | pl.col("status").is_in(
        ["sent", "opened", "started", "responded", "expired"]
    )
    return people.named(rows, "survey", login="agent_external_id", moment="triggered_at").select(
        "invitation_id", "contact_id", "agent_id", happened_at="triggered_at", is_sent=is_sent
    )


def _responses(raw: Raw, people: People, invitations: pl.LazyFrame) -> pl.LazyFrame:
    columns = ["response_id", "question_id", "invitation_id", "contact_id",
               "attributed_agent_external_id", "responded_at", "metric", "score_value",
               "scale_min", "scale_max", "is_test", "exclusion_reason", "is_deleted"]  # fmt: skip
    rows = raw.newest_rows("survey_response", columns, key=["response_id", "question_id"]).filter(
        ~IS_FLAGGED,
        ~pl.col("is_test"),
        pl.col("score_value").is_not_null(),
        pl.col("exclusion_reason").is_null(),
        metric="csat",
    )
    score, lowest, highest = (
        pl.col(name).cast(pl.Float64) for name in ("score_value", "scale_min", "scale_max")
    )
    satisfied = score >= lowest + SATISFIED_SHARE_OF_SCALE * (highest - lowest)
    named = people.named(
        rows, "survey", login="attributed_agent_external_id", moment="responded_at"
    )
    asked = invitations.select("invitation_id", "contact_id", "agent_id")
    return named.join(asked, on="invitation_id", how="left", suffix="_asked").select(
        contact_id=pl.coalesce("contact_id", "contact_id_asked"),
        agent_id=pl.coalesce("agent_id", "agent_id_asked"),
        happened_at="responded_at",
        csat_satisfied_responses=satisfied.cast(pl.Int32),
    )
