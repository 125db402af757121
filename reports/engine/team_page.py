"""The page of one team: whom to thank, and with what to help.

Belongs here: the team's people in alphabetical order, each with state and score.
Does not belong here: an order by score, or a name beside a gap that may be chance.
"""

from dataclasses import dataclass

from reports.engine import drawing, figures, reasons
from reports.engine.evidence import Evidence
from reports.engine.evidence_rows import Scorecard
from reports.engine.file_names import CENTRE_PAGE, agent_file
from reports.engine.group_rows import (
    MeasureRow,
    WithheldRow,
    covers_of,
    measure_rows,
    withheld_rows,
)
from reports.engine.shell import Fact, Shell
from reports.engine.standing import standing_of
from reports.engine.team_notes import Notes, heading_gaps, recognised, shared_gaps
from reports.engine.wording import Words


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person of the team; without a score, `sentence` says why."""

    agent: str
    link: str
    score: str
    place: str
    sentence: str
    based_on: str


@dataclass(frozen=True, kw_only=True)
class People:
    """The table of the team's people, and how to read it."""

    caption: str
    note: str
    key_target: str
    rows: list[Person]


@dataclass(frozen=True, kw_only=True)
class TeamPage:
    """A team's page, ready for its template."""

    team: str
    centre_link: str
    title: str
    kick: str
    heading: str
    lead: str
    facts: list[Fact]
    recognise: Notes
    support: Notes
    people: People
    measures_caption: str
    measures: list[MeasureRow]
    withheld: list[WithheldRow]


def team_page(
    team_id: str | None,
    cards: list[Scorecard],
    *,
    evidence: Evidence,
    shell: Shell,
    words: Words,
) -> TeamPage:
    """Write down everything the template of a team's page says."""
    standing = standing_of(evidence, cards)
    group = evidence.groups.get(("team", team_id), {})
    team = team_id or words.say("team_names.none")
    people = words.count("centre.withheld.people", standing.people)
    gaps = heading_gaps(standing, group, evidence=evidence, words=words)
    return TeamPage(
        team=team,
        centre_link=f"../{CENTRE_PAGE}",
        title=words.say("titles.team", team=team, period=shell.period),
        kick=words.say("team.kick", source=shell.source, period=shell.period),
        heading=words.say(
            f"team.heading.{standing.heading}", team=team, **{**gaps, "people": people}
        ),
        lead=words.say(f"team.lead.{standing.heading}", **gaps),
        facts=[
            Fact(
                words.say("facts.people"),
                words.count("facts.people_scored", standing.people, scored=standing.scored),
            ),
            Fact(words.say("facts.covers"), covers_of(group, shell, words)),
            shell.as_of,
        ],
        recognise=recognised(in_order(cards), standing, evidence=evidence, words=words),
        support=shared_gaps(standing, group, evidence=evidence, words=words),
        people=_people(cards, evidence=evidence, shell=shell, words=words),
        measures_caption=words.say("team.measures.caption", team=team),
        measures=measure_rows(group, standing, evidence=evidence, words=words),
        withheld=withheld_rows(cards, evidence=evidence, words=words),
    )


def _people(cards: list[Scorecard], *, evidence: Evidence, shell: Shell, words: Words) -> People:
    scale = evidence.settings.score_scale
    target = figures.round_points(scale.target)
    return People(
        caption=words.say("team.people.caption", period=shell.period),
        note=words.say(
            "team.people.caption_note",
            target=target,
            low=figures.round_points(scale.low),
            high=figures.round_points(scale.high),
        ),
        key_target=words.say("team.key_target", target=target),
        rows=[_person(card, evidence=evidence, words=words) for card in in_order(cards)],
    )


def in_order(cards: list[Scorecard]) -> list[Scorecard]:
    """Put people in alphabetical order, which says nothing about them."""
    return sorted(cards, key=lambda card: (card.agent_id.casefold(), card.agent_id))


def _person(card: Scorecard, *, evidence: Evidence, words: Words) -> Person:
    rows = evidence.agent_metrics.get(card.agent_id, [])
    measured = sum(row.state == "measured" for row in rows)
    composite = card.composite_points
    is_scored = composite is not None
    return Person(
        agent=card.agent_id,
        link=f"../{agent_file(card.agent_id)}",
        score=figures.points(composite) if composite is not None else "",
        place=drawing.place(composite, evidence.settings.score_scale)
        if composite is not None
        else "",
        sentence=""
        if is_scored
        else reasons.reason_label(card.withheld_reason or "nothing_measured", words=words),
        based_on=words.say(
            "team.people.based_on",
            measured=str(measured),
            metrics=str(len(rows)),
            covered=figures.round_share(card.covered_share or 0),
        ),
    )
