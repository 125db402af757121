"""What the reason for setting a row aside means, in words its receiver can act on.

Belongs here: finding the sentence in `reasons.yml`.
Does not belong here: the reasons themselves; the contract check gives them (`row_checks`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from metrics.engine.plain_yaml import read_plain_yaml

SENTENCES = Path(__file__).with_name("reasons.yml")
SET_ASIDE_BY_MAPPING = "refused:"


@dataclass(frozen=True, kw_only=True)
class ReasonCount:
    """One reason in one delivery or feed: how many rows, and the line where it occurs first.

    `first_line` counts the header as line 1; null where a reason belongs to no single line.
    """

    reason: str
    rows: int
    first_line: int | None
    first_file: str | None = None

    @property
    def is_set_aside(self) -> bool:
        """Whether the source set's own `refuse_when` gives it: nobody has anything to mend."""
        return self.reason.startswith(SET_ASIDE_BY_MAPPING)

    @property
    def means(self) -> str:
        """Say what is wrong."""
        return _sentence(self.reason, "means")

    @property
    def to_do(self) -> str:
        """Say what to do next."""
        return _sentence(self.reason, "to_do")

    def as_json(self) -> dict[str, object]:
        """Answer the count and its sentences as plain values."""
        return {**vars(self), "means": self.means, "to_do": self.to_do}


def what_to_do(reasons: Iterable[ReasonCount]) -> list[str]:
    """Say once what to do about the reasons, in their order, each with the reasons it mends."""
    mended: dict[str, list[str]] = {}
    listed = [reason for reason in reasons if not reason.is_set_aside]
    names = {reason.reason for reason in listed}
    for one in listed:
        # What could not be read is empty as well; one of the two is the cause.
        if one.reason.replace("col:required:", "col:form:") in names - {one.reason}:
            continue
        mended.setdefault(one.to_do, []).append(one.reason)
    return [f"{to_do} ({', '.join(those)})" for to_do, those in mended.items()]


def _sentence(reason: str, part: str) -> str:
    known = _sentences()
    family = next(name for name in known if f"{reason}:".startswith(name and f"{name}:"))
    named = reason.removeprefix(f"{family}:").split(":")[0]
    return known[family][part].replace("{column}", named)


@cache
def _sentences() -> dict[str, dict[str, str]]:
    """Read the sentences, the longest name first."""
    content, _ = read_plain_yaml(SENTENCES)
    return dict(sorted(content.items(), key=lambda item: -len(item[0])))
