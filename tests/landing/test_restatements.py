"""What is a restatement, and of what: two nights written by hand, row by row."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.night.kept_facts import keep_published, published_facts
from orchestration.night.restatements import write_restatements

DAY_COLUMNS = (
    "agent_id varchar, activity_date date, final_from_date date, team_id varchar,"
    " supervisor_agent_id varchar, is_complete boolean, worked_seconds bigint"
)
QUEUE_COLUMNS = (
    "agent_id varchar, activity_date date, final_from_date date, channel varchar,"
    " queue_family varchar, qa_points_earned decimal(18, 4)"
)
# Readers saw run one on 1 June; the 1st of May was final then and the 20th was not.
FINAL, PROVISIONAL = "2026-05-01", "2026-05-20"
Change = tuple[Any, ...]


def day(
    date: str = FINAL,
    *,
    agent: str = "a1",
    team: str = "red",
    boss: str = "b1",
    worked: int | None = 100,
) -> tuple[Any, ...]:
    final_from = f"date '{date}' + 30"
    return ("day", agent, date, final_from, team, boss, True, worked)


def queue(date: str = FINAL, *, family: str = "billing", points: float = 80) -> tuple[Any, ...]:
    return ("queue", "a1", date, f"date '{date}' + 30", "voice", family, points)


class Warehouse:
    """The tables that a night leaves, and the steps that keep and compare them."""

    def __init__(self, file: Path) -> None:
        self.file, self.current = file, ""
        self.connection = duckdb.connect()
        for schema in ("facts", "run", "raw", "catalogue"):
            self.connection.execute(f"create schema {schema}")
        self.connection.execute(
            f"create table facts.fct_agent_day ({DAY_COLUMNS});"
            f" create table facts.fct_agent_day_queue ({QUEUE_COLUMNS});"
            " create table run.context (run_id varchar, as_of timestamp);"
            " create table raw.loaded_batch (batch_id varchar);"
            " create table raw.changed_day"
            " (batch_id varchar, feed varchar, first_date date, last_date date);"
            " create table catalogue.measure_parameter as"
            " select 'repeat_window_days' as parameter, 7::decimal(18, 6) as value"
        )

    def apply(self, run_id: str, *changed: tuple[str, str, str]) -> None:
        """Begin a night: what readers saw is kept, then raw and the run change."""
        keep_published(self.connection, current_run_id=self.current or None)
        for batch_id, feed, date in changed:
            self.connection.execute("insert into raw.loaded_batch values (?)", [batch_id])
            self.connection.execute(
                "insert into raw.changed_day values (?, ?, ?, ?)", [batch_id, feed, date, date]
            )
        self.connection.execute("delete from run.context")
        self.connection.execute("insert into run.context values (?, '2026-06-01')", [run_id])

    def build(self, *rows: tuple[Any, ...], only: str = "day queue") -> None:
        """Replace the facts, or one of them, as a build that is killed half way does."""
        for kind, fact in (("day", "fct_agent_day"), ("queue", "fct_agent_day_queue")):
            if kind in only.split():
                self.connection.execute(f"delete from facts.{fact}")
                for row in rows:
                    if row[0] == kind:
                        marks = ", ".join("?" for _ in row[4:])
                        self.connection.execute(
                            f"insert into facts.{fact} values (?, ?, {row[3]}, {marks})",
                            [*row[1:3], *row[4:]],
                        )

    def found(self, *, code_changed: bool = False) -> list[Change]:
        """Answer what would be restated: measure, before, after and cause of each value."""
        self.file.unlink(missing_ok=True)
        if not write_restatements(self.connection, self.file, code_changed=lambda: code_changed):
            assert not self.file.exists()
            return []
        return self.connection.execute(
            "select measure, coalesce(before_text, before_value::double::varchar),"
            f" coalesce(after_text, after_value::double::varchar), cause from '{self.file}'"
        ).fetchall()

    def publish(self, run_id: str) -> None:
        self.current = run_id
        keep_published(self.connection, current_run_id=run_id)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Answer a warehouse after the publication of run one."""
    warehouse = Warehouse(tmp_path / "restatements.parquet")
    warehouse.apply("one", ("batch-1", "contact_leg", FINAL))
    warehouse.build(day(), day(PROVISIONAL), queue())
    warehouse.publish("one")
    return warehouse


def test_before_the_first_publication_there_is_nothing_to_restate(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "none.parquet")
    warehouse.apply("one")
    warehouse.build(day())
    assert published_facts(warehouse.connection) is None


def test_what_readers_saw_is_kept_with_its_run_and_batches(warehouse: Warehouse) -> None:
    kept = published_facts(warehouse.connection)
    assert kept is not None
    assert (kept.run_id, kept.batch_ids) == ("one", {"batch-1"})


def test_only_a_final_day_is_restated(warehouse: Warehouse) -> None:
    warehouse.apply("two", ("batch-2", "actual_activity", FINAL))
    warehouse.build(day(worked=130), day(PROVISIONAL, worked=999), queue())
    assert warehouse.found() == [("worked_seconds", "100.0", "130.0", "actual_activity")]


