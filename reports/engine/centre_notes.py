"""What the centre's page says in sentences: shared recognition, and what is not measured.

Belongs here: results of many people, and the weight the scorecard loses.
Does not belong here: a person.
"""

from reports.engine import figures, reasons
from reports.engine.agent_rows import weight_of
from reports.engine.evidence import Evidence
from reports.engine.evidence_rows import GroupValue, Scorecard
from reports.engine.file_names import team_file
from reports.engine.standing import Reach, Standing, standing_of
from reports.engine.team_notes import Note, Notes, reach_gaps
from reports.engine.wording import Words


def shared_recognition(
    teams: dict[str | None, list[Scorecard]],
    standing: Standing,
    group: dict[str, GroupValue],
    *,
    evidence: Evidence,
    words: Words,
) -> Notes:
    """Name what most people of a large enough circle reach; the number of scores at target last."""
    if standing.is_without_target:
        return Notes([], words.say("recognise.none_without_target"))
    candidates = [
        (
            _share(standing.reach[name]),
            "",
            Note(
                words.say("recognise.metric_title", **gaps), words.say("recognise.metric", **gaps)
            ),
        )
        for name in _worth_naming(standing, evidence)
        for gaps in [reach_gaps(name, standing, group, evidence=evidence, words=words)]
    ][:1]
    candidates += _team_candidates(teams, evidence=evidence, words=words)
    notes = [note for _, _, note in candidates][: evidence.settings.recognition.shown - 1]
    notes += _scores_at_target(evidence, words)
    return Notes(notes) if notes else Notes([], words.say("recognise.none"))


def not_measured_lines(*, evidence: Evidence, words: Words) -> list[str]:
    """Name each metric that nobody is measured on, why, and the weight that is lost with it."""
    rows = [row for rows in evidence.agent_metrics.values() for row in rows]
    seen = {row.metric for row in rows if row.state != "not_measured"}
    weights = {row.metric: weight_of(row) for row in rows}
    lines = []
    for name in evidence.metrics:
        if name in seen or name not in weights:
            continue
        absence, feeds = reasons.absent_feeds(name, evidence=evidence, words=words)
        lines.append(
            words.say(
                f"centre.not_measured.{absence}" if feeds else "centre.not_measured.metric_plain",
                metric=evidence.metrics[name].label,
                feeds=feeds,
                weight=words.say(
                    "centre.not_measured.weight"
                    if weights[name]
                    else "centre.not_measured.no_weight",
                    weight=figures.round_share(weights[name]),
                ),
            )
        )
    return lines


def _team_candidates(
    teams: dict[str | None, list[Scorecard]], *, evidence: Evidence, words: Words
) -> list[tuple[float, str, Note]]:
    found = []
    for team, cards in teams.items():
        if team is None:
            continue
        standing = standing_of(evidence, cards)
        group = evidence.groups.get(("team", team), {})
        for name in _worth_naming(standing, evidence)[:1]:
            gaps = reach_gaps(name, standing, group, evidence=evidence, words=words)
            note = Note(
                words.say("recognise.team_title", team=team, **gaps),
                words.say("recognise.team", **gaps),
                team_file(team),
            )
            found.append((-_share(standing.reach[name]), team, note))
    return sorted(found, key=lambda candidate: candidate[:2])


def _worth_naming(standing: Standing, evidence: Evidence) -> list[str]:
    bar = evidence.settings.recognition
    names = [
        name
        for name in evidence.metrics
        if standing.reach[name].people >= bar.minimum_people
        and _share(standing.reach[name]) >= bar.minimum_share
    ]
    return sorted(names, key=lambda name: -_share(standing.reach[name]))


def _share(reach: Reach) -> float:
    return reach.reached / reach.people


def _scores_at_target(evidence: Evidence, words: Words) -> list[Note]:
    target = evidence.settings.score_scale.target
    reached = sum((card.composite_points or 0) >= target for card in evidence.scorecards)
    if not reached:
        return []
    return [Note(words.count("recognise.score_title", reached), words.say("recognise.score"))]
