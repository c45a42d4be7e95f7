"""Airflow's processes: started each in a session of its own, stopped with everything that runs in these sessions."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import psutil

from local_airflow.configuration import Configuration

COMPONENTS = {
    "api-server": ["api-server"],
    # Logs are read from the same disk: the log servers of scheduler and triggerer would listen on all addresses.
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    # No task of this project defers: only `make up` starts it, so that the UI shows no component as missing.
    "triggerer": ["triggerer", "--skip-serve-logs"],
}

#: What `make up` runs beside API server and DAG processor.
EVERYTHING = ("scheduler", "triggerer")

#: For an orderly end of the components. The scheduler would wait for its running tasks, for hours if need be.
TERMINATE_SECONDS = 6.0

#: For what is left after that (running tasks above all), before it is killed. A rerun continues such a task's work.
KILL_SECONDS = 3.0

#: A component that ends more often than this within the time (seconds) has a reason that a restart does not cure.
RESTARTS, RESTART_WINDOW = 3, 600.0


class AirflowStopped(RuntimeError):
    """A component of Airflow ended although nobody asked it to; says which, and shows the end of its log."""


class Components:
    """The running processes of one local Airflow."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._processes: dict[str, subprocess.Popen] = {}
        self._restarts: list[float] = []

    def migrate(self, *, is_new: bool) -> None:
        """Fill the metadata database, or bring it up to date; at once if this version of Airflow has done so."""
        done = self._configuration.home / f"migrated-{version('apache-airflow')}"
        if done.exists() and not is_new:
            return
        process = self._start("db-migrate", ["db", "migrate"])
        if process.wait() != 0:
            raise self._stopped("db-migrate")
        del self._processes["db-migrate"]
        done.touch()

    def start(self, name: str) -> None:
        """Start a component; it is not ready yet."""
        self._start(name, COMPONENTS[name])

    def check(self) -> None:
        """Raise AirflowStopped if a component is not running any more."""
        for name, process in self._processes.items():
            if process.poll() is not None:
                raise self._stopped(name)

    def mend(self) -> list[str]:
        """Start again what has ended, and return its names; AirflowStopped where that happens too often.

        What the ended one had started is killed first: a task of a dead scheduler would run beside its own second try.
        """
        ended = [name for name, process in self._processes.items() if process.poll() is not None]
        for name in ended:
            now = time.monotonic()
            self._restarts = [at for at in self._restarts if now - at < RESTART_WINDOW]
            if len(self._restarts) >= RESTARTS:
                raise self._stopped(name)
            self._restarts.append(now)
            session = {self._processes[name].pid}
            _signal(_members(session), signal.SIGKILL)
            _wait_until_gone(session, KILL_SECONDS)
            self.start(name)
        return ended

    def processes(self) -> list[psutil.Process]:
        """Every living process of the components: they themselves, and what they started, whatever became of its parent."""
        return _members({process.pid for process in self._processes.values()})

    def log_path(self, name: str) -> Path:
        """Where a component's output is kept."""
        return self._configuration.home / f"{name}.log"

    def stop(self) -> None:
        """End every process that was started, and every process that these started, within ten seconds."""
        sessions = {process.pid for process in self._processes.values()}
        _signal(self._processes.values(), signal.SIGTERM)
        if not _wait_until_gone(sessions, TERMINATE_SECONDS):
            _signal(_members(sessions), signal.SIGTERM)
            if not _wait_until_gone(sessions, KILL_SECONDS):
                _signal(_members(sessions), signal.SIGKILL)
                _wait_until_gone(sessions, KILL_SECONDS)
        for process in self._processes.values():
            process.wait()
        self._processes.clear()

    def _start(self, name: str, arguments: list[str]) -> subprocess.Popen:
        with self.log_path(name).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "airflow", *arguments],
                env=self._configuration.environment,
                cwd=self._configuration.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A running task leaves its process group, but never its session; and Ctrl-C reaches only us.
                start_new_session=True,
            )
        self._processes[name] = process
        return process

    def _stopped(self, name: str) -> AirflowStopped:
        path = self.log_path(name)
        tail = "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        return AirflowStopped(f"Airflow's {name} ended unexpectedly. The end of {path}:\n{tail}")


def _members(sessions: set[int]) -> list[psutil.Process]:
    """List the living processes of these sessions, whatever became of their parents."""
    members = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) in sessions and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
        except (ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            continue
    return members


def _signal(processes: Iterable[subprocess.Popen | psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue


def _wait_until_gone(sessions: set[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _members(sessions):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
