"""What is made once in a run of the tests, whatever its number of workers, and copied by those who need it."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], None]) -> Path:
    """A folder that `fill` has filled, by the first worker that asks for it."""
    base = factory.getbasetemp()
    # Each worker of pytest-xdist has a folder of its own below the one of the run.
    folder = (base.parent if base.name.startswith("popen-") else base) / name
    folder.mkdir(exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder.parent / f"{name}.done"
        if not done.exists():
            fill(folder)
            done.touch()
    return folder
