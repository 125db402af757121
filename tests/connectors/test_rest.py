"""An API is asked patiently, and what it answers becomes an extract whole or not at all."""

import time
from datetime import date, timedelta

import pytest

from orchestration.connectors.drop import Drop
from tests.connectors.api_server import Api, Asked, Reply
from tests.connectors.conftest import NOW, FetchingSite

CURSOR = (
    "paging: {kind: cursor, parameter: cursor, next: after, end_of_stream: end}\n"
    "cursor: {field: changed, parameter: since, as: iso, first: 2026-01-01}\n"
)
OFFSET = "paging: {kind: offset, size: 2}\n"


def rest(api: Api, more: str = "") -> str:
    return (
        f"connector: rest\naddress: {api.address}\n"
        f"request: {{path: /cases}}\nrecords: {{at: cases}}\n{more}"
    )


def case(number: int, changed: str = "2026-10-31T10:00:00Z") -> dict[str, object]:
    return {"id": number, "changed": changed}


def page(*cases: object, after: str | None = None) -> Reply:
    return Reply({"cases": list(cases), "after": after, "end": after is None})


def test_records_are_written_as_received(site: FetchingSite, api: Api) -> None:
    text = '{"cases": [{"id": 12345678901234567890, "score": 1.10, "e": 1E5, "name": "Zoë\\n"}]}'
    api.routes["/cases"] = [Reply(text)]
    outcome = site.fetch(site.declare(rest(api)))
    assert outcome.rows == 1
    assert site.lines(outcome.extract_ids[0]) == [
        '{"id": 12345678901234567890, "score": 1.10, "e": 1E5, "name": "Zoë\\n"}'
    ]


def test_duplicate_and_unordered_pages_are_kept_and_the_cursor_is_the_newest_of_all(
    site: FetchingSite, api: Api
) -> None:
    api.routes["/cases"] = [
        page(case(2, "2026-10-31T12:00:00Z"), case(1, "2026-10-31T09:00:00Z"), after="a"),
        page(case(2, "2026-10-31T12:00:00Z"), case(3, "2026-10-30T09:00:00Z")),
    ]
    outcome = site.fetch(site.declare(rest(api, CURSOR)))
    assert [row["id"] for row in site.rows(outcome.extract_ids[0])] == [2, 1, 2, 3]
    assert outcome.cursor == "2026-10-31T12:00:00Z"


def test_the_next_extract_asks_again_for_the_overlap(site: FetchingSite, api: Api) -> None:
    api.routes["/cases"] = [page(case(1))]
    source_set = site.declare(rest(api, CURSOR))
    site.fetch(source_set)
    site.fetch(source_set, now=NOW + timedelta(days=1))
    assert [asked.params["since"] for asked in api.asked] == [
        "2026-01-01T00:00:00Z",
        "2026-10-31T09:00:00Z",
    ]


def test_a_day_is_asked_for_with_its_end_where_the_source_can_be_told_one(
    site: FetchingSite, api: Api
) -> None:
    api.routes["/cases"] = [page(case(1))]
    ended = CURSOR.replace("as: iso", "until_parameter: until, as: iso")
    day = date(2026, 3, 1)
    site.fetch(site.declare(rest(api, CURSOR)), day=day)
    site.fetch(site.declare(rest(api, ended)), day=day, now=NOW + timedelta(hours=1))
    without, told = (asked.params for asked in api.asked)
    assert without == {"since": "2026-02-28T23:00:00Z"}
    assert told == {"since": "2026-02-28T23:00:00Z", "until": "2026-03-02T00:00:00Z"}


def test_a_source_that_is_told_an_end_keeps_its_cursor(site: FetchingSite, api: Api) -> None:
    api.routes["/cases"] = [page(case(1))]
    site.fetch(site.declare(rest(api, CURSOR)))
    ended = CURSOR.replace("as: iso", "until_parameter: until, as: iso")
    site.fetch(site.declare(rest(api, ended)), now=NOW + timedelta(days=1))
    assert api.asked[-1].params == {"since": "2026-10-31T09:00:00Z"}


def test_retry_after_is_honoured_in_seconds_and_as_a_date(site: FetchingSite, api: Api) -> None:
    api.routes["/cases"] = [
        Reply(status=429, headers={"Retry-After": "7"}),
        Reply(
            status=503,
            headers={
                "Date": "Sun, 01 Nov 2026 04:00:00 GMT",
                "Retry-After": "Sun, 01 Nov 2026 04:00:30 GMT",
            },
        ),
        Reply(status=500),
        page(case(1)),
    ]
    outcome = site.fetch(site.declare(rest(api)))
    assert outcome.rows == 1
    assert site.pace.pauses == [7.0, 30.0, 8.0]


