"""What somebody who is not logged in gets from any route of the API server, ours included: nothing."""

import json
import os
import subprocess
import sys

import httpx
import pytest
from edgar_progress import PREFIX

from tests.dags.server.conftest import Served

#: Every route of the server as it is mounted there, plugins and their sub-applications included.
LIST_ROUTES = """
import json
from airflow.api_fastapi.app import create_app

def walk(routes, prefix):
    for route in routes:
        path = prefix + getattr(route, "path", "")
        inner = getattr(getattr(route, "app", None), "routes", None) or getattr(route, "routes", None)
        if inner:
            yield from walk(inner, path)
        else:
            # An application of which no routes are known is asked at its root.
            path += "/" if type(route).__name__ == "Mount" else ""
            yield [path, sorted(getattr(route, "methods", None) or ["GET"]), type(route).__name__]

print(json.dumps(list(walk(create_app(apps="all").routes, ""))))
"""

#: What may be told to everybody: that the server lives and which it is, the page and the ways to log in, and its look.
OPEN = {
    "/api/v2/version",
    "/api/v2/monitor/health",
    "/execution/health",
    "/execution/health/ping",
    "/auth/token",
    "/auth/token/login",
    "/auth/token/cli",
    "/auth/login",
    "/api/v2/auth/login",
    "/api/v2/auth/logout",
    # "Has moved", "no such route", and the versions of the tasks' API.
    "/health",
    "/api/v1/{_:path}",
    "/api/{_:path}",
    "/execution/changelog",
}
#: The single page itself and its scripts, which hold no data; descriptions of the API without any content of ours.
SHELL = ("/static", "/auth/static", "/{rest_of_path:path}", "/auth/{rest_of_path:path}")
DESCRIPTIONS = ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect")
REFUSED = {401, 403}
NOBODY = "00000000-0000-0000-0000-000000000000"
#: What a task asks its server for: secrets, the results of other tasks, and to be taken for one that runs.
TASKS = {
    ("GET", "/execution/connections/somewhere"),
    ("GET", "/execution/variables/some_password"),
    ("PUT", "/execution/variables/some_password"),
    ("GET", "/execution/xcoms/edgar_daily/run/index/return_value"),
    ("POST", "/execution/xcoms/edgar_daily/run/index/return_value"),
    ("PATCH", f"/execution/task-instances/{NOBODY}/run"),
    ("PUT", f"/execution/task-instances/{NOBODY}/heartbeat"),
    ("PATCH", f"/execution/task-instances/{NOBODY}/state"),
    ("POST", "/execution/dag-runs/edgar_daily/run"),
}


@pytest.fixture(scope="module")
def routes(served: Served) -> list[tuple[str, str]]:
    """Method and path of every route, as the server's own code lists them."""
    done = subprocess.run(
        [sys.executable, "-c", LIST_ROUTES],
        env=served.airflow.configuration.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [(method, path) for path, methods, _ in json.loads(done.stdout.splitlines()[-1]) for method in methods]


def is_open(path: str) -> bool:
    return path in OPEN or path.startswith(SHELL) or path.endswith(DESCRIPTIONS)


def test_every_other_route_refuses_somebody_who_is_not_logged_in(served: Served, routes: list[tuple[str, str]]):
    # GIVEN all routes, more than a hundred, of the public and the UI's API and of this project's page, and some of the
    # tasks' API, which makes its routes only when it is asked
    closed = sorted({(method, path) for method, path in routes if not is_open(path)} | TASKS)
    assert len(closed) > 100
    assert {path.split("/")[1] for _, path in closed} >= {"api", "ui", "execution", PREFIX.strip("/")}
    # WHEN each is asked without a token, THEN it refuses, and says nothing but that
    told = {}
    with httpx.Client(base_url=served.url, timeout=30.0, trust_env=False) as client:
        for method, path in closed:
            if method in ("HEAD", "OPTIONS"):
                continue
            answer = client.request(method, fill_in(path), json={} if method in ("POST", "PATCH", "PUT") else None)
            if answer.status_code not in REFUSED:
                told[f"{method} {path}"] = (answer.status_code, answer.text[:200])
    assert told == {}


def fill_in(path: str) -> str:
    """A path with something plausible in the place of each parameter."""
    words = []
    for word in path.split("/"):
        if word.startswith("{"):
            name = word.strip("{}").split(":")[0]
            word = {"dag_id": "edgar_daily", "backfill_id": "1", "asset_id": "1"}.get(name, "1")
        words.append(word)
    return "/".join(words)


def test_a_forged_token_is_refused(served: Served):
    header = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsImV4cCI6OTk5OTk5OTk5OX0."
    for token in (header, "x", os.urandom(8).hex()):
        answer = httpx.get(served.url + "/api/v2/dags", headers={"Authorization": f"Bearer {token}"}, trust_env=False)
        assert answer.status_code in REFUSED


def test_a_wrong_password_gives_no_token(served: Served):
    for password in ("admin", "", "x' OR '1'='1"):
        body = {"username": "admin", "password": password}
        assert httpx.post(served.url + "/auth/token", json=body, trust_env=False).status_code in (
            400,
            401,
        )


def test_another_site_may_not_ask_in_our_name(served: Served):
    answer = httpx.get(served.url + "/api/v2/version", headers={"Origin": "https://evil.example"}, trust_env=False)
    assert "access-control-allow-origin" not in answer.headers
