"""Whatever happens to a file on its way: it is sent back whole, or no record is lost."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.landing.refusal import DeliveryRefused
from tests.landing.conftest import Site
from tests.landing.test_harmless_oddities import row, text

ROWS = [row(response_id=f"r{n}", survey_id='"a, b"' if n % 7 == 0 else "s") for n in range(300)]
VALID = text(*ROWS).encode()
AFTER_HEADER = VALID.index(b"\n") + 1

# Deterministic: a build that fails by chance teaches people to run it again.
FEW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Corruption:
    """One thing that happens to bytes: what, where (0 to 1 of the file), and with which byte."""

    what: str
    at: float
    byte: int

    def apply(self, content: bytes) -> bytes:
        position = AFTER_HEADER + int(self.at * (len(content) - AFTER_HEADER - 1))
        one = bytes([self.byte])
        if self.what == "flip":
            return content[:position] + one + content[position + 1 :]
        if self.what == "insert":
            return content[:position] + one + content[position:]
        if self.what == "quote":
            return content[:position] + b'"' + content[position:]
        return self._on_lines(content)

    def _on_lines(self, content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        if len(lines) < 3:
            return content
        number = 1 + int(self.at * (len(lines) - 2))
        line = lines[number]
        fields = line.rstrip(b"\r\n").split(b",")
        changed = {
            "cut line": [line[: len(line) // 2], b"\n"],
            "double line": [line, line],
            "lose end": [line.rstrip(b"\n")],
            "carriage return": [line.rstrip(b"\n"), b"\r\n"],
            "swap fields": [b",".join(reversed(fields)), b"\n"],
            "empty line": [line, b"\n"],
            "cut file": [],
        }[self.what]
        rest = [] if self.what == "cut file" else lines[number + 1 :]
        return b"".join([*lines[:number], *changed, *rest])


CORRUPTIONS = st.lists(
    st.builds(
        Corruption,
        what=st.sampled_from(
            ["flip", "insert", "quote", "cut line", "double line", "lose end", "carriage return",
             "swap fields", "empty line", "cut file"]
        ),
        at=st.floats(0, 1),
        byte=st.integers(0, 255),
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip


def records(content: bytes) -> int:
    """Count the records after the header, by the rules of CSV and nothing of ours."""
    lines = io.StringIO(content.decode(errors="replace"), newline="")
    return sum(1 for record in csv.reader(lines) if record) - 1


@FEW
@given(corruptions=CORRUPTIONS)
def test_a_corrupted_file_is_sent_back_or_every_record_is_accounted_for(
    corruptions: list[Corruption],
) -> None:
    content = VALID
    for corruption in corruptions:
        content = corruption.apply(content)
    with TemporaryDirectory() as folder:
        site = Site(Path(folder))
        site.write("a.csv", content)
        try:
            (batch,) = site.land("survey_response")
        except DeliveryRefused:
            assert not list((site.home / "raw").rglob("*"))
            return
        accounting = batch.accounting
        kept = accounting.accepted + accounting.quarantined + accounting.duplicates
        assert accounting.read == kept == records(content)
        assert len(site.accepted(batch, "*")) == accounting.accepted
        assert len(site.quarantined(batch)) == accounting.quarantined


def test_the_count_of_the_property_finds_a_lost_record() -> None:
    assert records(VALID) == len(ROWS)
    assert records(VALID.replace(ROWS[5].encode() + b"\n", b"")) == len(ROWS) - 1
