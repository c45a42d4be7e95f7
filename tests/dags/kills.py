"""Killing processes of a running Airflow at random, while somebody starts again what a supervisor would.

kind            what dies with it
task            the try; its executor's worker reports it
worker          nobody waits for its task any more, which runs on to its end beside its second try
scheduler       its workers and tasks too: `mend` ends what a dead component has started
dag-processor   nothing that runs
api-server      nothing; tasks ask again until it is back
"""

import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from unittest.mock import patch

import psutil

from local_airflow import Batch, LocalAirflow, components, runs

#: How long (seconds) a kind is waited for that does not live: a task that died is tried again after a minute.
PATIENCE = 90.0
KINDS = ("task", "worker", "scheduler", "dag-processor", "api-server")


@dataclass(frozen=True)
class Kill:
    """What was killed, when (seconds since the first look), and what the system called it."""

    at: float
    kind: str
    title: str

    def __str__(self) -> str:
        return f"{self.at:6.1f} s  {self.kind}  {self.title}"


def victims(airflow: LocalAirflow) -> dict[str, list[psutil.Process]]:
    """The living processes of each kind; of the workers those that have a task."""
    found: dict[str, list[psutil.Process]] = {kind: [] for kind in KINDS}
    for process in airflow.processes():
        try:
            kind = _kind(process)
        except (psutil.Error, ProcessLookupError):
            continue
        if kind is not None:
            found[kind].append(process)
    return found


def title_of(process: psutil.Process) -> str:
    # A title that has become shorter is filled up.
    return " ".join(process.cmdline()).rstrip()


def _kind(process: psutil.Process) -> str | None:
    title = title_of(process)
    if title.startswith("airflow worker -- LocalExecutor:"):
        return None if title.endswith("<idle>") else "worker"
    if title.startswith("airflow worker -- "):
        return "task"
    # A component leads its session; what it has forked has its words, too.
    if os.getsid(process.pid) != process.pid:
        return None
    return next((kind for kind in KINDS if kind in title.replace("_", "-")), None)


@dataclass
class Keeper:
    """Starts again what has ended, as `make up` does, as often as it takes; a context manager around the killing."""

    airflow: LocalAirflow
    mended: list[str] = field(default_factory=list)
    problems: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> "Keeper":
        # More components die here than a machine would let die.
        self._patience = patch.object(components, "RESTARTS", 10**6)
        self._patience.start()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._mend)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._patience.stop()

    def is_over(self, batch: Batch) -> Callable[[], bool]:
        """Say, each time it is called, whether there is nothing left to disturb."""
        return lambda: bool(self.problems) or runs.read_progress(self.airflow.api, batch).is_done

    def check(self) -> None:
        if self.problems:
            raise self.problems[0]

    def _mend(self) -> None:
        while not self._stopped.wait(0.3):
            try:
                self.mended += self.airflow.mend()
            except Exception as error:
                self.problems.append(error)
                return


def kill_at_random(
    airflow: LocalAirflow,
    generator: random.Random,
    count: int,
    pause: tuple[float, float],
    is_over: Callable[[], bool],
) -> list[Kill]:
    """Kill so many processes, each after a random pause; fewer if it is over before.

    The kinds come in random order, each once before any comes again: there is always a scheduler to kill and seldom a task, so
    that a choice among what lives would hardly ever be a task. One that does not live yet is waited for.
    """
    began, killed = time.monotonic(), []
    order: list[str] = []
    while len(killed) < count and not is_over():
        order = order or generator.sample(KINDS, len(KINDS))
        time.sleep(generator.uniform(*pause))
        patience = time.monotonic() + PATIENCE
        while not (living := victims(airflow)[order[0]]) and time.monotonic() < patience:
            time.sleep(0.05)
        if not living:
            # Nothing runs any more, or it all waits for a retry: is it over?
            order.append(order.pop(0))
        else:
            victim = generator.choice(sorted(living, key=lambda process: process.pid))
            with suppress(psutil.NoSuchProcess):
                title = title_of(victim)
                victim.kill()
                killed.append(Kill(time.monotonic() - began, order.pop(0), title))
    return killed