def test_a_source_that_asks_to_wait_too_long_is_not_waited_for(
    site: FetchingSite, api: Api
) -> None:
    api.routes["/cases"] = [Reply(status=429, headers={"Retry-After": "86400"})]
    outcome = site.fetch(site.declare(rest(api)))
    assert "asks to wait 86400 seconds" in str(outcome.problem)
    assert site.pace.pauses == []


def test_a_page_that_keeps_failing_fails_the_extract_and_a_later_run_goes_on(
    site: FetchingSite, api: Api
) -> None:
    api.routes["/cases"] = [page(case(1), after="a"), Reply(status=500)]
    source_set = site.declare(rest(api, CURSOR))
    failed = site.fetch(source_set)
    assert "GET 127.0.0.1/cases failed 4 times (status 500)" in str(failed.problem)
    assert site.deliveries(source_set) == []
    assert list(site.drop.rglob("*")) == []
    api.routes["/cases"] = [page(case(2))]
    again = site.fetch(source_set, now=NOW + timedelta(hours=1))
    assert again.is_continued
    assert api.asked[-1].params == {"cursor": "a"}
    assert [row["id"] for row in site.rows(again.extract_ids[0])] == [1, 2]


def test_offset_pages_begin_anew_because_rows_may_have_moved(site: FetchingSite, api: Api) -> None:
    pages = [page(case(1), case(2)), Reply(status=500)]
    api.routes["/cases"] = pages
    source_set = site.declare(rest(api, OFFSET))
    assert site.fetch(source_set).problem is not None
    api.routes["/cases"] = [page(case(1), case(2)), page(case(3)), page()]
    again = site.fetch(source_set)
    assert not again.is_continued
    assert [row["id"] for row in site.rows(again.extract_ids[0])] == [1, 2, 3]
    assert [asked.params["offset"] for asked in api.asked[-3:]] == ["0", "2", "3"]


def test_a_place_that_the_source_no_longer_knows_is_forgotten(site: FetchingSite, api: Api) -> None:
    source_set = site.declare(rest(api, CURSOR))
    api.routes["/cases"] = [page(case(1), after="old"), Reply(status=500)]
    site.fetch(source_set)
    api.routes["/cases"] = [Reply("cursor expired", status=400)]
    assert "status 400" in str(site.fetch(source_set).problem)
    api.routes["/cases"] = [page(case(1), case(2))]
    again = site.fetch(source_set)
    assert not again.is_continued
    assert again.rows == 2


def test_links_are_followed_on_the_same_host_alone(site: FetchingSite, api: Api) -> None:
    link = {"Link": f'<{api.address}/more?page=2>; rel="next"'}
    api.routes["/cases"] = [Reply({"cases": [case(1)]}, headers=link)]
    api.routes["/more"] = [page(case(2))]
    source_set = site.declare(rest(api, "paging: {kind: link}\n"))
    assert site.fetch(source_set).rows == 2
    elsewhere = {"Link": '<https://elsewhere.example/more>; rel="next"'}
    api.routes["/cases"] = [Reply({"cases": [case(1)]}, headers=elsewhere)]
    refused = site.fetch(source_set, now=NOW + timedelta(hours=1))
    assert "another host (elsewhere.example)" in str(refused.problem)


@pytest.mark.parametrize(
    ("paging", "replies"),
    [
        (CURSOR, [page(case(1), after="a"), page(case(2), after="a")]),
        (OFFSET, [page(case(1), case(2))]),
        ("paging: {kind: link, next: after}\n", [page(case(1), after="/cases?page=2")]),
    ],
)
def test_a_source_that_goes_round_in_circles_is_refused(
    site: FetchingSite, api: Api, paging: str, replies: list[Reply]
) -> None:
    api.routes["/cases"] = replies
    outcome = site.fetch(site.declare(rest(api, paging)))
    assert "goes round in circles" in str(outcome.problem)
    assert site.manifests() == []


