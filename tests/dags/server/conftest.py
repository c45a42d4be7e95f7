"""One Airflow for all files of this folder, which ask its API server and run nothing: it has no scheduler.

It has a user of each role, and a backfill of three days, of which one is complete, one half here and one not begun.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from edgar_pipeline.ingest.day import land_day
from edgar_pipeline.ingest.filings import land_filings
from edgar_pipeline.ingest.index import land_index
from edgar_pipeline.settings import Settings

from local_airflow import LocalAirflow
from tests.airflow_homes import airflow_home
from tests.dags.disturbed import until
from tests.dags.server.days import FIRST, LAST, SECOND
from tests.fake_edgar import FakeEdgar
from tests.pipeline_homes import pipeline_environment
from tests.small_archive import SmallArchive

ROLES = ("viewer", "user", "op", "admin")
DAG_IDS = ("edgar_company", "edgar_daily", "edgar_reconcile", "edgar_reference", "edgar_warehouse")


@dataclass(frozen=True)
class Served:
    """The running Airflow, the stand-in EDGAR behind it, and the data."""

    airflow: LocalAirflow
    edgar: FakeEdgar
    home: Path

    @property
    def url(self) -> str:
        return self.airflow.configuration.url

    def client(self, role: str | None) -> httpx.Client:
        """A client with the token of this role's user; None is somebody who is not logged in."""
        client = httpx.Client(base_url=self.url, timeout=60.0, trust_env=False)
        if role is not None:
            client.headers["Authorization"] = f"Bearer {self.token(role)}"
        return client

    def token(self, role: str) -> str:
        password = json.loads(self.airflow.configuration.password_file.read_text())[role]
        body = {"username": role, "password": password}
        return httpx.post(f"{self.url}/auth/token", json=body, trust_env=False).json()["access_token"]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("server")
    archive = SmallArchive(folder / "archive")
    archive.put_day(FIRST, 3, prefix=900001)
    archive.put_day(SECOND, 4, prefix=910001)
    with FakeEdgar(archive.root) as edgar:
        environment = pipeline_environment(folder, edgar)
        settings = Settings.from_environment(environment)
        land_day(settings, FIRST)
        land_index(settings, SECOND)
        land_filings(settings, SECOND, 0, 2)
        users = {"AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{role}:{role}" for role in ROLES)}
        home = airflow_home(folder / "airflow", tmp_path_factory)
        with LocalAirflow(home, environment | users, beside=()) as airflow:
            until(lambda: {dag["dag_id"] for dag in airflow.api.get("/dags")["dags"]} == set(DAG_IDS))
            window = {"from_date": f"{FIRST}T00:00:00Z", "to_date": f"{LAST}T23:59:59.999Z"}
            body = {"dag_id": "edgar_daily", **window, "max_active_runs": 1, "reprocess_behavior": "none"}
            airflow.api.post("/backfills", body)
            edgar.clear_log()
            yield Served(airflow, edgar, folder / "home")


@pytest.fixture
def no_backfill(served: Served) -> None:
    """GIVEN that no backfill is under way: a DAG has one at a time, and would refuse any other for that."""
    with served.client("admin") as client:
        for one in served.airflow.api.get("/backfills", dag_id="edgar_daily")["backfills"]:
            if one["completed_at"] is None:
                assert client.put(f"/api/v2/backfills/{one['id']}/cancel").status_code == 200


@pytest.fixture
def unharmed(served: Served) -> Iterator[None]:
    """THEN, whatever was sent: no request to EDGAR, no new run, and no file by the name that a command would have made."""

    def runs() -> int:
        return served.airflow.api.get("/dags/~/dagRuns")["total_entries"]

    before = runs()
    served.edgar.clear_log()
    yield
    assert served.edgar.log() == []
    assert runs() == before
    assert list(served.home.parent.rglob("injected")) == []
    assert not Path("injected").exists()
