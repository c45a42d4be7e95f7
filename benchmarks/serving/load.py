"""Readers and writers of one way, all at once: starts them, waits, and adds up."""

import json
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import console
from benchmarks.scale import COMPANIES, EXHIBITS
from benchmarks.serving.findings import CLOSED, LOCKED
from benchmarks.serving.questions import QUESTIONS
from benchmarks.serving.servers import ROOT, Catalog, Quack

if TYPE_CHECKING:
    from benchmarks.serving.main import Warehouse

#: Until clients have started.
LEAD = 1.5


@dataclass(frozen=True)
class Served:
    """A way, the Python that its clients run in, and how to ask what its server took: CPU seconds, resident MB."""

    way: dict
    python: Path
    usage: Callable[[], tuple[float, float]] = lambda: (0.0, 0.0)
    catalog: Catalog | None = None
    first_version: int | None = None


@dataclass(frozen=True)
class Load:
    """What came of readers and writers together. Times in seconds, by question; CPU of readers and server for one round."""

    way: str
    readers: int
    times: dict[str, list[float]]
    failures: Counter
    torn: int
    states_seen: int
    cpu_a_round: float
    resident: float
    commits: list[float]
    commit_cpu: float
    commit_failures: Counter
    lost: list[str]
    #: Of the writer that took longest, for all of its days.
    longest: float
    seconds: float

    @property
    def failed(self) -> int:
        """Rounds that ended with an error."""
        return sum(self.failures.values())

    @property
    def rounds(self) -> int:
        """Rounds that were answered."""
        return len(self.times.get("balance", []))


def one_writer(served: Served, warehouse: "Warehouse", readers: int, batch: list[str]) -> Load:
    """So many readers for some seconds, while one writer commits a batch of days."""
    until = time.time() + LEAD + warehouse.seconds
    tasks = [_reading(served, warehouse, seed, until) for seed in range(readers)]
    tasks.append(_writing(served, warehouse, batch, pause=warehouse.seconds / len(batch) / 2))
    return _run(served, tasks, warehouse.seconds)


def writers(
    served: Served, warehouse: "Warehouse", count: int, batch: list[str] | None = None, is_replaced: bool = False
) -> Load:
    """Four readers, while writers share a batch of days as fast as they can, or replace two days each that are there."""
    batch = batch or warehouse.new_days[: 2 * count]
    tasks = [_reading(served, warehouse, seed, time.time() + LEAD + warehouse.seconds) for seed in range(4)]
    tasks += [_writing(served, warehouse, batch[number::count], 0.0, is_replaced) for number in range(count)]
    return _run(served, tasks, warehouse.seconds)


def fingerprints(served: Served, tables: list[str]) -> dict[str, list]:
    """Rows and hash of each table as its rows arrive at a client."""
    return _finish(_start(served, {"do": "compare", "way": served.way, "tables": tables}))["done"]


def publications(python: Path, warehouse: "Warehouse", count: int = 5) -> None:
    """Print what four readers notice while the server of a publication goes over to another one."""
    newest, old = (path / "edgar.duckdb" for path in sorted((warehouse.link.parent / "versions").iterdir())[-2:][::-1])
    ways = {
        "detach and attach": ("detach edgar", "attach '{}' as edgar (read_only)"),
        "detach and attach in one transaction": ("begin", "detach edgar", "attach '{}' as edgar (read_only)", "commit"),
    }
    for name, statements in ways.items():
        with Quack(python, old, is_read_only=True) as server:
            closing = [text.replace("{folder}", str(old.parents[1])) for text in CLOSED + LOCKED]
            if error := server.operate(*closing):
                raise SystemExit(error)
            served = Served(server.way, python, server.usage)
            until = time.time() + LEAD + warehouse.seconds
            processes = [_start(served, _reading(served, warehouse, seed, until)) for seed in range(4)]
            errors = []
            for number in range(count):
                time.sleep(warehouse.seconds / count)
                errors.append(server.operate(*(text.format((newest, old)[number % 2]) for text in statements)))
            done = [_finish(process)["done"] for process in processes]
        failures = sum((Counter(one["failures"]) for one in done), Counter())
        rounds, torn = (
            sum(values)
            for values in zip(*((len(one["times"].get("balance", [])), one["torn"]) for one in done), strict=True)
        )
        console.print(
            f"{count} new publications by {name}: {rounds} rounds, {dict(failures) or 'no failure'}, {torn} torn; in the server {errors}",
            markup=False,
        )


def _reading(served: Served, warehouse: "Warehouse", seed: int, until: float) -> dict:
    facts = {"companies": COMPANIES, "exhibits": EXHIBITS, "days": warehouse.days}
    return {"do": "read", "way": served.way, "seed": seed, "until": until, **facts}


def _writing(served: Served, warehouse: "Warehouse", days: list[str], pause: float, is_replaced: bool = False) -> dict:
    facts = {"days": days, "days_file": str(warehouse.days_file), "pause": pause, "is_replaced": is_replaced}
    return {"do": "write", "way": served.way, **facts}


def _run(served: Served, tasks: list[dict], seconds: float) -> Load:
    before = served.usage()[0]
    watch = _Watch(served)
    processes = [_start(served, task) for task in tasks]
    done = [_finish(process) for process in processes]
    server_cpu, server_resident = served.usage()[0] - before, watch.stop()
    read = [one for one, task in zip(done, tasks, strict=True) if task["do"] == "read"]
    wrote = [one for one, task in zip(done, tasks, strict=True) if task["do"] == "write"]
    times = {name: [t for one in read for t in one["done"]["times"].get(name, [])] for name in ("open", *QUESTIONS)}
    return Load(
        way=served.way["name"],
        readers=len(read),
        times=times,
        failures=sum((Counter(one["done"]["failures"]) for one in read), Counter()),
        torn=sum(one["done"]["torn"] for one in read),
        states_seen=max(one["done"]["states_seen"] for one in read),
        cpu_a_round=(server_cpu + sum(one["done"]["cpu"] for one in read)) / max(1, len(times["balance"])),
        resident=server_resident + sum(one["resident"] for one in read),
        commits=[second for one in wrote for second in one["done"]["seconds"]],
        commit_cpu=sum(one["cpu"] for one in wrote),
        commit_failures=sum((Counter(one["done"]["failures"]) for one in wrote), Counter()),
        lost=[day for one in wrote for day in one["done"]["lost"]],
        longest=max(sum(one["done"]["seconds"]) for one in wrote),
        seconds=seconds,
    )


def _start(served: Served, task: dict) -> subprocess.Popen:
    process = subprocess.Popen(
        [served.python, "-m", "benchmarks.serving.client"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    process.stdin.write(json.dumps(task) + "\n")
    process.stdin.flush()
    return process


def _finish(process: subprocess.Popen) -> dict:
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"a client ended with {process.returncode}; its last words are above")
    return json.loads(output)


class _Watch(threading.Thread):
    """The server's largest resident memory, looked at four times a second."""

    def __init__(self, served: Served) -> None:
        super().__init__(daemon=True)
        self._served, self._stopped, self._largest = served, threading.Event(), 0.0
        self.start()

    def run(self) -> None:
        while not self._stopped.wait(0.25):
            self._largest = max(self._largest, self._served.usage()[1])

    def stop(self) -> float:
        self._stopped.set()
        self.join()
        return self._largest
