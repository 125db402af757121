"""What could not be used when a feed was last landed, until a landing of that feed goes through.

Belongs here: one note a feed, so that a step that lands and a step that applies can be apart.
Does not belong here: why it cannot be used (`check`), what a site wants done about it
(`feed_breaks`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.landing.refusal import DeliveryRefused
from reports.engine.durable import replace_text


@contextmanager
def noting_refusal(home: Path, feed: str, *, lands_all: bool) -> Iterator[None]:
    """Keep the words of a refusal of this feed; forget the last where all that waits has landed."""
    note = notes_of(home) / feed
    try:
        yield
    except DeliveryRefused as refusal:
        note.parent.mkdir(parents=True, exist_ok=True)
        replace_text(note, str(refusal))
        raise
    if lands_all:
        note.unlink(missing_ok=True)


def refusals(home: Path) -> dict[str, str]:
    """Answer the words of the last refusal of each feed whose deliveries could not all be used."""
    return {note.name: note.read_text(encoding="utf-8") for note in notes_of(home).glob("[!.]*")}


def notes_of(home: Path) -> Path:
    """Answer the folder of the notes, one file a feed."""
    return home / "refused"
