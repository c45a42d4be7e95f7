"""The deployment, run for real without a container engine: the demo's days through Celery, PostgreSQL and Redis.

`make deploy-test` installs what it needs and runs it; elsewhere it is skipped. It takes some minutes.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import duckdb
import httpx
import pytest

from demo.archive import DAYS, expected_counts, generate
from local_airflow.configuration import Configuration, Secrets
from local_airflow.rest import AirflowApi
from local_airflow.runs import trigger_days, wait_until_done
from tests.deployment import services as deployment
from tests.deployment.services import Services
from tests.fake_edgar import FakeEdgar
from tests.pipeline_homes import CONTACT

pytestmark = [
    pytest.mark.timeout(2400),
    pytest.mark.skipif(find_spec("celery") is None, reason="requirements-deploy.txt is not installed"),
    pytest.mark.skipif(
        deployment.POSTGRES is None or deployment.REDIS is None, reason="no PostgreSQL or no Redis here"
    ),
]

#: For a quick look: DEPLOY_DAYS=2 takes the first two of the demo's days.
CHOSEN: tuple[date, ...] = DAYS[: int(os.environ.get("DEPLOY_DAYS", len(DAYS)))]


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Services, AirflowApi]]:
    folder = Path(tempfile.mkdtemp(prefix="deployment-"))
    folder.chmod(0o711)
    with FakeEdgar(generate(folder / "archive")) as edgar:
        variables = {"EDGAR_USER_AGENT": CONTACT, "EDGAR_WWW_URL": edgar.url, "EDGAR_DATA_URL": edgar.url}
        services = Services(folder, {**variables, "EDGAR_REQUESTS_PER_SECOND": "10"})
        try:
            services.start()
            yield services, log_in(services)
        finally:
            services.stop()
            shutil.rmtree(folder, ignore_errors=True)


def log_in(services: Services) -> AirflowApi:
    """Wait for the API server and log in with the password that `make secrets` wrote."""
    password = json.loads(services.secret("passwords"))["admin"]
    api = AirflowApi(Configuration(services.folder, services.port, Secrets(password, "", "", ""), {}))
    deployment.wait_until(lambda: api.answers("/api/v2/version"), services.check)
    api.log_in()
    deployment.wait_until(lambda: api.get("/dags")["total_entries"] >= 2, services.check)
    return api


def test_the_demos_days_end_complete_and_both_workers_took_part(running: tuple[Services, AirflowApi]):
    # GIVEN the services of the compose file, WHEN the days of the demo are triggered
    services, api = running
    for dag_id in ("edgar_daily", "edgar_warehouse"):
        api.patch(f"/dags/{dag_id}", {"is_paused": False})
    done = wait_until_done(api, trigger_days(api, CHOSEN), 2000, check=services.check)
    # THEN all is green, complete and published
    assert {run.state for run in (*done.daily, *done.warehouse)} == {"success"}
    with duckdb.connect(str(services.folder / "data/published/edgar.duckdb"), read_only=True) as warehouse:
        found = warehouse.execute("select index_date, loaded, is_complete from marts.completeness_by_day order by 1")
        assert found.fetchall() == [(day, expected_counts()[day].filings, True) for day in CHOSEN]
    assert all("succeeded in" in services.log(name) for name in ("worker-1", "worker-2"))


def test_the_pools_are_those_of_the_migration(running: tuple[Services, AirflowApi]):
    pools = running[1].get("/pools")["pools"]
    assert {p["name"]: p["slots"] for p in pools if p["name"] != "default_pool"} == {"edgar": 1, "warehouse": 1}


def test_no_secret_stands_in_a_log(running: tuple[Services, AirflowApi]):
    services, _ = running
    secrets = [path.read_text() for path in (services.folder / "secrets").iterdir()]
    secrets += [json.loads(services.secret("passwords"))["admin"]]
    logs = [*services.folder.glob("*.log"), *(services.folder / "airflow/logs").rglob("*.log")]
    assert len(logs) >= 8
    assert [path.name for path in logs if any(secret in path.read_text(errors="replace") for secret in secrets)] == []


def test_without_a_token_nothing_is_told(running: tuple[Services, AirflowApi]):
    url = f"http://127.0.0.1:{running[0].port}"
    statuses = {path: httpx.get(url + path, trust_env=False).status_code for path in ("/api/v2/dags", "/ui/config")}
    assert statuses == {"/api/v2/dags": 401, "/ui/config": 401}
