"""The head of an agent's page: one true sentence, and what stands behind the score.

Belongs here: choosing the sentence from the state of the card.
Does not belong here: a value of a single metric.
"""

from reports.engine import figures, values
from reports.engine.evidence import Evidence
from reports.engine.evidence_rows import AgentMetric, Scorecard
from reports.engine.shell import Fact, Shell
from reports.engine.wording import Words


def lead_of(
    card: Scorecard,
    rows: list[AgentMetric],
    strength: AgentMetric | None,
    gap: AgentMetric | None,
    *,
    evidence: Evidence,
    words: Words,
) -> str:
    """Say the one sentence that heads the page."""
    labels = {
        "strength": evidence.metrics[strength.metric].label if strength else "",
        "gap": evidence.metrics[gap.metric].label if gap else "",
    }
    labels |= {f"{name}_inside": values.in_sentence(label) for name, label in labels.items()}
    return words.say(f"agent.lead.{_lead_key(card, rows, strength, evidence)}", **labels)


def facts_of(card: Scorecard, team: str, shell: Shell, words: Words) -> list[Fact]:
    """List what the card is about."""
    belongs = team
    if card.is_roster_derived:
        belongs = words.say("facts.derived_roster", team=team)
    elif card.supervisor_agent_id:
        belongs = words.say("facts.supervisor", team=team, supervisor=card.supervisor_agent_id)
    return [
        Fact(words.say("facts.team"), belongs),
        Fact(words.say("facts.covers"), _covers(card, shell, words)),
        Fact(
            words.say("facts.based_on"),
            words.say("facts.weight_covered", covered=figures.round_share(card.covered_share))
            if card.covered_share
            else words.say("facts.no_weight"),
        ),
        shell.as_of,
    ]


def _covers(card: Scorecard, shell: Shell, words: Words) -> str:
    covers = words.count("facts.days", card.days, covers=shell.covers)
    if not card.gap_days:
        return covers
    return words.count("facts.days_left_out", card.gap_days, covers=covers)


def basis_of(card: Scorecard, *, evidence: Evidence, words: Words) -> list[Fact]:
    """List how much of the scorecard stands behind the score."""
    say = words.group("agent.basis").say
    largest = evidence.metrics.get(card.largest_metric or "")
    largest_share = figures.round_share(card.largest_share or 0)
    return [
        Fact(say("covered"), figures.round_share(card.covered_share or 0)),
        Fact(say("lost"), figures.round_share(card.lost_share or 0)),
        Fact(
            say("largest"),
            say("largest_value", metric=largest.label, share=largest_share)
            if largest
            else say("none"),
        ),
        Fact(say("view"), say(f"views.{evidence.settings.view}")),
    ]


def _lead_key(
    card: Scorecard, rows: list[AgentMetric], strength: AgentMetric | None, evidence: Evidence
) -> str:
    target = evidence.settings.score_scale.target
    if card.composite_points is None:
        return _lead_without_score(card, rows, strength)
    if strength is None:
        return "score_plain"
    printed = round(card.composite_points, 1)
    if printed == target:
        return "score_target"
    return "score_above" if printed > target else "score_near"


def _lead_without_score(
    card: Scorecard, rows: list[AgentMetric], strength: AgentMetric | None
) -> str:
    states = {row.state for row in rows}
    if card.withheld_reason == "no_target_in_force" and "measured" in states:
        return "no_target"
    if strength is not None:
        return "withheld_strength"
    return "withheld" if states - {"not_measured"} else "not_measured"
