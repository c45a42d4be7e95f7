"""The supervisor: a local Airflow from start to end, as a context manager."""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import psutil

from local_airflow import runs
from local_airflow.components import AirflowStopped, Components
from local_airflow.configuration import Configuration, prepare
from local_airflow.database import choose_database
from local_airflow.rest import AirflowApi

#: Pools of one slot each, which the DAGs name.
POOLS = {"edgar": "Requests to the SEC: its limit is per user.", "warehouse": "A DuckDB file has one writer."}

#: What asks us to end: Ctrl-C, a service manager, a terminal that is closed.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

START_SECONDS = 180.0
POLL_SECONDS = 0.3


class LocalAirflow:
    """Airflow in one folder, running inside a `with` block.

    Entering it returns when the DAGs can be run (10 to 40 seconds); leaving it, on whatever way, SIGTERM and Ctrl-C
    included, ends every process within 15 seconds. The folder keeps metadata, logs and secrets for the next start;
    only one Airflow runs in it at a time.
    """

    def __init__(
        self,
        home: Path,
        environment: Mapping[str, str] | None = None,
        port: int | None = None,
        *,
        beside: tuple[str, ...] = ("scheduler",),
    ) -> None:
        """Take the folder for AIRFLOW_HOME, variables for the tasks (EDGAR_HOME and the like), and a port or a free one.

        `beside` names what runs beside API server and DAG processor; without a scheduler nothing runs, and all can be asked.
        """
        home = home.resolve()
        self.database = choose_database(home)
        self.configuration: Configuration = prepare(home, environment or {}, port, self.database.url)
        self._components = Components(self.configuration)
        self._last = beside
        self._lock: int | None = None
        self.api = AirflowApi(self.configuration)
        self._handlers: dict[int, object] = {}
        self._is_leaving = False

    def __enter__(self) -> Self:
        self._catch_signals()
        try:
            self._take_folder()
            is_there = self.database.start()
            self._components.migrate(is_new=not is_there)
            self._wait_until_ready()
            self._make_pools()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def trigger_days(self, days: Iterable[date]) -> runs.Batch:
        """Trigger `edgar_daily` for each of these days; see `runs.trigger_days`."""
        for dag_id in (runs.DAILY, runs.WAREHOUSE):
            self.api.patch(f"/dags/{dag_id}", {"is_paused": False})
        return runs.trigger_days(self.api, days)

    def wait_until_done(
        self,
        batch: runs.Batch,
        timeout_seconds: float = 1800,
        on_progress: Callable[[runs.Progress], None] | None = None,
    ) -> runs.Progress:
        """Wait for the runs of the batch and the warehouse runs that they cause; see `runs.wait_until_done`."""
        return runs.wait_until_done(self.api, batch, timeout_seconds, on_progress, self._components.check)

    def check(self) -> None:
        """Raise AirflowStopped if a component is not running any more."""
        self._components.check()

    def mend(self) -> list[str]:
        """Start again the components that have ended; return their names."""
        return self._components.mend()

    def processes(self) -> list[psutil.Process]:
        """Every living process of the components, tasks included; see `Components.processes`."""
        return self._components.processes()

    def _take_folder(self) -> None:
        """Two schedulers over one metadata database would run everything twice."""
        home = self.configuration.home
        self._lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AirflowStopped(f"an Airflow already runs in {home}: stop it first, or name another folder") from None

    def _wait_until_ready(self) -> None:
        """Start everything and wait until the API is warm and both DAGs are known; raise what hinders it."""
        deadline = time.monotonic() + START_SECONDS
        ready = self._steps()
        while next(ready, None) is not None:
            self._components.check()
            if time.monotonic() > deadline:
                home = self.configuration.home
                raise AirflowStopped(f"Airflow is not ready after {START_SECONDS:.0f} seconds; see the logs in {home}")
            time.sleep(POLL_SECONDS)

    def _steps(self) -> Iterator[str]:
        """Start the components in turn, and yield while something has to be waited for."""
        self._components.start("api-server")
        self._components.start("dag-processor")
        # Unasked, this part of the server is set up by the first task's first request, which then takes 5 to 11 s.
        while not self.api.answers("/execution/health"):
            yield "execution API"
        # Only now: it resumes at once what an earlier stop has interrupted, and a task that finds no API server fails.
        for name in self._last:
            self._components.start(name)
        self.api.log_in()
        while not {runs.DAILY, runs.WAREHOUSE} <= {dag["dag_id"] for dag in self.api.get("/dags")["dags"]}:
            for broken in self.api.get("/importErrors")["import_errors"]:
                raise AirflowStopped(f"{broken['filename']} cannot be imported:\n{broken['stack_trace']}")
            yield "DAGs"

    def _make_pools(self) -> None:
        for name, description in POOLS.items():
            self.api.post("/pools", {"name": name, "slots": 1, "description": description}, already_there=True)

    def _stop(self) -> None:
        with _undisturbed():
            self.api.close()
            self._components.stop()
            self.database.stop()
            if self._lock is not None:
                os.close(self._lock)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._handlers.clear()

    def _catch_signals(self) -> None:
        """Let SIGTERM and SIGHUP leave the `with` block as Ctrl-C does; by default they would end Python on the spot."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                self._handlers[number] = signal.signal(number, self._leave)

    def _leave(self, number: int, frame: FrameType | None) -> None:
        # A terminal that is closed sends one after the other: the second must not interrupt the stopping.
        if not self._is_leaving:
            self._is_leaving = True
            raise SystemExit(128 + number)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ignore an impatient second Ctrl-C or the like, which would leave processes behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {number: signal.signal(number, lambda *_: None) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
