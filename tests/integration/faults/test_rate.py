"""The rate that the server sees, over real processes and in real time: never over it in any second, and not far below it."""

import subprocess
import sys
from datetime import date
from itertools import pairwise

from edgar_pipeline.landing import day_partition, read_records

from tests.integration.commands import command, environment

DAYS = (date(2025, 9, 3), date(2025, 9, 4))
RATE = 10
# Reads its URLs from the arguments; a fork is a process like any other, and need not import everything anew.
FORKS = """
import os, sys
from edgar_pipeline.client import EdgarClient, Patience
from edgar_pipeline.errors import EdgarError
from edgar_pipeline.settings import Settings
settings, patience = Settings.from_environment(), Patience(unavailable=(0.1, 0.1))
for number in range(int(sys.argv[1])):
    if os.fork() == 0:
        with EdgarClient(settings, patience=patience) as client:
            for url in sys.argv[2:]:
                try:
                    client.fetch(url, lambda body: None, 10**6, [])
                except EdgarError:
                    pass
        os._exit(0)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
"""


def arrivals(fake_edgar, match: str = "") -> list[float]:
    """When the server saw the requests, in seconds of the machine's clock."""
    return sorted(entry["at"] for entry in fake_edgar.log(match))


def most_in_a_second(times: list[float]) -> int:
    """The most requests in any window of one second; those that begin with a request are the fullest."""
    return max(sum(start <= time < start + 1.0 for time in times) for start in times)


def mean_rate(times: list[float]) -> float:
    return (len(times) - 1) / (times[-1] - times[0])


def test_two_processes_at_once_keep_the_rate_together(settings, archive, fake_edgar):
    # GIVEN two days of 30 filings, and two processes that land them at the same time
    for number, day in enumerate(DAYS):
        archive.put_day(day, 30, prefix=900001 + 1000 * number)
    processes = [
        subprocess.Popen(command("day", str(day)), env=environment(settings), stdout=subprocess.DEVNULL) for day in DAYS
    ]
    assert [process.wait(60) for process in processes] == [0, 0]
    # THEN the server never saw more than the rate in any second
    assert len(arrivals(fake_edgar)) == 62
    assert most_in_a_second(arrivals(fake_edgar)) <= RATE
    # AND close to it, once both had begun with their submissions
    assert mean_rate(arrivals(fake_edgar, "edgar/data")) >= 0.9 * RATE


def test_case_54_two_processes_on_one_day_do_its_work_once(settings, archive, fake_edgar):
    # GIVEN a day that a backfill and the nightly run land at the same time
    archive.put_day(DAYS[0], 12)
    run = command("day", str(DAYS[0]))
    processes = [subprocess.Popen(run, env=environment(settings), stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    # THEN nothing is asked twice, and nothing landed twice
    assert len(fake_edgar.log()) == len({entry["path"] for entry in fake_edgar.log()}) == 13
    records = list(read_records(settings, "submission", day_partition(DAYS[0])))
    assert len(records) == len({record["accession_number"] for record in records}) == 12


def test_case_32_and_threat_24_many_processes_in_a_storm_of_503_keep_the_rate(settings, archive, fake_edgar, tmp_path):
    # GIVEN 32 processes that ask at once for something that fails twice out of three times
    archive.put("Archives/x.txt", b"x")
    fake_edgar.rule("x.txt", "status", times=60, status=503)
    script = tmp_path / "forks.py"
    script.write_text(FORKS)
    run = [sys.executable, str(script), "32", f"{fake_edgar.url}/Archives/x.txt"]
    subprocess.run(run, env=environment(settings), timeout=60, check=True)
    times = arrivals(fake_edgar)
    # THEN all of them together keep the rate: retries are requests like any other
    assert len(times) >= 32 + 32
    assert most_in_a_second(times) <= RATE
    assert mean_rate(times) >= 0.9 * RATE


def test_a_rate_below_one_is_kept(settings, archive, fake_edgar, tmp_path):
    archive.put("Archives/x.txt", b"x")
    script = tmp_path / "forks.py"
    script.write_text(FORKS)
    run = [sys.executable, str(script), "3", f"{fake_edgar.url}/Archives/x.txt"]
    subprocess.run(run, env=environment(settings, EDGAR_REQUESTS_PER_SECOND="0.8"), timeout=60, check=True)
    times = arrivals(fake_edgar)
    assert [later - earlier >= 1.25 for earlier, later in pairwise(times)] == [True, True]
