"""Killed anywhere, refused anywhere: a rerun ends where a clean run ends, and asks for nothing that it had."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from edgar_pipeline.landing import OUTCOMES, SOURCES, committed_parts, day_partition, read_part
from edgar_pipeline.ledger import day_status, read_day
from edgar_pipeline.settings import Settings
from edgar_pipeline.takedowns import PARTITION as TAKEDOWNS

from tests.integration.commands import command, environment

DAY = date(2025, 9, 3)
FILINGS = 2
VICTIM = Path(__file__).with_name("victim.py")
#: What differs between two runs that are otherwise the same: when things happened, and what is derived from it.
TIMES = ("fetched_at", "requested_at", "as_of")


class Victims:
    """The process that runs the command line in children; each gets an empty home, or goes on in the one before."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self._process = subprocess.Popen(
            [sys.executable, str(VICTIM)],
            env=environment(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, how: str = "none", **order: object) -> dict:
        variables = environment(self.settings, EDGAR_REQUESTS_PER_SECOND="5000")
        order = {"environment": variables, "arguments": ["day", str(DAY)], "how": how, **order}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def begin_anew(self) -> None:
        for folder in (self.settings.home, self.settings.state_dir):
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)


@pytest.fixture
def victims(settings, archive) -> Iterator[Victims]:
    """Over a home in memory where the machine has such a folder: a kill is the same there, and fsync costs nothing."""
    archive.put_day(DAY, FILINGS)
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        made = Victims(replace(settings, home=Path(folder) / "home", state_dir=Path(folder) / "state"))
        yield made
        made.close()


def content(settings: Settings) -> dict:
    """What the raw zone, the ledger and the originals say, but for the times; every part is read to its end."""
    landed = {}
    for source in SOURCES:
        records = [record for part in committed_parts(settings, source) for record in read_part(part.path)]
        landed[source] = sorted(json.dumps({k: v for k, v in r.items() if k not in TIMES}) for r in records)
    originals = sorted(
        path.relative_to(settings.originals_dir).as_posix()
        for path in settings.originals_dir.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    )
    status = replace(day_status(settings, DAY), reasons={})
    return {**landed, "originals": originals, "status": status, "states": read_day(settings, DAY).states}


def kept(settings: Settings) -> set[str]:
    """The accession numbers whose download is complete on the disk."""
    return {path.parent.name for path in settings.originals_dir.glob("submission/*/*/*.json")}


def assert_rerun_completes(victims: Victims, golden: dict, fake_edgar) -> None:
    """Whatever happened before: what is visible is sound, the rerun asks for what is missing only, and ends as a clean run."""
    settings, had = victims.settings, kept(victims.settings)
    partial = content(settings)
    assert set(partial["submission"]) <= set(golden["submission"])
    assert partial["status"].loaded == len(partial["submission"])
    fake_edgar.clear_log()
    result = victims.run()
    assert (result["code"], result["err"].strip()) == (0, "")
    asked_again = {entry["path"][-24:-4] for entry in fake_edgar.log("edgar/data")} & had
    assert asked_again == set()
    now = content(settings)
    assert {key: now[key] for key in golden if key != OUTCOMES} == {
        key: golden[key] for key in golden if key != OUTCOMES
    }
    # Of the requests, those that were killed before their answer was kept have left no row; none has two.
    assert set(golden[OUTCOMES]) == set(now[OUTCOMES])


def clean_run(victims: Victims) -> tuple[dict, list[str]]:
    """The content of a run to completion, and the calls that it made."""
    result = victims.run("count")
    assert (result["code"], result["err"].strip()) == (0, "")
    golden = content(victims.settings)
    assert (golden["status"].loaded, len(golden["submission"])) == (FILINGS, FILINGS)
    return golden, result["calls"]


def test_case_48_a_kill_at_every_write_fsync_and_rename(victims, fake_edgar):
    # GIVEN a clean run, and the number of its calls that change something on the disk
    golden, calls = clean_run(victims)
    assert {"write", "pwrite", "fsync", "replace", "mkdir"} <= set(calls)
    struck = []
    # WHEN a run is killed at each of them, every second time in the middle of a write
    for point in range(1, len(calls) + 1):
        victims.begin_anew()
        result = victims.run("tear" if point % 2 else "kill", point=point)
        struck.append(result["code"])
        # THEN the rerun ends as the clean run
        assert_rerun_completes(victims, golden, fake_edgar)
    # Threads make runs differ by a call or two, so the last points may lie behind the end.
    assert struck.count(-signal.SIGKILL) >= len(calls) - 5


def test_case_48_a_kill_at_any_moment(victims, fake_edgar):
    golden, _ = clean_run(victims)
    victims.begin_anew()
    start = time.monotonic()
    victims.run()
    duration = time.monotonic() - start
    dice, killed = random.Random(48), 0
    for _ in range(20):
        # WHEN runs are killed at random moments, some of them several times in a row
        victims.begin_anew()
        for _ in range(dice.choice([1, 1, 3])):
            killed += victims.run(after=dice.uniform(0.0, duration))["code"] == -signal.SIGKILL
        assert_rerun_completes(victims, golden, fake_edgar)
    assert killed >= 10


