"""The page of one agent: why this score, and how to contest it.

Belongs here: choosing, from finished values, which true sentence stands where.
Does not belong here: a sentence (`wording`), a calculation (`scorecards`), markup (`templates`).
"""

from dataclasses import dataclass

from reports.engine import drawing, figures, reasons, values
from reports.engine.agent_head import basis_of, facts_of, lead_of
from reports.engine.agent_rows import Category, categories_of, weight_of
from reports.engine.agent_steps import steps_of
from reports.engine.evidence import Evidence
from reports.engine.evidence_rows import AgentMetric, Scorecard
from reports.engine.file_names import CENTRE_PAGE, team_file
from reports.engine.shell import Fact, Shell
from reports.engine.wording import Words


@dataclass(frozen=True, kw_only=True)
class AgentPage:
    """An agent's page, ready for its template."""

    agent: str
    team: str
    centre_link: str
    team_link: str
    title: str
    lead: str
    facts: list[Fact]
    score: str
    score_place: str
    score_words: str
    basis: list[Fact]
    strength: str
    gap: str
    caption_note: str
    categories: list[Category]
    total_points: str
    total_adds: str
    left_out: list[Fact]
    steps: list[str]
    foot: str


def agent_page(card: Scorecard, *, evidence: Evidence, shell: Shell, words: Words) -> AgentPage:
    """Write down everything the template of an agent's page says."""
    rows = evidence.agent_metrics.get(card.agent_id, [])
    scale = evidence.settings.score_scale
    composite = card.composite_points
    strength, gap = _best(rows, scale.target), _widest_gap(rows, scale.target)
    team = card.team_id or words.say("team_names.none")
    is_scored = composite is not None
    return AgentPage(
        agent=card.agent_id,
        team=team,
        centre_link=f"../{CENTRE_PAGE}",
        team_link=f"../{team_file(card.team_id)}",
        title=words.say("titles.agent", agent=card.agent_id, period=shell.period),
        lead=lead_of(card, rows, strength, gap, evidence=evidence, words=words),
        facts=facts_of(card, team, shell, words),
        score="" if composite is None else figures.points(composite),
        score_place="" if composite is None else drawing.place(composite, scale),
        score_words=words.say("agent.score.target", target=figures.round_points(scale.target))
        if is_scored
        else reasons.score_reason(card, evidence=evidence, words=words),
        basis=basis_of(card, evidence=evidence, words=words),
        strength=_strength(strength, gap, card, rows, evidence=evidence, words=words),
        gap=_named("gap", gap, card, rows, evidence=evidence, words=words),
        caption_note=_caption_note(card, evidence, words),
        categories=categories_of(card, evidence=evidence, words=words),
        total_points="" if composite is None else figures.points(composite),
        total_adds="" if composite is None else figures.signed(round(composite, 1) - scale.target),
        left_out=_left_out(rows, evidence=evidence, words=words),
        steps=steps_of(rows, evidence=evidence, words=words),
        foot=words.say("agent.foot", agent=card.agent_id),
    )


def _best(rows: list[AgentMetric], target: float) -> AgentMetric | None:
    reached = [row for row in rows if row.points is not None and row.points >= target]
    return max(
        reached, key=lambda row: (row.contribution_points or 0, row.points or 0), default=None
    )


def _widest_gap(rows: list[AgentMetric], target: float) -> AgentMetric | None:
    open_gaps = [row for row in rows if row.points is not None and row.points < target]
    return min(
        open_gaps, key=lambda row: (row.contribution_points or 0, row.points or 0), default=None
    )


def _strength(
    best: AgentMetric | None,
    gap: AgentMetric | None,
    card: Scorecard,
    rows: list[AgentMetric],
    *,
    evidence: Evidence,
    words: Words,
) -> str:
    """Name what is best; under target it is named as the closest to it, unless it is the gap."""
    if best is None:
        closest = max(
            (row for row in rows if row.points is not None),
            key=lambda row: (row.points or 0, row.metric),
            default=None,
        )
        if closest is not None and closest is not gap:
            return _said("strength.closest", closest, evidence=evidence, words=words)
    return _named("strength", best, card, rows, evidence=evidence, words=words)


def _named(
    kind: str,
    row: AgentMetric | None,
    card: Scorecard,
    rows: list[AgentMetric],
    *,
    evidence: Evidence,
    words: Words,
) -> str:
    say = words.group(f"agent.{kind}").say
    if row is None or row.value is None:
        if any(other.points is not None for other in rows):
            return say("none")
        no_target = card.withheld_reason == "no_target_in_force"
        return say("none_without_target" if no_target else "no_points")
    return _said(f"{kind}.body", row, evidence=evidence, words=words)


def _said(sentence: str, row: AgentMetric, *, evidence: Evidence, words: Words) -> str:
    metric = evidence.metrics[row.metric]
    return words.say(
        f"agent.{sentence}",
        metric=metric.label,
        value=values.value_text(metric, row.value or 0),
        target=values.target_text(metric, row, words=words),
        n=figures.count(row.n or 0),
        points=figures.points(row.points or 0),
    )


def _caption_note(card: Scorecard, evidence: Evidence, words: Words) -> str:
    at_target = figures.round_points(evidence.settings.score_scale.target)
    if card.composite_points is not None:
        return words.say("agent.table.caption_note", at_target=at_target)
    if card.withheld_reason == "no_target_in_force":
        return words.say("agent.table.caption_no_target")
    return words.say("agent.table.caption_no_total", at_target=at_target)


def _left_out(rows: list[AgentMetric], *, evidence: Evidence, words: Words) -> list[Fact]:
    return [
        Fact(
            evidence.metrics[row.metric].label,
            words.say(f"agent.left_out.{row.state}", weight=figures.round_share(weight_of(row)))
            + "; "
            + reasons.reason_label(row.withheld_reason or "other", words=words).lower(),
        )
        for row in rows
        if row.state != "measured"
    ]
