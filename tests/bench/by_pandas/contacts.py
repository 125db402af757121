"""Contacts: handled, resolved, repeated, and their counts per agent, day, channel and queue.

Belongs here: the leg that a contact is credited to, the chain of a customer's contacts.
Does not belong here: what evaluators and customers said about them (`judgements`).
"""

import pandas as pd

from tests.bench.by_pandas.days import Calendar
from tests.bench.by_pandas.feeds import Raw, is_true
from tests.bench.by_pandas.people import agents_of, local_date
from tests.bench.wanted import (
    PARTS,
    QUEUE_KEY,
    REOPEN_WINDOW,
    REPEAT_WINDOW,
    SECONDS,
    SHORT_CONTACT_LIMIT_SECONDS,
)


def read_contacts(raw: Raw, logins: pd.DataFrame, *, calendar: Calendar) -> pd.DataFrame:
    """One row per leg of a contact, with its agent and business day."""
    columns = ["contact_id", "leg_id:category", "agent_external_id:category", "customer_key",
               "contact_reason:category", "case_id", "channel:category", "queue_id:category",
               "contact_started_at", "leg_started_at", "was_handled", "was_transferred_out",
               *PARTS, "is_deleted"]  # fmt: skip
    legs = raw.newest_rows("contact_leg", columns, key=["contact_id", "leg_id"])
    legs = legs[~is_true(legs.pop("is_deleted"))].reset_index(drop=True)
    legs["queue_family"] = legs.pop("queue_id").astype("str").fillna("unknown").astype("category")
    legs["agent_id"] = agents_of(
        logins, "acd", legs.pop("agent_external_id"), legs["leg_started_at"]
    ).astype("category")
    timed = legs[PARTS].notna().any(axis=1)
    legs["handle_seconds"] = legs[PARTS].fillna(0).sum(axis=1).where(timed)
    too_short = (legs["handle_seconds"] < SHORT_CONTACT_LIMIT_SECONDS).fillna(False)
    legs["is_short"] = legs["was_handled"] & too_short.astype(bool)
    legs["is_handled"] = legs["was_handled"] & ~legs["is_short"]
    legs["is_transfer_known"] = legs["is_handled"] & legs["was_transferred_out"].notna()
    legs["is_passed_on"] = legs["is_handled"] & is_true(legs.pop("was_transferred_out"))
    legs["activity_date"] = _business_day(legs, calendar)
    return _mark_the_contact(legs)


def contacts_of_day(
    contacts: pd.DataFrame, cases: pd.DataFrame, *, as_of: pd.Timestamp
) -> pd.DataFrame:
    """One row per agent, day, channel and queue: contacts and the time they took."""
    contacts = contacts.merge(cases, on="case_id", how="left")
    known, first, repeated = _watched(contacts, as_of=as_of)
    has_case = contacts["case_id"].notna()
    case_known = contacts["is_excluded"].notna()
    excluded = is_true(contacts["is_excluded"])
    resolved = is_true(contacts["is_resolved"])
    by_this_agent = contacts["resolved_by"].isna() | (
        contacts["resolved_by"].astype("str") == contacts["agent_id"].astype("str")
    )
    credited = contacts["is_the_contact"] & contacts["is_handled"]
    counts_as_case = credited & case_known & ~excluded & ~is_true(contacts["is_resolver_unknown"])
    first = first & (~has_case | (case_known & ~excluded))
    counted = {
        "handled_contacts": contacts["is_handled"],
        "timed_contacts": contacts["is_handled"] & contacts["handle_seconds"].notna(),
        "acw_timed_contacts": contacts["is_handled"] & contacts["acw_seconds"].notna(),
        "short_contacts": contacts["is_short"],
        "transfer_known_contacts": contacts["is_transfer_known"],
        "transferred_out_contacts": contacts["is_passed_on"],
        "repeat_eligible_contacts": known,
        "repeat_contacts": known & repeated,
        "fcr_eligible_contacts": first,
        "fcr_resolved_contacts": first & ~repeated & (~has_case | resolved),
        "resolution_eligible_contacts": counts_as_case,
        "resolved_contacts": counts_as_case & resolved & by_this_agent,
    }
    measures = {name: those.astype("int64") for name, those in counted.items()}
    measures |= {name: contacts[name].where(contacts["is_handled"]) for name in SECONDS}
    rows = pd.concat([contacts[QUEUE_KEY], pd.DataFrame(measures)], axis=1)
    by_key = rows.groupby(QUEUE_KEY, observed=True)
    sums = by_key[list(counted)].sum()
    return sums.join(by_key[SECONDS].sum(min_count=1)).reset_index()


