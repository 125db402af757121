"""What evaluators and customers said about contacts, per agent, day, channel and queue.

Belongs here: evaluations and surveys that count, and the contact they are about.
Does not belong here: contacts themselves (`contacts`).
"""

import pandas as pd

from tests.bench.by_pandas.days import Calendar
from tests.bench.by_pandas.feeds import Raw, is_true
from tests.bench.by_pandas.people import agents_of
from tests.bench.wanted import FULL_SCORE_POINTS, QUEUE_KEY, SATISFIED_SHARE_OF_SCALE

# Points have four decimals at most: counted in ten-thousandths they add up exactly.
PARTS_OF_A_POINT = 10_000


def evaluations_of_day(
    raw: Raw, logins: pd.DataFrame, *, contacts: pd.DataFrame, calendar: Calendar
) -> pd.DataFrame:
    """One row per agent, day, channel and queue: evaluations and their points."""
    evaluations = _evaluations_that_count(raw, logins)
    own_days = calendar.of(evaluations["agent_id"], evaluations["happened_at"])["activity_date"]
    about = contacts[contacts["contact_id"].isin(evaluations["contact_id"])]
    pairs = evaluations.reset_index(names="event").merge(
        about, on="contact_id", suffixes=("", "_of_leg")
    )
    pairs["is_named"] = pairs["leg_id"] == pairs["leg_id_of_leg"].astype("str")
    pairs["is_own"] = pairs["agent_id"] == pairs["agent_id_of_leg"].astype("str")
    pairs["is_last"] = pairs["is_the_contact"] & pairs["is_handled"]
    pairs = pairs.sort_values(["is_named", "is_own", "is_last", "leg_started_at"])
    legs = pairs.drop_duplicates("event", keep="last").set_index("event")
    legs = legs.reindex(evaluations.index)
    placed = evaluations[["agent_id", "qa_points_earned", "qa_points_possible"]].assign(
        activity_date=legs["activity_date"].fillna(own_days),
        channel=legs["channel_of_leg"].astype("str").fillna(evaluations["channel"]).fillna("other"),
        queue_family=legs["queue_family"].astype("str").fillna("unknown"),
        evaluations=1,
    )
    return placed.groupby(QUEUE_KEY, as_index=False).sum()


def surveys_of_day(
    raw: Raw, logins: pd.DataFrame, *, contacts: pd.DataFrame, calendar: Calendar
) -> pd.DataFrame:
    """One row per agent, day, channel and queue: surveys sent, answers, satisfied answers."""
    invitations = _invitations(raw, logins)
    responses = _responses(raw, logins, invitations)
    asked = pd.concat(
        [
            invitations.loc[
                invitations["is_sent"], ["contact_id", "agent_id", "happened_at"]
            ].assign(surveys_invited=1),
            responses.assign(csat_eligible_responses=1),
        ],
        ignore_index=True,
    )
    columns = ["contact_id", "agent_id", "activity_date", "channel", "queue_family", "was_handled"]
    meant = contacts.loc[contacts["is_the_contact"], columns]
    placed = asked.merge(meant, on="contact_id", how="left", suffixes=("", "_of_contact"))
    nobody_handled = placed["was_handled"].eq(False) & placed["csat_eligible_responses"].eq(1)
    placed = placed[~nobody_handled]
    own_days = calendar.of(placed["agent_id"], placed["happened_at"])["activity_date"]
    placed["activity_date"] = placed["activity_date"].fillna(own_days)
    placed["agent_id"] = placed["agent_id"].fillna(placed["agent_id_of_contact"].astype("str"))
    placed["channel"] = placed["channel"].astype("str").fillna("other")
    placed["queue_family"] = placed["queue_family"].astype("str").fillna("unknown")
    measures = ["surveys_invited", "csat_eligible_responses", "csat_satisfied_responses"]
    placed[measures] = placed[measures].fillna(0).astype("int64")
    return placed.groupby(QUEUE_KEY, as_index=False)[measures].sum()


def _evaluations_that_count(raw: Raw, logins: pd.DataFrame) -> pd.DataFrame:
    columns = ["evaluation_id", "revision", "contact_id", "leg_id", "agent_external_id", "status",
               "purpose", "sampling", "channel", "score_points", "points_earned",
               "points_possible", "contact_started_at", "evaluated_at", "is_deleted"]  # fmt: skip
    rows = raw.newest_rows("qa_evaluation", columns, key=["evaluation_id", "revision"])
    rows = rows.sort_values("revision").drop_duplicates("evaluation_id", keep="last")
    rows["happened_at"] = rows["contact_started_at"].fillna(rows["evaluated_at"])
    rows["agent_id"] = agents_of(logins, "qa", rows["agent_external_id"], rows["happened_at"])
    earned = rows["points_earned"].fillna(rows["score_points"])
    possible = rows["points_possible"].where(rows["points_earned"].notna(), FULL_SCORE_POINTS)
    rows["qa_points_earned"] = (earned * PARTS_OF_A_POINT).round()
    rows["qa_points_possible"] = (possible * PARTS_OF_A_POINT).round()
    counts = (
        ~is_true(rows["is_deleted"])
        & rows["status"].isin(["submitted", "released"])
        & ~rows["purpose"].isin(["calibration", "self", "peer", "targeted"])
        & ~rows["sampling"].isin(["targeted", "complaint"])
        & rows["agent_id"].notna()
        & rows["qa_points_earned"].notna()
        & (rows["qa_points_possible"] > 0)
    )
    return rows[counts].reset_index(drop=True)


def _invitations(raw: Raw, logins: pd.DataFrame) -> pd.DataFrame:
    columns = ["invitation_id", "contact_id", "agent_external_id:category", "triggered_at",
               "sent_at", "status:category"]  # fmt: skip
    rows = raw.newest_rows("survey_invitation", columns, key=["invitation_id"])
    rows["agent_id"] = agents_of(logins, "survey", rows["agent_external_id"], rows["triggered_at"])
    rows["is_sent"] = rows["sent_at"].notna() | rows["status"].isin(
        ["sent", "opened", "started", "responded", "expired"]
    )
    return rows.rename(columns={"triggered_at": "happened_at"})


def _responses(raw: Raw, logins: pd.DataFrame, invitations: pd.DataFrame) -> pd.DataFrame:
    columns = ["response_id", "question_id", "invitation_id", "contact_id",
               "attributed_agent_external_id", "responded_at", "metric", "score_value",
               "scale_min", "scale_max", "is_test", "exclusion_reason", "is_deleted"]  # fmt: skip
    rows = raw.newest_rows("survey_response", columns, key=["response_id", "question_id"])
    rows = rows[
        (rows["metric"] == "csat")
        & rows["score_value"].notna()
        & ~rows["is_test"]
        & rows["exclusion_reason"].isna()
        & ~is_true(rows["is_deleted"])
    ].reset_index(drop=True)
    asked = invitations.set_index("invitation_id")
    rows["contact_id"] = rows["contact_id"].fillna(rows["invitation_id"].map(asked["contact_id"]))
    named = agents_of(logins, "survey", rows["attributed_agent_external_id"], rows["responded_at"])
    rows["agent_id"] = named.fillna(rows["invitation_id"].map(asked["agent_id"]))
    width = rows["scale_max"] - rows["scale_min"]
    satisfied = rows["score_value"] >= rows["scale_min"] + SATISFIED_SHARE_OF_SCALE * width
    rows["csat_satisfied_responses"] = satisfied.astype("int64")
    rows["happened_at"] = rows["responded_at"]
    return rows[["contact_id", "agent_id", "happened_at", "csat_satisfied_responses"]]
