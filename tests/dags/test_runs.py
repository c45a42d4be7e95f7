"""Index days through the real Airflow: scheduler, tasks, asset events, over a stand-in EDGAR, to a publication."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest
from edgar_pipeline.edgar_days import new_york_day
from edgar_pipeline.report_files import find_report, list_reports
from edgar_pipeline.settings import Settings

from local_airflow import Batch, LocalAirflow, Progress
from tests.airflow_homes import airflow_home
from tests.chat import Chat, open_chat
from tests.fake_edgar import FakeEdgar
from tests.pipeline_homes import pipeline_environment, warm
from tests.small_archive import SmallArchive

SATURDAY, WHOLE, DAMAGED, BY_PARAMETER, REFUSED = (date(2026, 1, day) for day in (3, 5, 6, 7, 8))
DAYS = [SATURDAY, WHOLE, DAMAGED, REFUSED]

#: Secrets that somebody keeps in this Airflow, for purposes of their own.
CANARIES = ["canary-of-a-connection", "canary-of-a-variable"]
PLANTED = [
    ("/connections", {"connection_id": "somewhere", "conn_type": "http", "login": "me", "password": CANARIES[0]}),
    ("/variables", {"key": "some_password", "value": CANARIES[1]}),
]


@dataclass(frozen=True)
class Scene:
    """A running Airflow over a stand-in EDGAR, and what came of triggering DAYS in it."""

    airflow: LocalAirflow
    edgar: FakeEdgar
    home: Path
    progress: Progress
    chat: Chat

    def state(self, dag_id: str, day: date) -> str:
        runs = self.progress.daily if dag_id == "edgar_daily" else self.progress.warehouse
        return next(run.state for run in runs if run.day == str(day))

    def run_id(self, day: date) -> str:
        return next(run.run_id for run in self.progress.daily if run.day == str(day))

    def log_of(self, run_id: str, task: str) -> str:
        return str(self.airflow.api.get(f"/dags/edgar_daily/dagRuns/{run_id}/taskInstances/{task}/logs/1")["content"])

    def told(self, beginning: str) -> list[str]:
        """The messages in the chat that begin so."""
        return [body["text"] for _, body in self.chat.taken if body["text"].startswith(beginning)]

    def publication(self) -> Path:
        return (self.home / "published" / "edgar.duckdb").resolve()

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.publication()), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Iterator[Scene]:
    """GIVEN a whole day, a day with a cut submission, one whose index is refused, and a Saturday, WHEN they are run."""
    folder = tmp_path_factory.mktemp("runs")
    archive = SmallArchive(folder / "archive")
    archive.put_day(WHOLE, 3, prefix=900001)
    archive.put_day(BY_PARAMETER, 1, prefix=900002)
    cut = archive.put_day(DAMAGED, 2, prefix=900003)[1]
    archive.put_submission(cut, cut.public()[:-40])
    with FakeEdgar(archive.root) as edgar, open_chat() as chat:
        environment = pipeline_environment(folder, edgar) | {"EDGAR_WEBHOOK_URL": chat.url}
        warm(Settings.from_environment(environment), tmp_path_factory)
        with LocalAirflow(airflow_home(folder / "airflow", tmp_path_factory), environment) as airflow:
            for path, body in PLANTED:
                airflow.api.post(path, body)
            first = airflow.wait_until_done(airflow.trigger_days([WHOLE]), timeout_seconds=300)
            others = [day for day in DAYS if day != WHOLE]
            then = airflow.wait_until_done(airflow.trigger_days(others), timeout_seconds=300)
            progress = Progress(first.daily + then.daily, first.warehouse + then.warehouse, frozenset())
            yield Scene(airflow, edgar, folder / "home", progress, chat)


def test_whole_and_closed_days_are_green_and_incomplete_ones_red(scene: Scene):
    states = {day: scene.state("edgar_daily", day) for day in DAYS}
    assert states == {WHOLE: "success", SATURDAY: "success", DAMAGED: "failed", REFUSED: "failed"}


def test_a_red_day_says_which_day_and_what_is_missing(scene: Scene):
    assert "2026-01-06: 1 of 2 filings loaded, 0 pending, 1 quarantined" in scene.log_of(scene.run_id(DAMAGED), "check")
    assert "2026-01-08: missing: " in scene.log_of(scene.run_id(REFUSED), "check")


def test_a_red_day_is_told_once_with_its_numbers_and_where_to_look(scene: Scene):
    for day, reason in ((DAMAGED, "1 of 2 filings loaded, 0 pending, 1 quarantined"), (REFUSED, "missing: ")):
        (text,) = scene.told(f"✗ edgar_daily {day}: check failed: {day}: {reason}")
        link = rf"http://127\.0\.0\.1:\d+/dags/edgar_daily/runs/{re.escape(quote(scene.run_id(day)))}/tasks/check\?try_number=1"
        assert re.fullmatch(link, text.splitlines()[-1])
    assert len(scene.told("✗ edgar_daily")) == 2


def test_a_publication_with_warnings_is_told_when_they_are_new(scene: Scene):
    # Every publication of these days of January lags behind EDGAR: the first of them says so, and no later one again.
    texts = scene.told("! edgar_warehouse: published, with new warnings: ")
    assert ["fitness.freshness" in text.splitlines()[0] for text in texts].count(True) == 1
    assert "58 of 58 expectations evaluated, 0 failed" in texts[0]
    assert f"report: {scene.home}/reports/validation/" in texts[0]
    assert scene.told("✗ edgar_warehouse") == []


def test_each_day_has_one_run_of_the_warehouse_red_days_too(scene: Scene):
    assert sorted(run.day for run in scene.progress.warehouse) == sorted(map(str, DAYS))
    assert {run.state for run in scene.progress.warehouse} == {"success"}


def test_what_landed_is_published_also_of_incomplete_days(scene: Scene):
    rows = scene.query(
        "SELECT index_date, day_state, filings, loaded, quarantined, is_complete FROM marts.completeness_by_day "
        "ORDER BY index_date"
    )
    assert rows == [
        (SATURDAY, "no_index_expected", 0, 0, 0, True),
        (WHOLE, "loaded", 3, 3, 0, True),
        (DAMAGED, "loaded", 2, 1, 1, False),
        (REFUSED, "missing", 0, 0, 0, False),
    ]
    assert scene.query("SELECT count(*) FROM marts.fct_filings") == [(4,)]


def test_a_run_of_the_warehouse_leads_to_its_report(scene: Scene):
    # GIVEN the runs that have built something, WHEN the UI asks for the links of their tasks
    run_ids = [run.run_id for run in scene.progress.warehouse]
    found = {
        run_id: {task: link_of(scene, run_id, task) for task in ("build", "validate", "publish")} for run_id in run_ids
    }
    led = {links["validate"] for links in found.values()} - {None}
    # THEN each leads to the validation of its build, from all three tasks, and those that were skipped lead nowhere
    assert all(set(links.values()) in ({None}, {links["validate"]}) for links in found.values())
    reports = {path.parent.name for path in (scene.home / "reports/validation").glob("*/index.html")}
    assert led == {f"/edgar-reports/validation/{build_id}/index.html" for build_id in reports}
    # and no task of another DAG has one
    assert link_of(scene, scene.run_id(WHOLE), "check", "edgar_daily") is None


def link_of(scene: Scene, run_id: str, task: str, dag_id: str = "edgar_warehouse") -> str | None:
    path = f"/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}/taskInstances/{task}/links"
    return scene.airflow.api.get(path)["extra_links"]["Report"]


def test_every_page_of_a_real_report_has_a_name_that_is_served(scene: Scene):
    settings = Settings.from_environment({"EDGAR_HOME": str(scene.home)})
    pages = [path.relative_to(settings.reports_dir).as_posix() for path in settings.reports_dir.rglob("*.html")]
    assert len(pages) > 20
    assert [name for name in pages if find_report(settings, name) is None] == []
    found = list_reports(settings)
    of_builds = sorted((name for name in pages if name.count("/") == 2 and name.endswith("/index.html")), reverse=True)
    assert [report.validation for report in found] == [name for name in of_builds if name.startswith("validation/")]
    # THEN every build that was published has its documentation, too
    documented = [report.documentation for report in found if report.documentation]
    assert documented == [name for name in of_builds if name.startswith("dbt/")]
    assert {name.split("/")[1] for name in documented} >= {scene.publication().parent.name}


def test_a_second_run_requests_and_changes_nothing(scene: Scene):
    # GIVEN the publication and the requests so far
    before = scene.publication()
    scene.edgar.clear_log()
    # WHEN the complete days are triggered once more
    again = scene.airflow.wait_until_done(scene.airflow.trigger_days([WHOLE, SATURDAY]), timeout_seconds=200)
    # THEN their runs are green, the warehouse runs that they cause end at once, and nothing was asked or published
    assert [run.state for run in again.daily] == ["success", "success"]
    assert [run.state for run in again.warehouse] == ["success", "success"]
    run_id = again.warehouse[0].run_id
    tasks = scene.airflow.api.get(f"/dags/edgar_warehouse/dagRuns/{run_id}/taskInstances")["task_instances"]
    assert {task["task_id"]: task["state"] for task in tasks} == dict.fromkeys(
        ("build", "validate", "publish"), "skipped"
    )
    assert scene.edgar.log() == []
    assert scene.publication() == before


def test_a_manual_run_with_the_parameter_reaches_the_warehouse(scene: Scene):
    # GIVEN a day that has not been asked for
    assert scene.query(f"SELECT * FROM marts.completeness_by_day WHERE index_date = '{BY_PARAMETER}'") == []
    # WHEN a run without a partition key is triggered with the parameter, as from the UI's form
    since = datetime.now(UTC)
    body = {"dag_run_id": "by-parameter", "conf": {"day": str(BY_PARAMETER)}, "logical_date": None}
    scene.airflow.api.post("/dags/edgar_daily/dagRuns", body)
    done = scene.airflow.wait_until_done(Batch({str(BY_PARAMETER): "by-parameter"}, since), timeout_seconds=200)
    # THEN it is green, and a run of the warehouse has published the day
    assert [run.state for run in done.daily] == ["success"]
    assert [(run.day, run.state) for run in done.warehouse] == [(str(BY_PARAMETER), "success")]
    sql = f"SELECT filings, loaded FROM marts.completeness_by_day WHERE index_date = '{BY_PARAMETER}'"
    assert scene.query(sql) == [(1, 1)]


def test_a_manual_run_without_a_day_is_refused_before_any_request(scene: Scene):
    # GIVEN the requests so far
    scene.edgar.clear_log()
    # WHEN a run with neither partition key nor parameter is triggered
    since = datetime.now(UTC)
    scene.airflow.api.post("/dags/edgar_daily/dagRuns", {"dag_run_id": "without-a-day", "logical_date": None})
    done = scene.airflow.wait_until_done(Batch({"": "without-a-day"}, since), timeout_seconds=100)
    # THEN it is red at once, not after retries, says why, and starts nothing
    assert [run.state for run in done.daily] == ["failed"]
    assert done.warehouse == ()
    reason = "the run has no index day: trigger it with a partition key or the parameter `day`, YYYY-MM-DD"
    assert reason in scene.log_of("without-a-day", "index")
    assert scene.edgar.log() == []


def test_a_run_for_today_is_green_and_asks_nothing(scene: Scene):
    # GIVEN the day that it is in New York, whose index cannot be complete before the next morning
    scene.edgar.clear_log()
    today = new_york_day(datetime.now(UTC))
    # WHEN somebody triggers it
    done = scene.airflow.wait_until_done(scene.airflow.trigger_days([today]), timeout_seconds=200)
    # THEN it is green, `check` is skipped and says from when on the day can be run, and nothing was asked
    assert [run.state for run in done.daily] == ["success"]
    run_id = done.daily[0].run_id
    tasks = scene.airflow.api.get(f"/dags/edgar_daily/dagRuns/{run_id}/taskInstances")["task_instances"]
    assert {task["task_id"]: task["state"] for task in tasks}["check"] == "skipped"
    assert f"the index of {today} is complete after" in scene.log_of(run_id, "check")
    assert scene.edgar.log() == []


def test_no_secret_lies_in_a_log_a_report_the_data_or_the_metadata(scene: Scene):
    # GIVEN what this Airflow signs, encrypts and logs in with, and what was planted in it
    home = scene.airflow.configuration.home
    kept = {home / "secrets.json", home / "passwords.json"}
    secrets = [*json.loads((home / "secrets.json").read_text()).values(), *CANARIES]
    # WHEN everything that the runs have left is searched: logs, XCom and the rest of the metadata, raw zone, reports
    files = [path for path in home.parent.rglob("*") if path.is_file() and path not in kept]
    assert {"scheduler.log", "api-server.log", "index.html", "edgar.duckdb"} <= {path.name for path in files}
    assert len([path for path in files if "logs" in path.parts and path.suffix == ".log"]) >= 20
    # THEN none of them is there
    assert [path for path in files if any(secret.encode() in path.read_bytes() for secret in secrets)] == []
    # and the search would have found one: it finds them where they are kept
    assert all(secret in "".join(path.read_text() for path in kept) for secret in secrets if secret not in CANARIES)
