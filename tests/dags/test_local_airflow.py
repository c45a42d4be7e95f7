"""The local Airflow as a person runs it: a process that is started, asked, and stopped.

A person is not root, so it runs as `nobody` where the tests do run as root, and so on PostgreSQL.
"""

import json
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from local_airflow.configuration import free_port
from tests.unprivileged import Unprivileged, unprivileged_user

ROOT = Path(__file__).parents[2]
READY_SECONDS = 180
STOP_SECONDS = 15


class Running:
    """`python -m local_airflow`, ready, with the address and the password that it names."""

    def __init__(self, user: Unprivileged) -> None:
        self.user, self.folder = user, user.folder / "airflow"
        environment = {"AIRFLOW__API__HOST": "0.0.0.0", "EDGAR_HOME": str(user.folder / "home")}
        self.process = subprocess.Popen(
            [user.python, "-m", "local_airflow", str(self.folder), "--port", str(free_port())],
            cwd=ROOT,
            env=user.environment | environment,
            stdout=subprocess.PIPE,
            text=True,
            **user.options,
        )
        self.said = ""
        while "Ctrl-C" not in self.said:
            line = self.process.stdout.readline()
            assert line, f"it ended, having said: {self.said}"
            self.said += line
        self.url = self.said.split("Airflow is at ")[1].split(";")[0]
        self.processes = [self.process_handle(), *self.process_handle().children(recursive=True)]
        password = json.loads((self.folder / "passwords.json").read_text())["admin"]
        self.client = httpx.Client(base_url=self.url, timeout=30.0, trust_env=False)
        answer = self.client.post("/auth/token", json={"username": "admin", "password": password})
        self.client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def process_handle(self) -> psutil.Process:
        return psutil.Process(self.process.pid)

    def stop(self, number: signal.Signals) -> float:
        """Send a signal to the supervisor only; return the seconds until it has ended."""
        began = time.monotonic()
        self.process.send_signal(number)
        # As when a terminal is closed meanwhile.
        time.sleep(0.5)
        self.process.send_signal(signal.SIGHUP)
        self.process.wait(timeout=60)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def airflow() -> Iterator[Running]:
    """GIVEN an empty folder, WHEN the local Airflow is started in it."""
    with unprivileged_user() as user:
        if user.python is None:
            pytest.skip("we are root, and nobody else can run this Python")
        running = Running(user)
        yield running
        if running.process.poll() is None:
            running.stop(signal.SIGTERM)


def test_it_keeps_its_metadata_in_postgresql(airflow: Running):
    servers = [process for process in airflow.processes if process.name() == "postgres"]
    assert servers and {process.username() for process in servers} == {airflow.process_handle().username()} != {"root"}
    assert (airflow.folder / "postgres-18").is_dir() and not (airflow.folder / "airflow.db").exists()


def test_it_listens_on_loopback_only_whatever_the_environment_says(airflow: Running):
    sockets = [c for process in airflow.processes for c in process.net_connections("inet") if c.status == "LISTEN"]
    assert {(c.laddr.ip, c.laddr.port) for c in sockets} == {("127.0.0.1", httpx.URL(airflow.url).port)}


def test_secrets_are_readable_for_their_owner_only(airflow: Running):
    modes = {
        name: stat.S_IMODE((airflow.folder / name).stat().st_mode) for name in ("passwords.json", "secrets.json", ".")
    }
    assert modes == {"passwords.json": 0o600, "secrets.json": 0o600, ".": 0o700}
    secrets = json.loads((airflow.folder / "secrets.json").read_text())
    assert len(secrets["jwt_secret"]) >= 64
    # What it says here goes to a pipe, as it would into a log: only a terminal is shown the password.
    assert secrets["password"] not in airflow.said
    logs = "".join(path.read_text(errors="replace") for path in airflow.folder.glob("*.log"))
    assert [name for name, value in secrets.items() if value in logs] == []


def test_without_a_token_nothing_is_told(airflow: Running):
    paths = ["/api/v2/dags", "/api/v2/dags/edgar_daily/dagRuns", "/api/v2/config", "/ui/config"]
    assert [httpx.get(airflow.url + path, trust_env=False).status_code for path in paths] == [401] * 4


def test_the_pools_have_one_slot(airflow: Running):
    pools = airflow.client.get("/api/v2/pools").json()["pools"]
    assert {pool["name"]: pool["slots"] for pool in pools if pool["name"] != "default_pool"} == {
        "edgar": 1,
        "warehouse": 1,
    }


def test_nothing_runs_unasked(airflow: Running):
    daily = airflow.client.get("/api/v2/dags/edgar_daily").json()
    assert (daily["is_paused"], daily["timetable_summary"]) == (False, "EDGAR index day")
    assert airflow.client.get("/api/v2/dags/~/dagRuns").json()["total_entries"] == 0


def test_all_four_components_are_well(airflow: Running):
    names = ("metadatabase", "scheduler", "triggerer", "dag_processor")
    healthy = dict.fromkeys(names, "healthy")
    # Scheduler and triggerer are not waited for at the start: their first heartbeats may come a little later.
    deadline = time.monotonic() + 60
    while (states := component_states(airflow, names)) != healthy and time.monotonic() < deadline:
        time.sleep(0.5)
    assert states == healthy


