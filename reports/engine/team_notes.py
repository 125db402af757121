"""What a page about many people says before its tables: recognition first, then shared gaps.

Belongs here: choosing results that are shared, or that a person reached.
Does not belong here: naming a person beside a gap; without an interval it may be chance.
"""

from dataclasses import dataclass

from reports.engine import figures, values
from reports.engine.evidence import Evidence
from reports.engine.evidence_rows import AgentMetric, GroupValue, Scorecard
from reports.engine.file_names import agent_file
from reports.engine.standing import Standing
from reports.engine.wording import Words


@dataclass(frozen=True)
class Note:
    """A heading and what is said under it; `link` leads to the page it is about."""

    title: str
    body: str
    link: str = ""


@dataclass(frozen=True)
class Notes:
    """Notes, and a sentence that stands after them or in their place."""

    notes: list[Note]
    sentence: str = ""


def heading_gaps(
    standing: Standing, group: dict[str, GroupValue], *, evidence: Evidence, words: Words
) -> dict[str, str]:
    """Fill the gaps that the headings of a team and of the centre share."""
    gaps = {
        "metrics": words.number(standing.metrics),
        "all_metrics": words.number(standing.all_metrics),
        "reached_metrics": words.number(standing.reached_metrics),
        "scored": f"{standing.scored:,}",
        "all_people": f"{standing.people:,}",
        "people": f"{standing.people:,}",
    }
    if standing.gap is None:
        return gaps
    return {**gaps, **reach_gaps(standing.gap, standing, group, evidence=evidence, words=words)}


def reach_gaps(
    name: str,
    standing: Standing,
    group: dict[str, GroupValue],
    *,
    evidence: Evidence,
    words: Words,
) -> dict[str, str]:
    """Fill the gaps of a sentence about how many reach target in one measure."""
    metric, reach, found = evidence.metrics[name], standing.reach[name], group.get(name)
    has_value = found is not None and found.value is not None
    return {
        "gap": metric.label,
        "metric": metric.label,
        "reached": f"{reach.reached:,}",
        "below": f"{reach.people - reach.reached:,}",
        "people": f"{reach.people:,}",
        "value": values.value_text(metric, found.value)
        if found is not None and found.value is not None
        else words.say("states.not_measured"),
        "n": figures.count(found.n or 0) if found is not None and has_value else "0",
    }


def recognised(
    cards: list[Scorecard], standing: Standing, *, evidence: Evidence, words: Words
) -> Notes:
    """Name the people whose score reaches target, with the measures they can be thanked for."""
    if standing.is_without_target:
        return Notes([], words.say("team.recognise.none_without_target"))
    target = evidence.settings.score_scale.target
    reached = [card for card in cards if (card.composite_points or 0) >= target]
    if not reached:
        key = "none" if standing.scored else "none_without_score"
        return Notes([], words.say(f"team.recognise.{key}"))
    shown = reached[: evidence.settings.recognition.shown]
    more = len(reached) - len(shown)
    return Notes(
        [_person_note(card, target, evidence=evidence, words=words) for card in shown],
        words.count("team.recognise.more", more) if more else "",
    )


def shared_gaps(
    standing: Standing, group: dict[str, GroupValue], *, evidence: Evidence, words: Words
) -> Notes:
    """Name the measures with most people under target, as something to work on together."""
    if standing.is_without_target:
        return Notes([], words.say("team.support.none_without_target"))
    under = {
        name: standing.reach[name].people - standing.reach[name].reached
        for name in evidence.metrics
    }
    widest = sorted((name for name in under if under[name]), key=lambda name: -under[name])
    shown = widest[: evidence.settings.support.shown]
    if not shown:
        return Notes([], words.say("team.support.none"))
    return Notes([_gap_note(name, standing, group, evidence, words) for name in shown])


def _person_note(card: Scorecard, target: float, *, evidence: Evidence, words: Words) -> Note:
    rows = [row for row in evidence.agent_metrics[card.agent_id] if (row.points or 0) >= target]
    strongest = sorted(rows, key=_strength)[: evidence.settings.recognition.shown]
    said = [_with_value(row, evidence=evidence, words=words) for row in strongest]
    score = words.say(
        "team.recognise.person_score",
        score=figures.points(card.composite_points or 0),
        target=figures.round_points(target),
    )
    if not said:
        return Note(card.agent_id, score, f"../{agent_file(card.agent_id)}")
    reaches = words.say("team.recognise.person", metrics=words.and_list(said))
    return Note(card.agent_id, f"{score} {reaches}", f"../{agent_file(card.agent_id)}")


def _strength(row: AgentMetric) -> tuple[float, str]:
    return (-(row.contribution_points or 0), row.metric)


def _with_value(row: AgentMetric, *, evidence: Evidence, words: Words) -> str:
    metric = evidence.metrics[row.metric]
    return words.say(
        "team.recognise.metric",
        metric=values.in_sentence(metric.label),
        value=values.value_text(metric, row.value or 0),
        n=figures.count(row.n or 0),
    )


def _gap_note(
    name: str,
    standing: Standing,
    group: dict[str, GroupValue],
    evidence: Evidence,
    words: Words,
) -> Note:
    gaps = reach_gaps(name, standing, group, evidence=evidence, words=words)
    return Note(words.say("team.support.title", **gaps), words.say("team.support.body", **gaps))
