"""Contacts: handled, resolved, repeated, and their counts per agent, day, channel and queue.

Belongs here: the leg that a contact is credited to, the chain of a customer's contacts.
Does not belong here: what evaluators and customers said about them (`judgements`).
"""

import polars as pl

from tests.bench.by_polars.days import on_their_day
from tests.bench.by_polars.feeds import IS_FLAGGED, Raw
from tests.bench.by_polars.people import People
from tests.bench.wanted import (
    PARTS,
    QUEUE_KEY,
    REOPEN_WINDOW,
    REPEAT_WINDOW,
    SECONDS,
    SHORT_CONTACT_LIMIT_SECONDS,
)

FEW = pl.Categorical


def read_contacts(raw: Raw, people: People, *, calendar: pl.LazyFrame) -> pl.LazyFrame:
    """One row per leg of a contact, with its agent and business day."""
    columns = ["contact_id", "leg_id", "agent_external_id", "customer_key", "contact_reason",
               "case_id", "channel", "queue_id", "contact_started_at", "leg_started_at",
               "was_handled", "was_transferred_out", *PARTS, "is_deleted"]  # fmt: skip
    legs = raw.newest_rows("contact_leg", columns, key=["contact_id", "leg_id"])
    named = people.named(
        legs.filter(~IS_FLAGGED), "acd", login="agent_external_id", moment="leg_started_at"
    )
    timed = pl.any_horizontal(pl.col(PARTS).is_not_null())
    too_short = pl.col("handle_seconds") < SHORT_CONTACT_LIMIT_SECONDS
    passed_on = pl.col("was_transferred_out")
    judged = (
        named.with_columns(
            pl.col("contact_reason", "channel").cast(FEW),
            queue_family=pl.col("queue_id").fill_null("unknown").cast(FEW),
            handle_seconds=pl.when(timed).then(pl.sum_horizontal(PARTS)),
        )
        .with_columns(is_short=pl.col("was_handled") & too_short.fill_null(value=False))
        .with_columns(is_handled=pl.col("was_handled") & ~pl.col("is_short"))
        .with_columns(
            is_transfer_known=pl.col("is_handled") & passed_on.is_not_null(),
            is_passed_on=pl.col("is_handled") & passed_on.fill_null(value=False),
        )
        .drop("agent_external_id", "queue_id", "is_deleted", "was_transferred_out")
    )
    return _mark_the_contact(_dated(judged, calendar))


def contacts_of_day(contacts: pl.LazyFrame, cases: pl.LazyFrame, *, raw: Raw) -> pl.LazyFrame:
    """One row per agent, day, channel and queue: contacts and the time they took."""
    outcomes = cases.drop("case_channel", "happened_at")
    watched = pl.col("is_known") & (pl.col("contact_started_at") + REPEAT_WINDOW <= raw.as_of)
    has_case, case_known = pl.col("case_id").is_not_null(), pl.col("is_excluded").is_not_null()
    excluded, resolved, resolver_unknown = (
        pl.col(name).fill_null(value=False)
        for name in ("is_excluded", "is_resolved", "is_resolver_unknown")
    )
    by_this_agent = (pl.col("resolved_by") == pl.col("agent_id")).fill_null(value=True)
    credited = pl.col("is_the_contact") & pl.col("is_handled")
    counts_as_case = credited & case_known & ~excluded & ~resolver_unknown
    repeated = pl.col("is_repeated")
    first = watched & ~pl.col("is_a_repeat") & (~has_case | (case_known & ~excluded))
    handled = pl.col("is_handled")
    counted = {
        "handled": handled,
        "timed": handled & pl.col("handle_seconds").is_not_null(),
        "acw_timed": handled & pl.col("acw_seconds").is_not_null(),
        "short": pl.col("is_short"),
        "transfer_known": pl.col("is_transfer_known"),
        "transferred_out": pl.col("is_passed_on"),
        "repeat_eligible": watched,
        "repeat": watched & repeated,
        "fcr_eligible": first,
        "fcr_resolved": first & ~repeated & (~has_case | resolved),
        "resolution_eligible": counts_as_case,
        "resolved": counts_as_case & resolved & by_this_agent,
    }
    agents = contacts.filter(pl.col("agent_id").is_not_null())
    return (
        _chained(agents)
        .join(outcomes, on="case_id", how="left")
        .group_by(QUEUE_KEY)
        .agg(
            *(those.sum().alias(f"{name}_contacts") for name, those in counted.items()),
            *(_sum_if_any(pl.when("is_handled").then(name)).alias(name) for name in SECONDS),
        )
    )