def component_states(airflow: Running, names: tuple[str, ...]) -> dict[str, str]:
    """What the UI's first page shows of them, also to somebody who is not logged in."""
    health = httpx.get(airflow.url + "/api/v2/monitor/health", trust_env=False).json()
    return {name: health[name]["status"] for name in names}


def test_a_second_one_in_the_same_folder_is_refused(airflow: Running):
    command = [airflow.user.python, "-m", "local_airflow", str(airflow.folder)]
    options = {"env": airflow.user.environment, "capture_output": True, "text": True, "timeout": 60}
    done = subprocess.run(command, cwd=ROOT, **options, **airflow.user.options)
    assert (done.returncode, done.stderr) == (
        1,
        f"error: an Airflow already runs in {airflow.folder}: stop it first, or name another folder\n",
    )


def test_a_component_that_dies_is_started_again(airflow: Running):
    # GIVEN the scheduler and what it has started
    scheduler = next(child for child in airflow.processes if "scheduler" in child.cmdline())
    family = [scheduler, *scheduler.children(recursive=True)]
    # WHEN it is killed
    scheduler.kill()
    # THEN the supervisor says so, another one runs, and nothing is left of the first
    assert airflow.process.stdout.readline() == (
        "The scheduler had ended and was started again; its log is scheduler.log.\n"
    )
    assert [process for process in family if alive(process)] == []
    children = airflow.process_handle().children()
    assert [child.status() != psutil.STATUS_ZOMBIE for child in children if "scheduler" in child.cmdline()] == [True]
    airflow.processes = [airflow.process_handle(), *airflow.process_handle().children(recursive=True)]


def test_a_backfill_of_two_weeks_in_the_ui_gives_nine_index_days(airflow: Running):
    answer = dry_run(airflow, "2026-09-01T00:00:00Z", "2026-09-14T23:59:59.999Z")
    assert [row["partition_key"][5:] for row in answer.json()["backfills"]] == [
        *("09-01", "09-02", "09-03", "09-04", "09-08", "09-09", "09-10", "09-11", "09-14")
    ]


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("1850-01-01T00:00:00Z", "1994-01-01T00:00:00Z", "The window begins on 1850-01-01; EDGAR's first filings are"),
        (
            "2026-09-01T00:00:00Z",
            "2999-01-01T00:00:00Z",
            "The window ends on 2999-01-01, in the future: in New York it",
        ),
        (
            "2026-09-14T00:00:00Z",
            "2026-09-01T00:00:00Z",
            "from_date (2026-09-14T00:00:00+00:00) must not be after to_d",
        ),
    ],
)
def test_a_bad_window_is_refused_with_the_reason(airflow: Running, first: str, last: str, reason: str):
    answer = dry_run(airflow, first, last)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(reason)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"partition_key": "2024-02-30"}, "'2024-02-30' does not exist in the calendar: choose a real day"),
        ({"partition_key": "2999-01-04"}, "2999-01-04 is in the future (in New York it is "),
        (
            {"partition_key": "1992-12-31"},
            "1992-12-31 is before EDGAR's first filings: choose a day from 1993-01-01 on",
        ),
        ({"conf": {"day": "{{ 7*7 }}"}}, "Invalid input for param day: '{{ 7*7 }}' is not a 'date'"),
    ],
)
def test_a_bad_day_is_refused_before_a_run_exists(airflow: Running, body: dict, reason: str):
    answer = airflow.client.post("/api/v2/dags/edgar_daily/dagRuns", json={"logical_date": None, **body})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(reason)
    assert airflow.client.get("/api/v2/dags/edgar_daily/dagRuns").json()["total_entries"] == 0


def dry_run(airflow: Running, first: str, last: str) -> httpx.Response:
    """Ask what a backfill would run, as the UI's form does while it is filled in."""
    body = {"dag_id": "edgar_daily", "from_date": first, "to_date": last, "max_active_runs": 1}
    body |= {"run_backwards": False, "dag_run_conf": {}, "reprocess_behavior": "none"}
    return airflow.client.post("/api/v2/backfills/dry_run", json=body)


def test_sigterm_and_ctrl_c_leave_no_process(airflow: Running):
    # GIVEN a running Airflow, WHEN the supervisor gets a SIGTERM
    seconds = airflow.stop(signal.SIGTERM)
    # THEN it ends in time with the signal's exit code, and so has every process that it started
    assert seconds < STOP_SECONDS
    assert airflow.process.returncode == 128 + signal.SIGTERM
    assert [process for process in airflow.processes if alive(process)] == []

    # GIVEN a second start in the same folder, WHEN somebody presses Ctrl-C
    again = Running(airflow.user)
    seconds = again.stop(signal.SIGINT)
    # THEN likewise; and the password is still the first one
    assert seconds < STOP_SECONDS
    assert [process for process in again.processes if alive(process)] == []
    assert again.process.stdout.read() == "Stopped.\n"
    assert again.said.splitlines()[-1].startswith("Airflow is at http://127.0.0.1:")


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
