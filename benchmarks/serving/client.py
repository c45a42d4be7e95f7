"""One client process: `python -m benchmarks.serving.client`, told by a line of JSON what to do, answers with one.

A reader asks every question in turn. It opens the published file anew for each round, as docs/bi.md says, because only then does it see a
new publication; elsewhere it keeps its session. A writer commits days; what fails is tried again, five times, and counted.
"""

import json
import os
import random
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import duckdb

from benchmarks.serving.questions import QUESTIONS, draw, fingerprint, is_balanced
from benchmarks.serving.ways import Session, commit_day, open_session

ATTEMPTS = 5


def read(task: dict) -> dict:
    """Ask until `until`; return the seconds of each question, failures by message, and how many saw a torn warehouse.

    Its CPU seconds begin when the first session is open: a program starts once.
    """
    chance, times, failures, torn, seen = random.Random(task["seed"]), defaultdict(list), Counter(), 0, set()
    with _Reader(task["way"], times["open"]) as reader:
        began = None
        while time.time() < task["until"]:
            try:
                session = reader.session()
                began = time.process_time() if began is None else began
                for name in QUESTIONS:
                    question = draw(name, chance, task["companies"], task["days"])
                    start = time.monotonic()
                    rows = session.ask(question)
                    times[name].append(time.monotonic() - start)
            except duckdb.Error as error:
                failures[_line(error)] += 1
                reader.drop()
                time.sleep(0.05)
                continue
            torn += not is_balanced(rows[0], task["exhibits"])
            seen.add(int(rows[0][3]))
        cpu = time.process_time() - (began or 0.0)
    return {"times": times, "failures": failures, "torn": torn, "states_seen": len(seen), "cpu": cpu}


class _Reader:
    """Opens sessions: of the published file one for each round, elsewhere one for as long as it works."""

    def __init__(self, way: dict, seconds: list[float]) -> None:
        self._way, self._seconds, self._session = way, seconds, None

    def session(self) -> Session:
        if self._way["name"] == "file":
            self.drop()
        if self._session is None:
            start = time.monotonic()
            self._session = open_session(self._way)
            self._seconds.append(time.monotonic() - start)
        return self._session

    def drop(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None

    def __enter__(self) -> "_Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.drop()


def write(task: dict) -> dict:
    """Commit each of these days, with a pause after each; return the seconds of each and the failures by message."""
    seconds, failures, lost = [], Counter(), []
    publish = _publish if task["way"]["name"] == "file" else _commit
    for day in task["days"]:
        start = time.monotonic()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                publish(task, day)
                break
            except duckdb.Error as error:
                failures[_line(error)] += 1
                if attempt == ATTEMPTS:
                    lost.append(day)
                time.sleep(random.uniform(0, 0.5 * attempt))
        seconds.append(time.monotonic() - start)
        time.sleep(task["pause"])
    return {"seconds": seconds, "failures": failures, "lost": lost}


def _commit(task: dict, day: str) -> None:
    session = open_session(task["way"], is_writer=True)
    try:
        session.connection.execute(f"attach '{task['days_file']}' as days (read_only)")
        commit_day(session, day, task["is_replaced"])
    finally:
        session.close()


def _publish(task: dict, day: str) -> None:
    """As the pipeline does it: a copy, a commit in it, and the swap of the symlink."""
    from edgar_pipeline.warehouse.folders import copy_database

    link = Path(task["way"]["path"])
    version = link.parent / "versions" / f"{day}-{time.time_ns()}"
    version.mkdir()
    copy_database(link.resolve(), version / link.name)
    _commit({**task, "way": {"name": "file", "path": str(version / link.name)}}, day)
    swapped = link.with_name(".next")
    swapped.symlink_to(Path("versions", version.name, link.name))
    os.replace(swapped, link)


def compare(task: dict) -> dict:
    """The fingerprint of each table, of rows as they arrive at the client."""
    session = open_session(task["way"])
    found = {table: _arrived(session, table) for table in task["tables"]}
    session.close()
    return found


def _arrived(session: Session, table: str) -> list:
    return fingerprint(lambda sql: session.connection.execute(sql).fetchall(), f"{session.prefix}.{table}")


def _line(error: duckdb.Error) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def main() -> None:
    """Do what the line on standard input says; print the result with what it took."""
    task = json.loads(sys.stdin.readline())
    done = {"read": read, "write": write, "compare": compare}[task["do"]](task)
    print(json.dumps({"done": done, "cpu": time.process_time(), "resident": _largest_resident()}))


def _largest_resident() -> float:
    """MB, of this program alone (getrusage would begin with what its parent had); Linux."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1e3 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
