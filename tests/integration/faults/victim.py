"""A process that runs the command line in children and lets their n-th call of the system fail, or kills them there.

    {"environment": {...}, "arguments": ["day", "2025-09-03"], "point": 17, "how": "kill"}

One such line on stdin is one child. `how`: `count` (nothing fails), `kill` (SIGKILL before the call), `tear` (half of a write,
then SIGKILL), or the name of an errno, with which the call is refused. `after` seconds instead of `point`: SIGKILL from
outside. The answer on stdout is one line: exit code (negative: the signal), the calls of the child in order, its two
streams. A fork is a process like any other; forking only spares every child a second of imports.
"""

import errno
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date

from edgar_pipeline import ingest, settings
from edgar_pipeline.cli import main
from edgar_pipeline.edgar_days import closed_reason

#: Everything that changes something on a disk.
CALLS = ("open", "write", "pwrite", "ftruncate", "fsync", "replace", "mkdir", "unlink")


class Faults:
    """Counts the calls of a child, and strikes at one of them."""

    def __init__(self, point: int | None, how: str, report: int):
        self._point, self._how, self._report = point, how, report
        self._lock, self._count, self._write = threading.Lock(), 0, os.write

    def install(self) -> None:
        for name in CALLS:
            setattr(os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name: str, call: Callable) -> Callable:
        def wrapper(*arguments: object, **options: object) -> object:
            with self._lock:
                self._count += 1
                self._write(self._report, f"{name}\n".encode())
                if self._count == self._point:
                    self._strike(name, call, arguments)
            return call(*arguments, **options)

        return wrapper

    def _strike(self, name: str, call: Callable, arguments: tuple) -> None:
        if self._how == "tear" and name in ("write", "pwrite"):
            descriptor, content, *rest = arguments
            call(descriptor, bytes(content)[: len(content) // 2], *rest)
        if self._how in ("tear", "kill"):
            os.kill(os.getpid(), signal.SIGKILL)
        code = getattr(errno, self._how)
        raise OSError(code, os.strerror(code))


def child(order: dict, streams: list[int], report: int) -> None:
    """Become the command line. Never returns."""
    signal.alarm(60)  # a child that hangs is ended by this signal, and its exit code says so
    os.environ.clear()
    os.environ.update(order["environment"])
    for number, stream in enumerate(streams, 1):
        os.dup2(stream, number)
    # Many small parts, and no second of waiting for each: the limiter has tests of its own.
    ingest.filings.BATCH_SUBMISSIONS = 1
    settings.MAXIMUM_REQUESTS_PER_SECOND = 10_000
    if order["how"] != "count" and order.get("point"):
        Faults(order["point"], order["how"], report).install()
    elif order["how"] == "count":
        Faults(None, "", report).install()
    code = main(order["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(order: dict) -> dict:
    """One child, from its beginning to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as calls:
        pid = os.fork()
        if pid == 0:
            child(order, [out.fileno(), err.fileno()], calls.fileno())
        if "after" in order:
            time.sleep(order["after"])
            os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        for stream in (out, err, calls):
            stream.seek(0)
        return {
            "code": code,
            "out": out.read().decode(),
            "err": err.read().decode(),
            "calls": calls.read().decode().split(),
        }


if __name__ == "__main__":
    closed_reason(date(2025, 9, 3))  # loads the calendar of holidays, which takes half a second, for all children
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
