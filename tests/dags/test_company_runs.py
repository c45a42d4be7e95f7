"""A company on demand, reference data and reconciliation through the real Airflow, over a stand-in EDGAR, to a publication."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest
from edgar_pipeline.settings import Settings

from local_airflow import LocalAirflow
from tests.airflow_homes import airflow_home
from tests.fake_edgar import FakeEdgar
from tests.pipeline_homes import pipeline_environment, warm
from tests.small_archive import SmallArchive

DAY = date(2025, 9, 3)
ACME, BETA = "0000900002", "0000900003"


@dataclass(frozen=True)
class Scene:
    """A running Airflow over a stand-in EDGAR."""

    airflow: LocalAirflow
    edgar: FakeEdgar
    home: Path

    def run(self, dag_id: str, conf: dict, warehouse_runs: int) -> str:
        """Trigger a DAG, wait for its end and for so many warehouse runs in all; return its state."""
        run_id = f"manual__{dag_id}__{time.time()}"
        self.airflow.api.post(f"/dags/{dag_id}/dagRuns", {"dag_run_id": run_id, "conf": conf, "logical_date": None})
        deadline = time.monotonic() + 240
        while True:
            state = self.airflow.api.get(f"/dags/{dag_id}/dagRuns/{run_id}")["state"]
            warehouse = self.airflow.api.get("/dags/edgar_warehouse/dagRuns")["dag_runs"]
            finished = [one["state"] in ("success", "failed") for one in warehouse]
            if state in ("success", "failed") and all(finished) and len(finished) >= warehouse_runs:
                assert {one["state"] for one in warehouse} <= {"success"}
                return state
            assert time.monotonic() < deadline, (dag_id, state, warehouse)
            time.sleep(1)

    def query(self, sql: str) -> list[tuple]:
        path = (self.home / "published" / "edgar.duckdb").resolve()
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Iterator[Scene]:
    """GIVEN a day with two companies' filings, their JSON, the ticker file and the quarter's index."""
    folder = tmp_path_factory.mktemp("runs")
    archive = SmallArchive(folder / "archive")
    made = archive.put_day(DAY, 2, prefix=900001)
    for filing in made:
        listed = (filing.accession_number, filing.form_type, filing.filed.isoformat())
        archive.put_company(filing.companies[0].cik, [listed], name=filing.companies[0].name)
    archive.put_tickers([(900002, "WIDGETS 1 INC", "WONE", "NYSE"), (900003, "WIDGETS 2 INC", "WTWO", None)])
    archive.put_quarter(date(2025, 9, 30), made)
    with FakeEdgar(archive.root) as edgar:
        environment = pipeline_environment(folder, edgar)
        warm(Settings.from_environment(environment), tmp_path_factory)
        with LocalAirflow(airflow_home(folder / "airflow", tmp_path_factory), environment) as airflow:
            yield Scene(airflow, edgar, folder / "home")


def test_companies_on_demand_then_reference_data_then_a_reconciled_quarter(scene: Scene):
    # WHEN a company is asked for by its ticker THEN its history is published, public since we do not know when
    assert scene.run("edgar_company", {"companies": ["wone"]}, 1) == "success"
    assert scene.query("select cik, first_public_date from marts.fct_filings") == [(ACME, None)]
    # WHEN reference data is read for the companies of the warehouse THEN they have their tickers
    assert scene.run("edgar_reference", {}, 2) == "success"
    columns = "cik, ticker, exchange, is_symbol_active"
    assert scene.query(f"select {columns} from marts.dim_companies") == [(ACME, "WONE", "NYSE", True)]
    # WHEN the quarter is reconciled, of which no day is here THEN that is one request, and nothing is late
    scene.edgar.clear_log()
    assert scene.run("edgar_reconcile", {"quarters": ["2025Q3"]}, 3) == "success"
    assert [entry["path"] for entry in scene.edgar.log()] == ["/Archives/edgar/full-index/2025/QTR3/master.idx"]
    assert scene.query("select count(*) from marts.index_changes") == [(0,)]
    # WHEN both companies are asked for THEN the first costs the request for its JSON
    scene.edgar.clear_log()
    assert scene.run("edgar_company", {"companies": ["900002", "900003"]}, 4) == "success"
    paths = [entry["path"].rpartition("/")[2] for entry in scene.edgar.log()]
    assert sorted(paths) == ["0000900001-25-000002.txt", f"CIK{ACME}.json", f"CIK{BETA}.json"]
    assert scene.query("select cik from marts.fct_filings order by 1") == [(ACME,), (BETA,)]


def test_an_unknown_ticker_is_red_at_once_and_suggests(scene: Scene):
    run_id = "unknown-ticker"
    body = {"dag_run_id": run_id, "conf": {"companies": ["WONN"]}, "logical_date": None}
    scene.airflow.api.post("/dags/edgar_company/dagRuns", body)
    path = f"/dags/edgar_company/dagRuns/{run_id}"
    deadline = time.monotonic() + 120
    while scene.airflow.api.get(path)["state"] not in ("success", "failed"):
        assert time.monotonic() < deadline
        time.sleep(1)
    assert scene.airflow.api.get(path)["state"] == "failed"
    log = str(scene.airflow.api.get(f"{path}/taskInstances/resolve/logs/1")["content"])
    assert "'WONN' is no ticker that EDGAR lists; did you mean WONE (WIDGETS 1 INC)" in log


#: What has the form of a parameter and is none: the schema lets it through.
IMPOSSIBLE = [
    ("edgar_daily", {"day": "1850-01-01"}, "index", "parameter `day`: 1850-01-01 is before EDGAR's first filings"),
    ("edgar_daily", {"day": "2999-01-04"}, "index", "parameter `day`: 2999-01-04 is in the future"),
    (
        "edgar_company",
        {"companies": ["WTWO"], "since": "1850-01-01"},
        "resolve",
        "parameter `since`: 1850-01-01 is before",
    ),
    (
        "edgar_company",
        {"companies": ["WTWO"], "since": "2999-01-04"},
        "resolve",
        "parameter `since`: 2999-01-04 is in the",
    ),
    ("edgar_reconcile", {"quarters": ["1985Q1"]}, "quarters", "parameter `quarters`: "),
    ("edgar_reconcile", {"quarters": ["2999Q1"]}, "quarters", "parameter `quarters`: "),
]


def test_what_only_looks_like_a_parameter_is_red_and_named_before_any_request(scene: Scene):
    # GIVEN days and quarters that EDGAR does not have, WHEN runs are triggered with them
    scene.edgar.clear_log()
    paths = {}
    for number, (dag_id, conf, task, reason) in enumerate(IMPOSSIBLE):
        scene.airflow.api.post(
            f"/dags/{dag_id}/dagRuns", {"dag_run_id": f"impossible-{number}", "conf": conf, "logical_date": None}
        )
        paths[f"/dags/{dag_id}/dagRuns/impossible-{number}"] = (task, reason)
    deadline = time.monotonic() + 240
    while {scene.airflow.api.get(path)["state"] for path in paths} - {"success", "failed"}:
        assert time.monotonic() < deadline
        time.sleep(1)
    # THEN each is red, says which parameter it is, and nothing was asked
    for path, (task, reason) in paths.items():
        assert scene.airflow.api.get(path)["state"] == "failed", path
        assert reason in str(scene.airflow.api.get(f"{path}/taskInstances/{task}/logs/1")["content"])
    assert scene.edgar.log() == []


@pytest.mark.parametrize(
    "conf", [{}, {"companies": []}, {"companies": ["'; DROP TABLE dag"]}, {"companies": ["A"], "since": "x"}]
)
def test_a_bad_form_is_refused_when_it_is_sent(scene: Scene, conf: dict):
    with pytest.raises(RuntimeError, match=r"refused POST .*: 400"):
        scene.airflow.api.post("/dags/edgar_company/dagRuns", {"dag_run_id": "bad", "conf": conf, "logical_date": None})
