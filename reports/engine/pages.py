"""All pages of a night: centre, teams, agents.

Belongs here: reading once, then one template per page.
Does not belong here: what a page says (`centre_page`, `team_page`, `agent_page`) and where the
folder ends up (`publication`).
"""

from collections.abc import Iterator
from pathlib import Path

from duckdb import DuckDBPyConnection

from reports.engine.agent_page import agent_page
from reports.engine.centre_page import centre_page
from reports.engine.environment import environment
from reports.engine.evidence import Evidence, read_evidence
from reports.engine.evidence_rows import Scorecard
from reports.engine.file_names import CENTRE_PAGE, agent_file, team_file
from reports.engine.page_settings import load_settings
from reports.engine.run_facts import RunFacts
from reports.engine.shell import shell_of
from reports.engine.team_page import team_page
from reports.engine.wording import load_words


def render_pages(connection: DuckDBPyConnection, folder: Path, *, run: RunFacts) -> int:
    """Write every page of the night under `folder` and return how many there are."""
    evidence = read_evidence(connection, run=run, settings=load_settings())
    for kind in ("teams", "agents"):
        (folder / kind).mkdir(mode=0o700, parents=True, exist_ok=True)
    number = 0
    for name, text in _pages(evidence):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        number += 1
    return number


def _pages(evidence: Evidence) -> Iterator[tuple[str, str]]:
    words = load_words()
    shell = shell_of(evidence, words)
    templates = environment(words=words, settings=evidence.settings)
    teams: dict[str | None, list[Scorecard]] = {}
    for card in evidence.scorecards:
        teams.setdefault(card.team_id, []).append(card)

    centre = templates.get_template("centre.html.j2")
    page = centre_page(teams, evidence=evidence, shell=shell, words=words)
    yield CENTRE_PAGE, centre.render(page=page, shell=shell)

    team = templates.get_template("team.html.j2")
    for team_id, cards in teams.items():
        its_page = team_page(team_id, cards, evidence=evidence, shell=shell, words=words)
        yield team_file(team_id), team.render(page=its_page, shell=shell)

    agent = templates.get_template("agent.html.j2")
    for card in evidence.scorecards:
        card_page = agent_page(card, evidence=evidence, shell=shell, words=words)
        yield agent_file(card.agent_id), agent.render(page=card_page, shell=shell)
