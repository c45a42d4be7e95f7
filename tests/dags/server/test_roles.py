"""What each role may do: read, start, set. Somebody who is not logged in: nothing (test_anonymous.py has all routes)."""

import json
import subprocess
import sys

import httpx
import pytest

from tests.dags.server.conftest import ROLES, Served
from tests.dags.server.days import FIRST, LAST

#: The routes inside this project's own applications, which Airflow mounts without knowing them.
LIST_OWN_ROUTES = """
import json, sys
from airflow import plugins_manager

found = []
for mounted in plugins_manager.get_fastapi_plugins()[0]:
    inner = sys.modules[mounted["app"].__module__]._application()
    for route in inner.routes:
        found += [[method, mounted["url_prefix"] + route.path] for method in sorted(route.methods)]
print(json.dumps(found))
"""

READ = {None: 401, "viewer": 200, "user": 200, "op": 200, "admin": 200}
START = {None: 401, "viewer": 403, "user": 200, "op": 200, "admin": 200}
SET = {None: 401, "viewer": 403, "user": 403, "op": 200, "admin": 200}

#: Every route of our own, what is asked of it, and who may.
OWN_ROUTES = {
    ("GET", "/edgar-progress/"): ("/edgar-progress/", READ),
    ("GET", "/edgar-reports/"): ("/edgar-reports/", READ),
    ("GET", "/edgar-reports/{name:path}"): ("/edgar-reports/validation/index.html", READ),
}
WINDOW = {"from_date": f"{FIRST}T00:00:00Z", "to_date": f"{LAST}T23:59:59.999Z"}
BACKFILL = {"dag_id": "edgar_daily", **WINDOW, "max_active_runs": 1, "reprocess_behavior": "none"}
RUN = {"logical_date": None}
AIRFLOWS_ROUTES = [
    ("GET", "/api/v2/dags/edgar_daily/dagRuns", None, READ),
    ("POST", "/api/v2/dags/edgar_daily/dagRuns", {**RUN, "partition_key": "2026-01-22"}, START),
    ("POST", "/api/v2/dags/edgar_company/dagRuns", {**RUN, "conf": {"companies": ["AAPL"]}}, START),
    ("POST", "/api/v2/dags/edgar_reconcile/dagRuns", RUN, START),
    ("POST", "/api/v2/dags/edgar_reference/dagRuns", RUN, START),
    ("PATCH", "/api/v2/dags/edgar_daily", {"is_paused": False}, START),
    ("POST", "/api/v2/backfills/dry_run", BACKFILL, START),
    ("PATCH", "/api/v2/pools/edgar", {"pool": "edgar", "slots": 1, "description": "", "include_deferred": False}, SET),
    ("GET", "/api/v2/connections", None, SET),
    ("GET", "/api/v2/variables", None, SET),
]


@pytest.fixture(scope="module", autouse=True)
def report(served: Served) -> None:
    """GIVEN a report."""
    path = served.home / "reports/validation/index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("<p>green</p>")


def ask(served: Served, role: str | None, method: str, path: str, body: dict | None = None) -> httpx.Response:
    with served.client(role) as client:
        return client.request(method, path, json=body)


def test_every_route_of_our_own_has_a_rule(served: Served):
    environment = served.airflow.configuration.environment
    done = subprocess.run([sys.executable, "-c", LIST_OWN_ROUTES], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    found = {(method, path) for method, path in json.loads(done.stdout.splitlines()[-1])}
    assert found == set(OWN_ROUTES)


@pytest.mark.parametrize("role", [None, *ROLES])
def test_our_own_routes_tell_whoever_may_read_the_dags_and_nobody_else(served: Served, role: str | None):
    for (method, _), (path, rule) in OWN_ROUTES.items():
        assert ask(served, role, method, path).status_code == rule[role], path


@pytest.mark.parametrize("role", [None, *ROLES])
def test_a_viewer_reads_a_user_starts_and_an_op_sets(served: Served, role: str | None):
    answers = {}
    for method, path, body, _ in AIRFLOWS_ROUTES:
        answers[method, path] = ask(served, role, method, path, body).status_code
    assert answers == {(method, path): rule[role] for method, path, _, rule in AIRFLOWS_ROUTES}


def test_a_viewer_may_create_no_backfill_and_a_user_may(served: Served, no_backfill: None):
    before = len(served.airflow.api.get("/backfills", dag_id="edgar_daily")["backfills"])
    # WHEN each creates one of the same window
    statuses = {role: ask(served, role, "POST", "/api/v2/backfills", BACKFILL).status_code for role in (None, "viewer")}
    assert statuses == {None: 401, "viewer": 403}
    assert len(served.airflow.api.get("/backfills", dag_id="edgar_daily")["backfills"]) == before
    assert ask(served, "user", "POST", "/api/v2/backfills", BACKFILL).status_code == 200
    # THEN there is the user's
    assert len(served.airflow.api.get("/backfills", dag_id="edgar_daily")["backfills"]) == before + 1
