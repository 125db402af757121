import pytest

from reports.engine.file_names import agent_file, team_file
from reports.engine.pages import render_pages
from reports.engine.run_facts import read_run

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    "",
    "a\x00b",
    "a\nb",
    "{{ 7 * 7 }}",
    "{% include 'x' %}",
    "{n}",
    "javascript:alert(1)",
    "</title></style><script>alert(1)</script>",
    "&lt;script&gt;",
    "\u202egnp.exe",
    "مركز" * 90,
    "W" * 360,
    "CON",
    "=cmd|' /C calc'!A0",
    "--><svg onload=alert(1)>",
    "%2e%2e%2f",
    "😀",
]


@pytest.fixture
def hostile_pages(warehouse, tmp_path):
    agents = [(text, team) for text in HOSTILE for team in [HOSTILE[len(text) % len(HOSTILE)]]]
    labels = {"source": HOSTILE[14], "csat": HOSTILE[10] + HOSTILE[0], "qa_score": HOSTILE[1]}
    connection = warehouse(agents=agents, labels=labels)
    render_pages(connection, tmp_path / "run", run=read_run(connection))
    return tmp_path / "run"


def test_no_hostile_text_becomes_markup_or_a_template(hostile_pages):
    for page in hostile_pages.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert "<script" not in html
        assert "<img" not in html
        assert "<svg onload" not in html
        assert "' onmouseover='" not in html
    agent = (hostile_pages / agent_file("../../etc/passwd")).read_text(encoding="utf-8")
    assert "{{ 7 * 7 }}&lt;script&gt;alert(1)&lt;/script&gt;" in agent
    assert '<h1 dir="auto">../../etc/passwd</h1>' in agent


def test_no_hostile_id_reaches_the_file_system(hostile_pages):
    names = {path.relative_to(hostile_pages).as_posix() for path in hostile_pages.rglob("*.html")}
    assert names == {
        "index.html",
        *(agent_file(text) for text in HOSTILE),
        *(team_file(HOSTILE[len(text) % len(HOSTILE)]) for text in HOSTILE),
    }
    for name in names - {"index.html"}:
        folder, file = name.split("/")
        assert folder in ("agents", "teams")
        assert set(file.removesuffix(".html")) <= set("0123456789abcdef")


def test_two_ids_never_share_a_file_and_one_id_is_not_both_team_and_agent():
    names = [agent_file(text) for text in HOSTILE] + [team_file(text) for text in HOSTILE]
    names.append(team_file(None))
    assert len(set(names)) == len(names)
