"""Clocks and scales, and what must come out."""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

console = Console(highlight=False)


@dataclass(frozen=True)
class Target:
    """Something that must come out: at least (`>=`) or at most (`<=`) a bound. None where it could not be measured."""

    what: str
    relation: str
    bound: float
    measured: float | None

    @property
    def verdict(self) -> str:
        """`pass`, `MISS`, or `not measured`."""
        if self.measured is None:
            return "not measured"
        met = self.measured >= self.bound if self.relation == ">=" else self.measured <= self.bound
        return "pass" if met else "MISS"


def cpu_seconds(works: dict[str, Callable[[], object]], rounds: int = 3) -> dict[str, float]:
    """CPU time of the fastest of some rounds. Those that are compared take turns, so that a busy minute hits all of them."""
    seconds = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            start = time.process_time()
            work()
            seconds[name] = min(seconds[name], time.process_time() - start)
    return seconds


@dataclass(frozen=True)
class Process:
    """What a process and its children took. Memory is the largest sum of their resident sets at one moment, in MB."""

    exit_code: int
    wall: float
    cpu: float
    resident: float
    output: str


def run(command: list[str], environment: dict[str, str]) -> Process:
    """Run a command to its end and weigh it."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    scale = _Scale(process.pid)
    scale.start()
    output, _ = process.communicate()
    wall = time.monotonic() - start
    scale.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Process(process.returncode, wall, cpu, scale.largest / 1e6, output)


class _Scale(threading.Thread):
    """Adds up the resident memory of a process tree, twenty times a second (Linux)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._stopped, self.largest = pid, threading.Event(), 0

    def run(self) -> None:
        while not self._stopped.wait(0.05):
            self.largest = max(self.largest, sum(map(_resident, _tree(self._pid))))

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def _tree(pid: int) -> Iterable[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _tree(int(child))


def _resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0)


def show(title: str, columns: list[str], rows: list[tuple]) -> None:
    """A table; the first column is text, the others are numbers."""
    console.print(title, style="bold")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(columns[0], no_wrap=True)
    for column in columns[1:]:
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, str) else f"{cell:,.2f}" for cell in row))
    console.print(table, "")
