"""The page of the centre: where to act, and whether it is the person, the queue or the day.

Belongs here: everything the operations leader reads first. No agent is named.
Does not belong here: an order of teams that could be read as a judgement.
"""

from dataclasses import dataclass

from reports.engine import figures
from reports.engine.centre_checks import CheckRow, check_rows, checks_fact, hidden_checks
from reports.engine.centre_notes import not_measured_lines, shared_recognition
from reports.engine.evidence import Evidence
from reports.engine.evidence_rows import Scorecard
from reports.engine.file_names import team_file
from reports.engine.group_rows import (
    Cell,
    MeasureRow,
    WithheldRow,
    cells_of,
    covers_of,
    heaviest_metrics,
    measure_rows,
    withheld_rows,
)
from reports.engine.shell import Fact, Shell
from reports.engine.standing import Standing, standing_of
from reports.engine.team_notes import Notes, heading_gaps
from reports.engine.wording import Words

Teams = dict[str | None, list[Scorecard]]


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """One team or queue in a table of groups."""

    name: str
    link: str
    people: str
    scored: str
    cells: list[Cell]


@dataclass(frozen=True)
class GroupTable:
    """A table of teams or queues: its caption, its measures and its rows."""

    caption: str
    measures: list[str]
    rows: list[GroupRow]


@dataclass(frozen=True, kw_only=True)
class CentrePage:
    """The centre's page, ready for its template."""

    title: str
    kick: str
    heading: str
    lead: str
    facts: list[Fact]
    recognise: Notes
    recognise_note: str
    measures: list[MeasureRow]
    measures_note: str
    teams: GroupTable
    queues: GroupTable
    withheld: list[WithheldRow]
    not_measured: list[str]
    checks: list[CheckRow]
    hidden_checks: str


def centre_page(teams: Teams, *, evidence: Evidence, shell: Shell, words: Words) -> CentrePage:
    """Write down everything the template of the centre's page says."""
    standing = standing_of(evidence, evidence.scorecards)
    group = evidence.centre
    gaps = heading_gaps(standing, group, evidence=evidence, words=words)
    return CentrePage(
        title=words.say("titles.centre", source=shell.source, period=shell.period),
        kick=words.say("centre.kick", source=shell.source, period=shell.period),
        heading=words.say(f"centre.heading.{standing.heading}", **gaps),
        lead=words.say(f"centre.lead.{standing.heading}", **gaps),
        facts=_facts(standing, evidence=evidence, shell=shell, words=words),
        recognise=shared_recognition(teams, standing, group, evidence=evidence, words=words),
        recognise_note=_recognise_note(evidence, words),
        measures=measure_rows(group, standing, evidence=evidence, words=words),
        measures_note=words.say(
            "centre.measures.note",
            target=figures.round_points(evidence.settings.score_scale.target),
        ),
        teams=_teams(teams, evidence=evidence, shell=shell, words=words),
        queues=_queues(evidence=evidence, shell=shell, words=words),
        withheld=withheld_rows(evidence.scorecards, evidence=evidence, words=words),
        not_measured=not_measured_lines(evidence=evidence, words=words),
        checks=check_rows(evidence.checks, words),
        hidden_checks=hidden_checks(evidence.checks, words),
    )


def _alphabetical(entry: tuple[str | None, object]) -> tuple[bool, str, str]:
    """Put names in alphabetical order; what has no name comes last."""
    name = entry[0] or ""
    return (entry[0] is None, name.casefold(), name)


def _recognise_note(evidence: Evidence, words: Words) -> str:
    bar = evidence.settings.recognition
    return words.say(
        "recognise.note",
        share=figures.round_share(bar.minimum_share),
        people=figures.count(bar.minimum_people),
    )


def _facts(standing: Standing, *, evidence: Evidence, shell: Shell, words: Words) -> list[Fact]:
    people = words.count("facts.people_scored", standing.people, scored=f"{standing.scored:,}")
    return [
        shell.as_of,
        Fact(words.say("facts.covers"), covers_of(evidence.centre, shell, words)),
        Fact(words.say("facts.checks"), checks_fact(evidence.checks, words)),
        Fact(words.say("facts.people"), people),
    ]


def _teams(teams: Teams, *, evidence: Evidence, shell: Shell, words: Words) -> GroupTable:
    names = heaviest_metrics("team", evidence=evidence)
    rows = [
        _team_row(team, cards, names, evidence=evidence, words=words)
        for team, cards in sorted(teams.items(), key=_alphabetical)
    ]
    caption = words.say("centre.teams.caption", period=shell.period)
    return GroupTable(caption, [evidence.metrics[name].label for name in names], rows)


def _team_row(
    team: str | None,
    cards: list[Scorecard],
    names: list[str],
    *,
    evidence: Evidence,
    words: Words,
) -> GroupRow:
    group = evidence.groups.get(("team", team), {})
    return GroupRow(
        name=team or words.say("team_names.none"),
        link=team_file(team),
        people=figures.count(len(cards)),
        scored=figures.count(sum(card.composite_points is not None for card in cards)),
        cells=cells_of(group, names, evidence=evidence, words=words),
    )


def _queues(*, evidence: Evidence, shell: Shell, words: Words) -> GroupTable:
    names = heaviest_metrics("queue_family", evidence=evidence)
    queues = {
        name: group for (kind, name), group in evidence.groups.items() if kind == "queue_family"
    }
    rows = [
        GroupRow(
            name=name or words.say("centre.queues.unnamed"),
            link="",
            people=figures.count(max((value.agents for value in group.values()), default=0)),
            scored="",
            cells=cells_of(group, names, evidence=evidence, words=words),
        )
        for name, group in sorted(queues.items(), key=_alphabetical)
    ]
    caption = words.say("centre.queues.caption", period=shell.period)
    return GroupTable(caption, [evidence.metrics[name].label for name in names], rows)