def read_cases(raw: Raw, logins: pd.DataFrame) -> pd.DataFrame:
    """One row per case: how it stands, and who resolved it."""
    columns = ["case_id", "status:category", "merged_into_case_id", "resolved_at", "closed_at",
               "last_reopened_at", "resolved_by_external_id:category", "channel",
               "is_deleted"]  # fmt: skip
    cases = raw.newest_rows("case_record", columns, key=["case_id"])
    cases = cases[~is_true(cases["is_deleted"])].reset_index(drop=True)
    resolved_at = cases["resolved_at"].fillna(cases["closed_at"])
    cases["resolved_by"] = agents_of(
        logins, "crm", cases["resolved_by_external_id"], resolved_at
    ).astype("category")
    cases["happened_at"] = resolved_at
    cases["is_excluded"] = cases["status"].isin(["merged", "cancelled", "deleted"]) | (
        cases["merged_into_case_id"].notna()
    )
    stays = cases["last_reopened_at"].isna() | (cases["last_reopened_at"] < resolved_at)
    cases["is_resolved"] = cases["status"].isin(["resolved", "closed"]) & stays
    cases["is_resolver_unknown"] = (
        cases["is_resolved"]
        & cases["resolved_by_external_id"].notna()
        & cases["resolved_by"].isna()
    )
    columns = ["case_id", "resolved_by", "is_excluded", "is_resolved", "is_resolver_unknown"]
    cases = cases.rename(columns={"channel": "case_channel"})
    return cases[[*columns, "case_channel", "happened_at"]]


def cases_of_day(
    contacts: pd.DataFrame, cases: pd.DataFrame, *, calendar: Calendar, as_of: pd.Timestamp
) -> pd.DataFrame:
    """One row per resolver, day, channel and queue of the last contact: cases that lasted."""
    lasted = cases["is_resolved"] & ~cases["is_excluded"] & cases["resolved_by"].notna()
    lasted &= cases["happened_at"] + REOPEN_WINDOW <= as_of
    resolved = cases[lasted].reset_index(drop=True)
    places = contacts.loc[
        contacts["is_handled"] & contacts["case_id"].notna(),
        ["case_id", "leg_started_at", "channel", "queue_family"],
    ].sort_values("leg_started_at")
    last = places.drop_duplicates("case_id", keep="last")
    resolved = resolved.merge(last, on="case_id", how="left")
    resolved["channel"] = resolved["channel"].astype("str").fillna(resolved["case_channel"])
    resolved["channel"] = resolved["channel"].fillna("other")
    resolved["queue_family"] = resolved["queue_family"].astype("str").fillna("unknown")
    resolved["agent_id"] = resolved["resolved_by"].astype("str")
    days = calendar.of(resolved["agent_id"], resolved["happened_at"])
    # The end of a last night shift is still the shift's.
    is_here = days["is_in_shift"].fillna(value=False) | ~_has_left(resolved, calendar)
    resolved["activity_date"] = days["activity_date"].where(is_here, _usual(resolved, calendar))
    counted = resolved.groupby(QUEUE_KEY, observed=True).size()
    return counted.rename("resolved_cases").reset_index()


def _usual(resolved: pd.DataFrame, calendar: Calendar) -> pd.Series:
    zones = pd.Series(calendar.usual_zone, index=resolved.index)
    return local_date(resolved["happened_at"], zones)


def _has_left(resolved: pd.DataFrame, calendar: Calendar) -> pd.Series:
    """Who has left is nowhere, and some of their cases are resolved later."""
    gone_from = calendar.assignments.groupby("agent_id")["to_date"].max()
    return _usual(resolved, calendar) >= resolved["agent_id"].map(gone_from)


def _business_day(legs: pd.DataFrame, calendar: Calendar) -> pd.Series:
    """In a shift the day is the shift's; outside of one the contact's own beginning decides."""
    of_leg = calendar.of(legs["agent_id"], legs["leg_started_at"])
    outside = legs.loc[of_leg["is_in_shift"].eq(False), ["agent_id", "contact_started_at"]]
    of_contact = calendar.of(outside["agent_id"], outside["contact_started_at"])
    return of_contact["activity_date"].reindex(legs.index).fillna(of_leg["activity_date"])


def _mark_the_contact(legs: pd.DataFrame) -> pd.DataFrame:
    """Other feeds name a contact, not a leg: the one that handled it last is meant."""
    legs["is_the_contact"] = True
    several = legs[legs.duplicated("contact_id", keep=False)]
    several = several.sort_values(["is_handled", "leg_started_at", "leg_id"])
    others = several[several.duplicated("contact_id", keep="last")]
    legs.loc[others.index, "is_the_contact"] = False
    return legs


def _watched(
    contacts: pd.DataFrame, *, as_of: pd.Timestamp
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Which contacts were watched to the end of the window, which of them began a chain, which
    were repeated."""
    known = contacts["is_the_contact"] & contacts["is_handled"] & contacts["customer_key"].notna()
    columns = ["customer_key", "contact_reason", "contact_started_at", "contact_id"]
    chain = contacts.loc[known, columns].sort_values(["contact_started_at", "contact_id"])
    begun = chain["contact_started_at"]
    of_customer = chain.groupby(["customer_key", "contact_reason"], dropna=False, observed=True)
    before, after = (of_customer["contact_started_at"].shift(step) for step in (1, -1))
    is_a_repeat = (begun - before <= REPEAT_WINDOW).reindex(contacts.index, fill_value=False)
    is_repeated = (after - begun <= REPEAT_WINDOW).reindex(contacts.index, fill_value=False)
    watched = known & (contacts["contact_started_at"] + REPEAT_WINDOW <= as_of)
    return watched, watched & ~is_a_repeat, is_repeated
