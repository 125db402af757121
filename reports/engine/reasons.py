"""Why a value is not shown, and what would change that.

Belongs here: choosing the sentence for a reason code and filling in how much more is needed.
Does not belong here: deciding that a value is withheld. The evidence models did.
"""

import math
from datetime import timedelta

from reports.engine import figures
from reports.engine.evidence import Evidence
from reports.engine.evidence_rows import AgentMetric, Scorecard
from reports.engine.values import sample_text
from reports.engine.wording import Words

DAYS_A_WEEK = 7
NOT_DECLARED, DID_NOT_ARRIVE = "feed_not_declared", "feed_did_not_arrive"


def metric_reason(row: AgentMetric, *, evidence: Evidence, words: Words) -> str:
    """Say why this metric of this agent is not scored, and how much more is needed."""
    metric = evidence.metrics[row.metric]
    code = known_code(row.withheld_reason or row.state, words)
    absence, feeds = absent_feeds(row.metric, evidence=evidence, words=words)
    if code == NOT_DECLARED:
        code = absence
    has_numbers = bool(feeds) if code == absence else row.n_needed is not None
    sentence = words.group(f"reasons.{code}")
    plain = "agent" if has_numbers or "agent_plain" not in sentence else "agent_plain"
    said = sentence.say(
        plain,
        n=figures.count(row.n or 0),
        sample=sample_text(metric),
        needed=figures.count(row.n_needed or 0),
        days=words.count("counted.days", row.evidence_days or 0),
        feeds=feeds,
    )
    more = _how_much_more(row, code, evidence=evidence, words=words)
    return f"{said} {more}".strip()


def score_reason(card: Scorecard, *, evidence: Evidence, words: Words) -> str:
    """Say why this agent has no total."""
    code = known_code(card.withheld_reason or "nothing_measured", words)
    largest = evidence.metrics.get(card.largest_metric or "")
    return words.say(
        f"reasons.{code}.agent",
        covered=figures.round_share(card.covered_share or 0),
        largest=largest.label if largest else "",
        largest_share=figures.round_share(card.largest_share or 0),
    )


def known_code(code: str, words: Words) -> str:
    """Return the code if there are words for it; a check added later reads as a check."""
    return code if code in words.group("reasons") else "other"


def progress(row: AgentMetric) -> tuple[int, int] | None:
    """Return how far a withheld value has come, if more events or days would help."""
    have = {"too_few_events": row.n, "too_few_days": row.evidence_days}.get(
        row.withheld_reason or ""
    )
    if have is None or row.n_needed is None or have >= row.n_needed:
        return None
    return have, row.n_needed


def absent_feeds(metric: str, *, evidence: Evidence, words: Words) -> tuple[str, str]:
    """Answer why the feeds of a metric are not there, and their names; none where all are.

    What did not arrive may be there tomorrow, so it goes before what nobody has declared.
    """
    missing = evidence.missing_feeds.get(metric, [])
    left_out = [row for row in missing if row.is_left_out]
    labels = words.group("feeds")
    names = [
        labels.say(row.feed) if row.feed in labels else row.feed for row in left_out or missing
    ]
    return DID_NOT_ARRIVE if left_out else NOT_DECLARED, words.and_list(names)


def reason_label(code: str | None, *, words: Words) -> str:
    """Say a reason in a few words, for a table of counts."""
    return words.say(f"reasons.{known_code(code or 'other', words)}.short")


def _how_much_more(row: AgentMetric, code: str, *, evidence: Evidence, words: Words) -> str:
    reached = progress(row)
    if reached is None:
        return ""
    missing = reached[1] - reached[0]
    more = words.count(f"reasons.{code}.more", missing)
    course = evidence.courses.get(row.agent_id, {}).get(row.metric)
    if code != "too_few_events" or course is None or course.events == 0:
        return words.say("pace.none", more=more)
    pace = course.events / len(course.weeks)
    weeks = math.ceil(missing / pace)
    pace_text = figures.count(pace)
    ready = evidence.run.as_of.date() + timedelta(days=DAYS_A_WEEK * weeks)
    if evidence.period is None or ready >= evidence.period.end_date:
        return words.say("pace.beyond", more=more, pace=pace_text)
    return words.count("pace.weeks", weeks, more=more, pace=pace_text)
