"""A row that cannot be read leaves its agent's day out, until it loads or somebody waives it."""

import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.landing.contract import load_contracts
from orchestration.landing.waiver import waive
from tests.conftest import Centre, SecondNight

pytestmark = pytest.mark.night

VALUES = (
    "select agent_id, period_id, metric, numerator, denominator, n, evidence_days, value, state"
    " from kpis.kpi_agent_period where agent_id {who} order by all"
)
# One answered leg of a customer who was in touch once: nobody else's value hangs on it.
A_LEG = """
select contact_id, agent_external_id, cast(contact_started_at as timestamp) from '{part}'
where was_handled and customer_key in (
    select customer_key from (
        select customer_key from '{part}' union all select customer_key from '{history}'
    )
    group by customer_key having count(*) = 1
)
order by contact_id limit 1
"""


def rows(centre: Centre, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(centre.home.warehouse), read_only=True) as warehouse:
        return warehouse.execute(query).fetchall()


def extracts(centre: Centre) -> list[Path]:
    """The extracts of contacts, the oldest first."""
    found = centre.drop.glob("acd/contact_leg/*/part-000.parquet")
    return sorted(found, key=lambda part: manifest_of(part)["extracted_at"])


def manifest_of(part: Path) -> dict[str, Any]:
    return dict(json.loads(part.with_name("manifest.json").read_text()))


def rewrite(part: Path, query: str, **manifest: Any) -> None:
    """Let a part hold what a query answers, and its manifest say so."""
    other = part.with_name("other.parquet")
    duckdb.sql(f"copy ({query}) to '{other}'")
    other.replace(part)
    (count,) = duckdb.sql(f"select count(*) from '{part}'").fetchall()[0]
    digest = sha256(part.read_bytes()).hexdigest()
    said = manifest_of(part) | manifest
    said["parts"] = [{"file": part.name, "rows": count, "sha256": digest}]
    part.with_name("manifest.json").write_text(json.dumps(said))


class Spoilt:
    """A centre whose newest extract names a channel nobody knows, in one leg of one agent."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        history, newest = extracts(centre)
        self.newest = newest
        found = duckdb.sql(A_LEG.format(part=newest, history=history)).fetchall()
        self.contact, self.agent, self.at = found[0]
        self.right = newest.with_name("right.bin")
        shutil.copyfile(newest, self.right)
        self.spelt = f"case when contact_id = '{self.contact}' then 'pigeon' else channel end"
        rewrite(newest, f"select * replace ({self.spelt} as channel) from '{newest}'")

    def redeliver(self) -> None:
        """Send the leg once more, as it should have been, a minute later."""
        again = self.newest.parent.with_name("again") / self.newest.name
        shutil.copytree(self.newest.parent, again.parent)
        later = known_at(self.newest) + timedelta(minutes=1)
        rewrite(
            again,
            f"select * from read_parquet('{self.right}') where contact_id = '{self.contact}'",
            extract_id="again",
            extracted_at=f"{later.isoformat()}Z",
        )


def known_at(part: Path) -> datetime:
    return datetime.fromisoformat(manifest_of(part)["extracted_at"]).replace(tzinfo=None)


def agent_day(centre: Centre, contact: str) -> list[tuple[Any, ...]]:
    """Answer the row of the agent's day on which the contact counted."""
    return rows(
        centre,
        "select is_complete, has_ended, handled from facts.fct_agent_day as days inner join ("
        " select agent_id, activity_date, sum(handled_contacts)::integer as handled"
        " from facts.fct_agent_day_queue group by all) using (agent_id, activity_date)"
        f" where agent_id = '{contact[0]}' and activity_date = date '{contact[1]}'",
    )


def test_a_day_with_a_gap_is_left_out_until_the_row_loads_or_is_waived(
    copied: Callable[..., Centre], next_day: Centre, second_night: SecondNight
) -> None:
    clean, spoilt = second_night.centre, Spoilt(copied("spoilt", of=next_day))
    centre = spoilt.centre
    ((agent, day),) = rows(
        clean,
        "select agent_id, cast(activity_date as varchar) from facts.fct_contact"
        f" where contact_id = '{spoilt.contact}'",
    )
    ((complete, _, handled),) = agent_day(clean, (agent, day))
    assert complete

    outcome = centre.night()
    assert outcome.code == 0, outcome.in_words()
    assert "left out: 1 days of people, of which rows are kept apart." in outcome.in_words()
    assert agent_day(centre, (agent, day)) == [(False, True, handled - 1)]
    others, own = VALUES.format(who=f"<> '{agent}'"), VALUES.format(who=f"= '{agent}'")
    assert rows(centre, others) == rows(clean, others)
    assert rows(centre, own) != rows(clean, own)
    assert rows(centre, "select * from facts.fct_data_gap where is_kept_apart") == [
        (agent, datetime.fromisoformat(day).date(), "contact_leg", "col:enum:channel", 1, True)
    ]
    assert rows(
        centre,
        "select group_kind, max(gap_days) from kpis.kpi_group_period where gap_days > 0"
        " and group_kind in ('centre', 'team') group by all order by all",
    ) == [("centre", 1), ("team", 1)]

    waived = copied("waived", of=centre)
    before = outcome.run_id
    spoilt.redeliver()
    assert all(result.is_good for result in centre.applied().build())
    assert agent_day(centre, (agent, day)) == [(True, True, handled)]
    for query in (others, own):
        assert rows(centre, query) == rows(clean, query)

    decided_at = known_at(spoilt.newest) + timedelta(minutes=1)
    closed = waive(
        load_contracts()["contact_leg"],
        home=waived.home.root,
        mapping=None,
        reason="col:enum:channel",
        decided=("Kim", "A test call."),
        now=decided_at,
    )
    assert closed == 1
    assert all(result.is_good for result in waived.applied().build())
    assert agent_day(waived, (agent, day)) == [(True, True, handled - 1)]
    assert waived.as_night().arrived().run.run_id != before
    then = waived.as_night(as_of=decided_at - timedelta(minutes=1))
    assert then.arrived().run.run_id == before
