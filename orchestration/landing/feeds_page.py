"""Writes `docs/feeds.md` from the contracts.

Belongs here: finished values for the template beside this module.
Does not belong here: sentences (they stand in the template and in the contracts).
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.landing.contract import CONTRACTS, Column, Contract, SetRule, load_contracts

PAGE = Path(__file__).parents[2] / "docs" / "feeds.md"
_TEMPLATE = "feeds.md.jinja"


def feeds_page(folder: Path) -> str:
    """Return every contract as Markdown, by area and feed."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        # Markdown of our own declarations, read by people and never served as a page.
        autoescape=False,  # noqa: S701
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    contracts = sorted(load_contracts(folder).values(), key=lambda one: (one.area, one.feed))
    return templates.get_template(_TEMPLATE).render(feeds=[_feed(one) for one in contracts])


def main() -> None:
    """Write the page."""
    PAGE.write_text(feeds_page(CONTRACTS), encoding="utf-8")


def _feed(contract: Contract) -> dict[str, Any]:
    return {
        **contract.model_dump(exclude={"columns", "set_rules"}),
        "key": ", ".join(contract.key),
        "event_at": ", ".join(contract.event_at),
        "lasts": " to ".join(contract.lasts or ()),
        "reaches_through": ", ".join(contract.reaches_through),
        "bad_per_thousand": f"{contract.max_bad_share * 1000:g}",
        "columns": [_column(name, column) for name, column in contract.columns.items()],
        "set_rules": {name: _set_rule(rule) for name, rule in contract.set_rules.items()},
    }


def _column(name: str, column: Column) -> dict[str, str]:
    allowed = ", ".join(column.one_of)
    if column.between:
        allowed = f"{column.between[0]:.7g} to {column.between[1]:.7g}"
    if column.max_length:
        allowed = f"up to {column.max_length} characters"
    return {
        "name": name,
        "type": column.type,
        "required": "yes" if column.required else "counted" if column.is_counted else "",
        "allowed": allowed,
        "personal": column.personal or "",
        "says": column.says.replace("|", "\\|"),
    }


def _set_rule(rule: SetRule) -> dict[str, Any]:
    return {**rule.model_dump(), "per": ", ".join(rule.per)}


if __name__ == "__main__":
    main()
