"""What a page of another site can do with the session of somebody who is logged in to Airflow: nothing."""

import httpx
import pytest

from tests.dags.server.conftest import Served

EVIL = "https://evil.example"
#: What changes something, as a form or a script of another page would send it. The first needs no body, and so no preflight.
CHANGES = [
    ("POST", "/api/v2/dags/edgar_daily/favorite", None),
    ("POST", "/api/v2/dags/edgar_daily/dagRuns", {"logical_date": None, "partition_key": "2026-01-23"}),
    ("PATCH", "/api/v2/dags/edgar_daily", {"is_paused": True}),
    ("PUT", "/api/v2/backfills/1/cancel", None),
    ("DELETE", "/api/v2/pools/edgar", None),
]


def ask(served: Served, method: str, path: str, body: dict | None, headers: dict[str, str]) -> httpx.Response:
    """With the cookie of an admin's session and nothing else that proves who asks."""
    cookies = {"_token": served.token("admin")}
    with httpx.Client(base_url=served.url, cookies=cookies, headers=headers, timeout=60, trust_env=False) as client:
        return client.request(method, path, json=body)


def state(served: Served) -> dict:
    """Whatever the changes would change."""
    api = served.airflow.api
    return {
        "favorites": api.get("/dags", is_favorite=True)["total_entries"],
        "runs": api.get("/dags/edgar_daily/dagRuns")["total_entries"],
        "paused": api.get("/dags/edgar_daily")["is_paused"],
        "cancelled": api.get("/backfills/1")["completed_at"],
        "pools": sorted(pool["name"] for pool in api.get("/pools")["pools"]),
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": EVIL, "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_a_page_of_another_site_changes_nothing(served: Served, headers: dict[str, str]):
    before = state(served)
    answers = {path: ask(served, method, path, body, headers) for method, path, body in CHANGES}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 403)
    assert all("page of another site" in answer.text for answer in answers.values())
    assert state(served) == before


def test_its_scripts_may_neither_read_nor_prepare_anything(served: Served):
    # WHEN a browser asks in the name of another page whether it may send something, or reads
    asked = {"Origin": EVIL, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "content-type"}
    answers = [
        ask(served, "OPTIONS", "/api/v2/dags/edgar_daily", None, asked),
        ask(served, "GET", "/api/v2/dags", None, {"Origin": EVIL}),
        ask(served, "GET", "/edgar-reports/", None, {"Origin": EVIL}),
    ]
    # THEN no answer allows it
    for answer in answers:
        assert [name for name in answer.headers if name.startswith("access-control-")] == []


def test_our_own_page_and_a_program_change_what_they_may(served: Served):
    # GIVEN the cookie alone, WHEN our own UI marks a DAG, as a browser sends it, THEN it is marked
    own = {"Origin": served.url, "Sec-Fetch-Site": "same-origin"}
    assert ask(served, "POST", "/api/v2/dags/edgar_daily/favorite", None, own).status_code == 204
    assert state(served)["favorites"] == 1
    # and a program, which names no origin, takes the mark away
    assert ask(served, "POST", "/api/v2/dags/edgar_daily/unfavorite", None, {}).status_code == 204
    assert state(served)["favorites"] == 0