def test_a_page_to_log_in_is_not_an_answer(site: FetchingSite, api: Api) -> None:
    html = Reply("<html>Sign in</html>", headers={"Content-Type": "text/html; charset=utf-8"})
    api.routes["/cases"] = [html]
    outcome = site.fetch(site.declare(rest(api)))
    assert "answered text/html that is not JSON: probably a log-in page" in str(outcome.problem)


@pytest.mark.parametrize("body", [{"error": "no such account"}, {"cases": ["a"]}, {"cases": None}])
def test_an_answer_without_records_is_no_empty_answer(
    site: FetchingSite, api: Api, body: object
) -> None:
    api.routes["/cases"] = [Reply(body)]
    outcome = site.fetch(site.declare(rest(api)))
    assert "the answer holds" in str(outcome.problem)
    assert site.manifests() == []


@pytest.mark.parametrize("reply", [Reply(status=204), Reply({"cases": []})])
def test_no_records_are_a_complete_extract_of_no_rows(
    site: FetchingSite, api: Api, reply: Reply
) -> None:
    api.routes["/cases"] = [reply]
    source_set = site.declare(rest(api))
    outcome = site.fetch(source_set)
    assert "complete and empty" in outcome.in_words()
    (manifest,) = site.manifests()
    assert [part["rows"] for part in manifest["parts"]] == [0]
    assert site.deliveries(source_set)[0].is_complete


def test_a_record_without_its_stamp_fails_the_extract(site: FetchingSite, api: Api) -> None:
    api.routes["/cases"] = [page({"id": 1})]
    outcome = site.fetch(site.declare(rest(api, CURSOR)))
    assert "no `changed` that is a time" in str(outcome.problem)


def test_an_empty_extract_hands_the_cursor_on(site: FetchingSite, api: Api) -> None:
    api.routes["/cases"] = [page(case(1)), page()]
    source_set = site.declare(rest(api, CURSOR))
    for days in range(3):
        site.fetch(source_set, now=NOW + timedelta(days=days))
    assert {manifest["cursor"] for manifest in site.manifests()} == {"2026-10-31T10:00:00Z"}


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ("{kind: bearer, token_from: SECRET}", "authorization", "Bearer s3same"),
        ("{kind: basic, user: me, password_from: SECRET}", "authorization", "Basic bWU6czNzYW1l"),
        ("{kind: header, header: X-Api-Key, key_from: SECRET}", "x-api-key", "s3same"),
    ],
)
def test_requests_say_who_is_asking(
    site: FetchingSite, api: Api, auth: str, header: str, value: str
) -> None:
    site.environ["SECRET"] = "s3same"
    api.routes["/cases"] = [page(case(1))]
    assert site.fetch(site.declare(rest(api, f"auth: {auth}\n"))).rows == 1
    assert api.asked[0].headers[header] == value


def test_an_expired_token_is_fetched_anew_once(site: FetchingSite, api: Api) -> None:
    site.environ |= {"CLIENT": "id", "SECRET": "s3same"}
    api.routes["/token"] = [Reply({"access_token": "one"}), Reply({"access_token": "two"})]

    def cases(asked: Asked) -> Reply:
        fresh = asked.headers["authorization"] == "Bearer two"
        return page(case(1)) if fresh else Reply(status=401)

    api.routes["/cases"] = cases
    auth = (
        f"auth: {{kind: client_credentials, token_address: '{api.address}/token',"
        " client_id_from: CLIENT, client_secret_from: SECRET}\n"
    )
    assert site.fetch(site.declare(rest(api, auth))).rows == 1
    assert [asked.path for asked in api.asked] == ["/token", "/cases", "/token", "/cases"]


def test_a_source_that_does_not_answer_is_asked_a_bounded_number_of_times(
    site: FetchingSite, api: Api
) -> None:
    def late(_: Asked) -> Reply:
        time.sleep(0.3)
        return page(case(1))

    api.routes["/cases"] = late
    limits = "limits: {timeout_seconds: 0.05, retries: 2}\n"
    outcome = site.fetch(site.declare(rest(api, limits)))
    assert "failed 3 times (ReadTimeout)" in str(outcome.problem)
    assert site.pace.pauses == [2.0, 4.0]


def test_two_runs_never_write_one_extract(site: FetchingSite, api: Api) -> None:
    source_set = site.declare(rest(api))
    drop = Drop(folder=site.drop, source_system="crm", feed="case_record")
    with drop.alone():
        outcome = site.fetch(source_set)
    assert "another extract of this feed is running" in str(outcome.problem)
    assert api.asked == []
