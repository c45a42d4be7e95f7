"""The page *Backfill progress*: who may see it, and that it says what the raw zone says."""

import httpx
import pytest
from edgar_progress import PREFIX

from tests.dags.server.conftest import Served


def get(served: Served, path: str, **options: object) -> httpx.Response:
    return httpx.get(served.url + path, trust_env=False, timeout=60, **options)


def test_who_is_not_logged_in_learns_nothing(served: Served):
    answers = {path: get(served, PREFIX + path) for path in ("/", "/?dag_id=edgar_daily")}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 401)
    assert get(served, f"{PREFIX}/", headers={"Authorization": "Bearer x"}).status_code in (401, 403)
    # Nor are there descriptions of the application, which Airflow would serve to anybody.
    assert {get(served, PREFIX + path).status_code for path in ("/docs", "/openapi.json", "/redoc")} == {404}


@pytest.mark.parametrize("way", ["header", "cookie"])
def test_who_is_logged_in_sees_how_far_it_is(served: Served, way: str):
    token = served.token("viewer")
    options = {"headers": {"Authorization": f"Bearer {token}"}} if way == "header" else {"cookies": {"_token": token}}
    answer = get(served, f"{PREFIX}/", **options)
    assert answer.status_code == 200
    assert "1 of 3 (2026-01-15 to 2026-01-20)" in answer.text
    assert "5 of 7 known so far" in answer.text
    assert "<td>7</td>" in answer.text
    assert "Expected end" in answer.text and ": ended" not in answer.text
    assert "2026-01-16: 2 of 4 filings loaded, 2 pending" in answer.text


def test_the_page_may_run_nothing_and_is_shown_in_our_own_ui_only(served: Served):
    answer = get(served, f"{PREFIX}/", headers={"Authorization": "Bearer " + served.token("viewer")})
    assert "<script" not in answer.text
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )


def test_the_ui_offers_it(served: Served):
    plugins = served.airflow.api.get("/plugins")["plugins"]
    views = [view for plugin in plugins for view in plugin["external_views"]]
    assert ("Backfill progress", f"{PREFIX}/") in [(view["name"], view["href"]) for view in views]