def read_cases(raw: Raw, people: People) -> pl.LazyFrame:
    """One row per case: how it stands, and who resolved it."""
    columns = ["case_id", "status", "merged_into_case_id", "resolved_at", "closed_at",
               "last_reopened_at", "resolved_by_external_id", "channel", "is_deleted"]  # fmt: skip
    cases = raw.newest_rows("case_record", columns, key=["case_id"]).filter(~IS_FLAGGED)
    named = people.named(
        cases.with_columns(happened_at=pl.coalesce("resolved_at", "closed_at")),
        "crm",
        login="resolved_by_external_id",
        moment="happened_at",
    )
    reopened_at = pl.col("last_reopened_at")
    stays = reopened_at.is_null() | (reopened_at < pl.col("happened_at")).fill_null(value=False)
    is_resolved = pl.col("status").is_in(["resolved", "closed"]) & stays
    resolver = pl.col("resolved_by_external_id")
    return named.select(
        "case_id",
        "happened_at",
        is_resolved=is_resolved,
        resolved_by="agent_id",
        case_channel=pl.col("channel").cast(FEW),
        is_excluded=pl.col("status").is_in(["merged", "cancelled", "deleted"])
        | pl.col("merged_into_case_id").is_not_null(),
        is_resolver_unknown=is_resolved & resolver.is_not_null() & pl.col("agent_id").is_null(),
    )


def cases_of_day(
    contacts: pl.LazyFrame,
    cases: pl.LazyFrame,
    people: People,
    *,
    calendar: pl.LazyFrame,
    raw: Raw,
) -> pl.LazyFrame:
    """One row per resolver, day, channel and queue of the last contact: cases that lasted."""
    lasted = cases.filter(
        pl.col("is_resolved"),
        ~pl.col("is_excluded"),
        pl.col("resolved_by").is_not_null(),
        pl.col("happened_at") + REOPEN_WINDOW <= raw.as_of,
    ).rename({"resolved_by": "agent_id"})
    last_contact = (
        contacts.filter(pl.col("is_handled") & pl.col("case_id").is_not_null())
        .group_by("case_id")
        .agg(pl.col("channel", "queue_family").sort_by("leg_started_at").last())
    )
    # Who has left is nowhere, and some of their cases are resolved later: the usual zone decides,
    # but not about the end of a last night shift.
    gone = people.assignments.lazy().group_by("agent_id").agg(gone_from=pl.col("to_date").max())
    usual = people.zones.date_of(pl.col("happened_at"), pl.lit(people.usual_zone))
    return (
        on_their_day(lasted, calendar, moment="happened_at")
        .join(gone, on="agent_id", how="left")
        .join(last_contact, on="case_id", how="left")
        .with_columns(
            activity_date=pl.when(pl.col("is_in_shift").fill_null(value=False))
            .then("activity_date")
            .when(usual >= pl.col("gone_from"))
            .then(usual)
            .otherwise("activity_date"),
            channel=pl.coalesce("channel", "case_channel").fill_null("other"),
            queue_family=pl.col("queue_family").fill_null("unknown"),
        )
        .group_by(QUEUE_KEY)
        .agg(resolved_cases=pl.len())
    )


def _dated(legs: pl.LazyFrame, calendar: pl.LazyFrame) -> pl.LazyFrame:
    """In a shift the day is the shift's; outside of one the contact's own beginning decides."""
    of_leg = on_their_day(legs, calendar, moment="leg_started_at")
    is_outside = ~pl.col("is_in_shift").fill_null(value=True)
    outside = of_leg.filter(is_outside).drop("activity_date", "is_in_shift")
    of_contact = on_their_day(outside, calendar, moment="contact_started_at")
    return pl.concat([of_leg.filter(~is_outside), of_contact], how="diagonal").drop("is_in_shift")


def _mark_the_contact(legs: pl.LazyFrame) -> pl.LazyFrame:
    """Other feeds name a contact, not a leg: the one that handled it last is meant."""
    contact = pl.col("contact_id")
    marked = legs.with_columns(has_several=contact.is_duplicated())
    several = (
        marked.filter("has_several")
        .sort(contact, "is_handled", "leg_started_at", "leg_id")
        .with_columns(is_the_contact=contact.ne_missing(contact.shift(-1)))
    )
    only = marked.filter(~pl.col("has_several")).with_columns(is_the_contact=True)
    return pl.concat([only, several]).drop("has_several")


def _chained(contacts: pl.LazyFrame) -> pl.LazyFrame:
    """Say of each contact of a known customer whether it repeats one, and whether it was repeated.

    In order of customer, reason and time the neighbours of a row are the contacts before and after.
    """
    is_known = (
        pl.col("is_the_contact") & pl.col("is_handled") & pl.col("customer_key").is_not_null()
    )
    marked = contacts.with_columns(is_known=is_known)
    chain = ["customer_key", "contact_reason"]
    known = marked.filter("is_known").sort(*chain, "contact_started_at", "contact_id")
    begun = pl.col("contact_started_at")
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in chain)
    known = known.with_columns(
        is_a_repeat=(same & (begun - begun.shift() <= REPEAT_WINDOW)).fill_null(value=False)
    ).with_columns(is_repeated=pl.col("is_a_repeat").shift(-1, fill_value=False))
    others = marked.filter(~pl.col("is_known")).with_columns(is_a_repeat=False, is_repeated=False)
    return pl.concat([known, others])


def _sum_if_any(values: pl.Expr) -> pl.Expr:
    """Add up what was measured; nothing measured is not zero."""
    return pl.when(values.count() > 0).then(values.sum())
