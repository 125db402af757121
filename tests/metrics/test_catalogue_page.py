"""The catalogue page says what the definitions say."""

from pathlib import Path

from metrics.engine.catalogue_page import PAGE, catalogue_page


def test_the_committed_page_is_not_stale(shipped: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == catalogue_page(shipped), (
        "docs/metric_catalogue.md is stale: run python -m metrics.engine.catalogue_page"
    )


def test_a_changed_definition_changes_the_page(copied: Path) -> None:
    before = catalogue_page(copied)
    path = copied / "definitions" / "csat.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("label: CSAT", "label: Satisfaction"),
        encoding="utf-8",
    )
    assert "## Satisfaction" in catalogue_page(copied)
    assert "## Satisfaction" not in before


def test_the_page_shows_every_example_and_target(shipped: Path) -> None:
    page = catalogue_page(shipped)
    assert "Twenty-four minutes of an eight-hour shift were elsewhere." in page
    assert "floor 0.55, target 0.78, stretch 0.9." in page
    assert "None" not in page