def test_case_49_the_nth_call_is_refused(victims, fake_edgar):
    golden, calls = clean_run(victims)
    refused = 0
    # WHEN the disk refuses the n-th call: no space, or an I/O error
    for point in range(1, len(calls) + 1):
        victims.begin_anew()
        result = victims.run("EIO" if point % 2 else "ENOSPC", point=point)
        if result["code"] == 0:
            continue  # behind the end of this run, or a leftover that could not be removed
        refused += 1
        # THEN the run ends with one clean line, and the rerun ends as a clean run
        assert result["code"] == 1, result
        (line,) = [line for line in result["err"].splitlines() if line.strip()]
        assert line.startswith("error: ")
        assert "Make room or mend the disk, then run the same command again." in line
        assert_rerun_completes(victims, golden, fake_edgar)
    assert refused >= len(calls) - 8


@pytest.mark.parametrize("how", ["kill", "EIO"])
def test_threat_26_a_takedown_is_struck_at_every_call_and_run_again(victims, how):
    # GIVEN a day, and what its takedown leaves of it when nothing happens
    settings, number = victims.settings, "0900001-25-000001".rjust(20, "0")
    order = {"arguments": ["takedown", number, "--reason", "an order of a court"]}
    assert victims.run()["code"] == 0
    before = Path(tempfile.mkdtemp(dir=settings.home.parent)) / "home"
    shutil.copytree(settings.home, before)
    result = victims.run("count", **order)
    assert (result["code"], result["err"].strip()) == (0, "")
    golden, struck = settled(settings, number), 0
    assert golden["status"].out_of_scope == 1 and len(golden["takedowns"]) == 1
    # WHEN it is killed, or refused by the disk, at each call that changes something
    for point in range(1, len(result["calls"]) + 1):
        shutil.rmtree(settings.home)
        shutil.copytree(before, settings.home)
        first = victims.run(how, point=point, **order)
        struck += first["code"] != 0
        # THEN what is on record as taken down cannot be read any more
        now = settled(settings, number)
        assert not (now["takedowns"] and now["readable"]), point
        # AND the same command ends as if nothing had happened
        again = victims.run(**order)
        assert (again["code"], again["err"].strip()) == (0, ""), point
        assert settled(settings, number) == golden, point
    assert struck >= len(result["calls"]) - 3


def settled(settings: Settings, number: str) -> dict:
    """What a takedown is judged by: the register without its times, the ledger without its dates, what can still be read."""
    rows = [row for part in committed_parts(settings, OUTCOMES, TAKEDOWNS) for row in read_part(part.path)]
    takedowns = [{key: value for key, value in row.items() if key not in TIMES} for row in rows]
    parts = [path for path in settings.raw_dir.rglob("*") if path.is_file() and "submission" in path.parts]
    records = [record for path in parts if path.suffix == ".zst" for record in read_part(path)]
    bodies = [path for path in (settings.originals_dir / "submission").rglob("*.zst*") if path.is_file()]
    return {
        "takedowns": takedowns,
        "status": replace(day_status(settings, DAY), reasons={}),
        "others": sorted(record["accession_number"] for record in records if record["accession_number"] != number),
        "readable": [path.name for path in bodies if path.parent.name == number]
        + [record["accession_number"] for record in records if record["accession_number"] == number]
        + [path.name for path in parts if path.suffix == ".tmp"],
    }


def test_case_61_killed_between_two_parts_nothing_is_fetched_again(victims, fake_edgar):
    # GIVEN a run that was killed when everything was received and one part of two had landed
    golden, _ = clean_run(victims)
    settings = victims.settings
    parts = committed_parts(settings, OUTCOMES, day_partition(DAY))
    max(parts, key=lambda part: part.path.stat().st_mtime_ns).path.unlink()
    assert content(settings)["submission"] != golden["submission"]
    # THEN the ledger is what the parts say, and the rerun makes no request at all
    fake_edgar.clear_log()
    assert victims.run()["code"] == 0
    assert fake_edgar.log() == []
    assert content(settings)["submission"] == golden["submission"]


@pytest.mark.parametrize("status", [429, 503])
def test_an_operator_who_interrupts_a_pause_is_obeyed_at_once(settings, archive, fake_edgar, status):
    # GIVEN a run that waits: for the end of a block, or between two tries
    archive.put_day(DAY, 8)
    fake_edgar.rule("edgar/data", "status", after_n=2, status=status)
    process = subprocess.Popen(command("day", str(DAY)), env=environment(settings), stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    while len(fake_edgar.log("edgar/data")) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    # WHEN the operator presses Ctrl-C
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=20)
    # THEN it ends within a few seconds, in one line, with what had come landed
    assert time.monotonic() - start < 4.0
    assert process.returncode == 130
    assert error.strip() == "error: stopped; what has landed stays, and the same command goes on from there"
    assert day_status(settings, DAY).loaded == 2
