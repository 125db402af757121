"""The reference declarations meet the traps of the sources they are shaped after."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.connectors.run import run_extracts
from orchestration.landing.contract import load_contracts
from orchestration.landing.source_set import SourceSet, load_source_set
from tests.connectors.api_server import Api, Asked, Reply
from tests.connectors.conftest import NOW, FetchingSite

REFERENCE = Path(__file__).parents[2] / "orchestration" / "connectors" / "reference"
MINUTE = 60


def declared(site: FetchingSite, api: Api, name: str, *hosts: str) -> SourceSet:
    """Read a reference as it is, with the test's server in place of the vendor's."""
    text = (REFERENCE / f"{name}.yml").read_text(encoding="utf-8")
    for host in hosts:
        assert f"https://{host}" in text
        text = text.replace(f"https://{host}", api.address)
    path = site.root / "sources.yml"
    path.write_text(text, encoding="utf-8")
    return load_source_set(path, load_contracts(), folder=site.drop)


class Tickets:
    """Invented tickets, answered as an incremental export answers: two a page, newest left out."""

    def __init__(self, now: datetime) -> None:
        self.now = int(now.timestamp())
        self.tickets = [
            {"id": 35436 + n, "status": "open", "generated_timestamp": self.now - at * MINUTE,
             "updated_at": "2026-10-01T10:00:00Z"}
            for n, at in enumerate([300, 90, 240, 120, 0])
        ]  # fmt: skip

    def __call__(self, asked: Asked) -> Reply:
        begin = int(asked.params["cursor"]) if "cursor" in asked.params else 0
        since = int(asked.params.get("start_time", 0))
        if since > self.now - MINUTE:
            return Reply({"error": "Too recent start_time"}, status=422)
        seen = [one for one in self.tickets if since <= one["generated_timestamp"] < self.now - 60]
        page = seen[begin : begin + 2]
        sets = [{"id": 1, "ticket_id": one["id"], "reopens": 2} for one in page]
        return Reply(
            {
                "tickets": page,
                "metric_sets": sets,
                "after_cursor": str(begin + 2),
                "end_of_stream": begin + 2 >= len(seen),
            }
        )


def test_tickets_are_fetched_with_their_metrics_by_the_stamp_that_automations_move(
    site: FetchingSite, api: Api
) -> None:
    site.environ["ZENDESK_TOKEN"] = "t0ken"
    tickets = Tickets(NOW)
    api.routes["/api/v2/incremental/tickets/cursor.json"] = tickets
    source_set = declared(site, api, "zendesk_tickets", "example.zendesk.com")
    (outcome,) = run_extracts(source_set, now=NOW, environ=site.environ, pace=site.pace)
    assert outcome.problem is None
    assert outcome.rows == 4
    newest = datetime.fromtimestamp(tickets.now - 90 * MINUTE, UTC)
    assert outcome.cursor == newest.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert all(asked.params["include"] == "metric_sets" for asked in api.asked)
    (part, *_) = site.deliveries(source_set)[0].parts
    assert '"metric_set": {"id": 1, "ticket_id": 35436, "reopens": 2}' in site.text(part)


def test_no_more_than_ten_requests_a_minute_are_made(site: FetchingSite, api: Api) -> None:
    site.environ["ZENDESK_TOKEN"] = "t0ken"
    api.routes["/api/v2/incremental/tickets/cursor.json"] = Tickets(NOW)
    source_set = declared(site, api, "zendesk_tickets", "example.zendesk.com")
    run_extracts(source_set, now=NOW, environ=site.environ, pace=site.pace)
    assert site.pace.pauses == [6.0] * (len(api.asked) - 1)


def test_nothing_of_the_last_minute_is_asked_for(site: FetchingSite, api: Api) -> None:
    site.environ["ZENDESK_TOKEN"] = "t0ken"
    api.routes["/api/v2/incremental/tickets/cursor.json"] = Tickets(NOW)
    source_set = declared(site, api, "zendesk_tickets", "example.zendesk.com")
    text = (site.root / "sources.yml").read_text().replace("first: 2026-01-01", "first: 2026-11-01")
    (site.root / "sources.yml").write_text(text)
    source_set = load_source_set(site.root / "sources.yml", load_contracts(), folder=site.drop)
    midnight = datetime(2026, 11, 1, 0, 0, 10, tzinfo=UTC)
    run_extracts(source_set, now=midnight, environ=site.environ, pace=site.pace)
    assert int(api.asked[0].params["start_time"]) == int(midnight.timestamp()) - MINUTE


class Adherence:
    """Invented adherence jobs: done at the second question, addresses that may have expired."""

    def __init__(self, api: Api, *, expired: int = 0) -> None:
        self.api, self.expired, self.questions = api, expired, dict[str, int]()
        base = "/api/v2/workforcemanagement/adherence/historical/bulk"
        api.routes["/oauth/token"] = [Reply({"access_token": "tok"})]
        api.routes[base] = self.request
        for number in range(9):
            api.routes[f"{base}/jobs/job-{number}"] = self.poll
        api.routes["/results"] = self.results
        self.spans: list[tuple[str, str]] = []

    def request(self, asked: Asked) -> Reply:
        (item,) = asked.json["items"]  # type: ignore[misc, has-type]
        start, end = (datetime.fromisoformat(item[name]) for name in ("startDate", "endDate"))
        if (end - start).days > 7:
            return Reply({"message": "range too long"}, status=400)
        self.spans.append((item["startDate"], item["endDate"]))
        return Reply({"job": {"id": f"job-{len(self.spans) - 1}", "status": "Processing"}})

    def poll(self, asked: Asked) -> Reply:
        job = asked.path.rpartition("-")[2]
        self.questions[job] = self.questions.get(job, 0) + 1
        if self.questions[job] == 1:
            return Reply({"job": {"status": "Processing"}})
        link = f"{self.api.address}/results?job={job}&signature=short-lived"
        return Reply({"job": {"status": "Complete"}, "downloadUrls": [link]})

    def results(self, asked: Asked) -> Reply:
        if self.expired:
            self.expired -= 1
            return Reply("<Error>expired</Error>", status=403)
        start, end = self.spans[int(asked.params["job"])]
        actual = {"actualActivityCategory": "OnQueueWork", "startOffsetSeconds": 28800}
        ended = {**actual, "endOffsetSeconds": 30600}
        user = {"userId": "0f-a1", "actuals": [ended, actual]}
        return Reply({"startDate": start, "endDate": end, "userResults": [user]})


@pytest.fixture
def genesys(site: FetchingSite, api: Api) -> SourceSet:
    site.environ |= {"GENESYS_CLIENT_ID": "id", "GENESYS_CLIENT_SECRET": "s3same"}
    hosts = ("api.example-region.pure.cloud", "login.example-region.pure.cloud")
    return declared(site, api, "genesys_adherence", *hosts)


def test_a_window_is_cut_into_what_a_job_accepts_and_offsets_become_times(
    site: FetchingSite, api: Api, genesys: SourceSet
) -> None:
    jobs = Adherence(api)
    (outcome,) = run_extracts(genesys, now=NOW, environ=site.environ, pace=site.pace)
    assert outcome.problem is None
    assert len(jobs.spans) == 5
    assert jobs.spans[0] == ("2026-10-01T00:00:00Z", "2026-10-08T00:00:00Z")
    assert jobs.spans[-1] == ("2026-10-29T00:00:00Z", "2026-11-01T00:00:00Z")
    lines = site.text(site.deliveries(genesys)[0].parts[0]).splitlines()
    assert '"start_at": "2026-10-01T08:00:00Z", "end_at": "2026-10-01T08:30:00Z"' in lines[0]
    assert '"start_at": "2026-10-01T08:00:00Z", "end_at": null' in lines[1]
    assert '"userId": "0f-a1"' in lines[0]
    (manifest,) = site.manifests()
    assert manifest["window_start"] == "2026-10-01T00:00:00Z"
    assert manifest["window_end"] == "2026-11-01T00:00:00Z"


def test_an_expired_address_is_asked_for_anew_and_not_for_ever(
    site: FetchingSite, api: Api, genesys: SourceSet
) -> None:
    Adherence(api, expired=2)
    (outcome,) = run_extracts(genesys, now=NOW, environ=site.environ, pace=site.pace)
    assert outcome.rows == 10
    Adherence(api, expired=99)
    later = datetime(2026, 11, 2, tzinfo=UTC)
    (refused,) = run_extracts(genesys, now=later, environ=site.environ, pace=site.pace)
    assert "had expired every time" in str(refused.problem)
    assert len(site.manifests()) == 1


def test_pieces_that_are_done_are_not_asked_for_again(
    site: FetchingSite, api: Api, genesys: SourceSet
) -> None:
    jobs = Adherence(api)
    fourth = "/api/v2/workforcemanagement/adherence/historical/bulk/jobs/job-3"
    api.routes[fourth] = [Reply(status=500)]
    (failed,) = run_extracts(genesys, now=NOW, environ=site.environ, pace=site.pace)
    assert "failed 4 times (status 500)" in str(failed.problem)
    assert site.deliveries(genesys) == []
    (again,) = run_extracts(genesys, now=NOW, environ=site.environ, pace=site.pace)
    assert again.is_continued
    assert again.rows == 10
    assert [start for start, _ in jobs.spans[4:]] == [
        "2026-10-22T00:00:00Z",
        "2026-10-29T00:00:00Z",
    ]


def test_another_host_is_not_told_who_asks(
    site: FetchingSite, api: Api, genesys: SourceSet
) -> None:
    jobs = Adherence(api)
    elsewhere = api.address.replace("127.0.0.1", "localhost")

    def redirect(asked: Asked) -> Reply:
        where = f"{elsewhere}/store?job={asked.params['job']}"
        return Reply(status=302, headers={"Location": where})

    api.routes |= {"/results": redirect, "/store": jobs.results}
    (outcome,) = run_extracts(genesys, now=NOW, environ=site.environ, pace=site.pace)
    assert outcome.rows == 10
    told = {asked.path: "authorization" in asked.headers for asked in api.asked}
    assert told["/results"]
    assert not told["/store"]
    (token,) = [asked for asked in api.asked if asked.path == "/oauth/token"]
    assert token.body == "grant_type=client_credentials"
