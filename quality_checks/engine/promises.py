"""What a promise about people is: the sentence, who answers for it, what is said when it breaks.

Belongs here: the shape of the files in `fairness/` and `presence/`.
Does not belong here: counting (`counts/`) and judging the counts (`fairness`).
"""

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Literal

from metrics.engine.documents import load_folder
from metrics.engine.vocabulary import Declaration, Name, Text
from quality_checks.engine.results import Family, Severity, Status

# A promise that can block is kept; one that withholds or warns has passed. The rest are failures.
Finding = Literal[
    "kept", "passed", "block", "withhold", "warn", "annotate", "nothing", "not_declared"
]


class Promise(Declaration):
    """One promise, true when its check passes."""

    promise: Name
    says: Text
    owner: Text
    why: Text
    family: Family
    severity: Severity
    needs_feeds: tuple[Name, ...] = ()
    needs_any_feed: tuple[Name, ...] = ()
    when_nothing: Status
    findings: Mapping[Finding, Text]
    next_step: Mapping[Finding, Text] = {}

    def explain(self, finding: Finding, said: Mapping[str, str]) -> str:
        """Say what was found, and what to do about it."""
        sentences = [self.findings[finding], self.next_step.get(finding, "")]
        return Template(" ".join(filter(None, sentences))).substitute(said)

    def applies_to(self, declared_feeds: frozenset[str]) -> bool:
        """Tell whether the feeds this promise is about are declared."""
        has_any = not self.needs_any_feed or bool(declared_feeds & set(self.needs_any_feed))
        return has_any and declared_feeds >= set(self.needs_feeds)


def load_promises(folder: Path) -> list[Promise]:
    """Read the promises of a folder; a file is called what it promises."""
    loaded = load_folder(folder, Promise)
    for one in loaded:
        if one.declared.promise != one.document.path.stem:
            raise one.document.error(
                ("promise",),
                wrong=f"{one.document.path.name} promises {one.declared.promise}",
                to_do=f"rename the file to {one.declared.promise}.yml",
            )
    return [one.declared for one in loaded]