def test_a_day_that_was_not_final_when_published_is_not_restated_later(
    warehouse: Warehouse,
) -> None:
    warehouse.apply("two")
    warehouse.build(day(), day(PROVISIONAL, worked=999), queue())
    warehouse.connection.execute("update run.context set as_of = '2026-09-01'")
    assert warehouse.found() == []


def test_a_row_that_vanished_has_nothing_after_and_a_new_one_nothing_before(
    warehouse: Warehouse,
) -> None:
    warehouse.apply("two", ("batch-2", "qa_evaluation", FINAL))
    warehouse.build(day(), day(PROVISIONAL), queue(family="disputes"))
    assert sorted(warehouse.found(), key=str) == [
        ("qa_points_earned", "80.0", None, "qa_evaluation"),
        ("qa_points_earned", None, "80.0", "qa_evaluation"),
    ]


def test_points_are_compared_to_their_last_digit(warehouse: Warehouse) -> None:
    warehouse.apply("two", ("batch-2", "qa_evaluation", FINAL))
    warehouse.build(day(), day(PROVISIONAL), queue(points=80.0001))
    assert warehouse.found() == [("qa_points_earned", "80.0", "80.0001", "qa_evaluation")]


def test_zero_and_not_measured_are_different(warehouse: Warehouse) -> None:
    warehouse.apply("two", ("batch-2", "actual_activity", FINAL))
    warehouse.build(day(worked=None), day(PROVISIONAL), queue())
    assert warehouse.found() == [("worked_seconds", "100.0", None, "actual_activity")]


def test_the_team_a_day_counts_for_is_restated_and_its_supervisor_is_not(
    warehouse: Warehouse,
) -> None:
    warehouse.apply("two", ("batch-2", "agent_roster", FINAL))
    warehouse.build(day(team="blue", boss="b2"), day(PROVISIONAL), queue())
    assert warehouse.found() == [("team_id", "red", "blue", "agent_roster")]


def test_a_column_that_is_new_is_not_restated(warehouse: Warehouse) -> None:
    warehouse.apply("two")
    warehouse.connection.execute("alter table facts.fct_agent_day add column new_seconds bigint")
    warehouse.connection.execute("update facts.fct_agent_day set new_seconds = 5")
    assert warehouse.found(code_changed=True) == []


def test_a_killed_night_restates_what_an_undisturbed_one_does(warehouse: Warehouse) -> None:
    rows = (day(worked=130), day(PROVISIONAL), queue(points=70))
    warehouse.apply("two", ("batch-2", "contact_leg", FINAL))
    warehouse.build(*rows, only="day")  # killed here: one fact is new and one is old
    warehouse.apply("two")
    warehouse.build(*rows)
    assert sorted(warehouse.found()) == [
        ("qa_points_earned", "80.0", "70.0", "contact_leg"),
        ("worked_seconds", "100.0", "130.0", "contact_leg"),
    ]


def test_a_night_killed_before_it_kept_what_it_published_keeps_it_next_time(
    warehouse: Warehouse,
) -> None:
    warehouse.apply("two", ("batch-2", "contact_leg", FINAL))
    warehouse.build(day(worked=130), day(PROVISIONAL), queue())
    warehouse.current = "two"  # readers see it, and the night dies
    warehouse.apply("three")
    warehouse.build(day(worked=150), day(PROVISIONAL), queue())
    assert warehouse.found() == [("worked_seconds", "130.0", "150.0", "another_day")]


def test_what_a_held_night_built_is_no_before_because_nobody_saw_it(warehouse: Warehouse) -> None:
    warehouse.apply("two", ("batch-2", "contact_leg", FINAL))
    warehouse.build(day(worked=0), day(PROVISIONAL), queue())  # and the gate holds it
    warehouse.apply("three", ("batch-3", "actual_activity", FINAL))
    warehouse.build(day(), day(PROVISIONAL), queue())
    assert warehouse.found() == []


@pytest.mark.parametrize(
    ("changed", "code_changed", "cause"),
    [
        ((FINAL,), False, "contact_leg"),
        ((FINAL,), True, "contact_leg, code_or_definitions"),
        ((), True, "code_or_definitions"),
        (("2026-05-09",), False, "contact_leg"),  # a repeat within seven days, and a zone
        (("2026-05-10",), False, "another_day"),
        (("2026-04-30",), False, "contact_leg"),
        (("2026-04-29",), False, "another_day"),
    ],
)
def test_the_cause_is_the_feed_whose_new_batch_reaches_the_day_or_the_code(
    warehouse: Warehouse, changed: tuple[str, ...], code_changed: bool, cause: str
) -> None:
    warehouse.apply("two", *(("batch-2", "contact_leg", date) for date in changed))
    warehouse.build(day(worked=130), day(PROVISIONAL), queue())
    (change,) = warehouse.found(code_changed=code_changed)
    assert change[-1] == cause


def test_a_restatement_landed_before_is_the_cause_of_none(warehouse: Warehouse) -> None:
    warehouse.apply("two", ("batch-2", "restatement", FINAL))
    warehouse.build(day(worked=130), day(PROVISIONAL), queue())
    assert warehouse.found() == [("worked_seconds", "100.0", "130.0", "another_day")]
