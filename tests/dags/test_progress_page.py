"""The page *Backfill progress*: who may see it, and that it says what the raw zone says."""

from collections.abc import Iterator
from datetime import date

import httpx
import pytest
from edgar_pipeline.ingest.day import land_day
from edgar_pipeline.ingest.filings import land_filings
from edgar_pipeline.ingest.index import land_index
from edgar_pipeline.settings import Settings
from edgar_progress import PREFIX

from local_airflow import LocalAirflow
from tests.conftest import CONTACT
from tests.fake_edgar import FakeEdgar
from tests.small_archive import SmallArchive

FIRST, SECOND, LAST = date(2026, 1, 15), date(2026, 1, 16), date(2026, 1, 20)


@pytest.fixture(scope="module")
def airflow(tmp_path_factory) -> Iterator[LocalAirflow]:
    """GIVEN an Airflow with a backfill of three days, of which one is complete, one half here and one not begun."""
    folder = tmp_path_factory.mktemp("progress")
    archive = SmallArchive(folder / "archive")
    archive.put_day(FIRST, 3, prefix=900001)
    archive.put_day(SECOND, 4, prefix=910001)
    with FakeEdgar(archive.root) as edgar:
        environment = {
            "EDGAR_HOME": str(folder / "home"),
            "EDGAR_STATE_DIR": str(folder / "state"),
            "EDGAR_WWW_URL": edgar.url,
            "EDGAR_DATA_URL": edgar.url,
            "EDGAR_USER_AGENT": CONTACT,
        }
        settings = Settings.from_environment(environment)
        land_day(settings, FIRST)
        land_index(settings, SECOND)
        land_filings(settings, SECOND, 0, 2)
        with LocalAirflow(folder / "airflow", environment) as running:
            # Paused, so that its runs stay where they are.
            running.api.patch("/dags/edgar_daily", {"is_paused": True})
            body = {"dag_id": "edgar_daily", "from_date": f"{FIRST}T00:00:00Z", "to_date": f"{LAST}T23:59:59.999Z"}
            running.api.post("/backfills", body | {"max_active_runs": 1, "reprocess_behavior": "none"})
            yield running


def get(airflow: LocalAirflow, path: str, **options: object) -> httpx.Response:
    return httpx.get(airflow.configuration.url + path, trust_env=False, timeout=60, **options)


def token_of(airflow: LocalAirflow) -> str:
    body = {"username": "admin", "password": airflow.configuration.secrets.password}
    answer = httpx.post(f"{airflow.configuration.url}/auth/token", json=body, trust_env=False)
    return answer.json()["access_token"]


def test_who_is_not_logged_in_learns_nothing(airflow: LocalAirflow):
    answers = {path: get(airflow, PREFIX + path) for path in ("/", "/?dag_id=edgar_daily")}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 401)
    assert get(airflow, f"{PREFIX}/", headers={"Authorization": "Bearer x"}).status_code in (401, 403)
    # Nor are there descriptions of the application, which Airflow would serve to anybody.
    assert {get(airflow, PREFIX + path).status_code for path in ("/docs", "/openapi.json", "/redoc")} == {404}


@pytest.mark.parametrize("way", ["header", "cookie"])
def test_who_is_logged_in_sees_how_far_it_is(airflow: LocalAirflow, way: str):
    token = token_of(airflow)
    options = {"headers": {"Authorization": f"Bearer {token}"}} if way == "header" else {"cookies": {"_token": token}}
    answer = get(airflow, f"{PREFIX}/", **options)
    assert answer.status_code == 200
    assert "1 of 3 (2026-01-15 to 2026-01-20)" in answer.text
    assert "5 of 7 known so far" in answer.text
    assert "<td>7</td>" in answer.text
    assert "Expected end" in answer.text and ": ended" not in answer.text
    assert "2026-01-16: 2 of 4 filings loaded, 2 pending" in answer.text


def test_the_page_may_run_nothing_and_is_shown_in_our_own_ui_only(airflow: LocalAirflow):
    answer = get(airflow, f"{PREFIX}/", headers={"Authorization": f"Bearer {token_of(airflow)}"})
    assert "<script" not in answer.text
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )


def test_the_ui_offers_it(airflow: LocalAirflow):
    plugins = airflow.api.get("/plugins")["plugins"]
    views = [view for plugin in plugins for view in plugin["external_views"]]
    assert [(view["name"], view["href"]) for view in views] == [("Backfill progress", f"{PREFIX}/")]
