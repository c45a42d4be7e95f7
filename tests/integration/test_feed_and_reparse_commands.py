"""`feed` and `reparse` as an operator meets them: exit code, one line, tables; and nothing left running."""

import fcntl
import signal
import subprocess
import time
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import orjson
import pytest
import zstandard
from edgar_pipeline import PARSER_VERSION, cli
from edgar_pipeline.ingest.feed import land_feed
from edgar_pipeline.ingest.reparse import reparse_day
from edgar_pipeline.landing import committed_parts, day_partition, read_records
from edgar_pipeline.settings import Settings

from tests.integration.commands import command, environment, one_line, run, variables
from tests.small_archive import filings, index_file, index_row
from tests.submissions import Submission
from tests.tarballs import feed_path, tarball

DAY = date(2024, 1, 5)


def put(archive, count: int = 3, missing: int = 0, corrections: dict[int, str] | None = None) -> list[Submission]:
    """An index day with its tarball; `corrections` change the first filing's form, in the order in which they are given."""
    made = filings(DAY, count)
    archive.put_index(DAY, index_file(DAY, [index_row(s) for s in made]))
    members = [
        (
            f"{made[0].accession_number}.corr{number:02}",
            replace(made[0], form_type=form, documents=(), declared=1).feed(),
        )
        for number, form in (corrections or {}).items()
    ]
    members += [(f"{s.accession_number}.nc", s.feed()) for s in made[: count - missing]]
    archive.put(feed_path(DAY), tarball(members))
    return made


def records_of(settings: Settings) -> list[dict]:
    return list(read_records(settings, "submission", day_partition(DAY)))


def test_a_day_from_the_feed(settings, archive, fake_edgar):
    put(archive)
    done = run(settings, "feed", str(DAY))
    assert (done.returncode, done.stderr) == (0, "")
    assert "2024-01-05 loaded 3 3 3 0 0 0 0" in " ".join(done.stdout.split())
    # WHEN it is run again, THEN it asks for nothing
    fake_edgar.clear_log()
    assert run(settings, "feed", str(DAY)).returncode == 0 and fake_edgar.log() == []


def test_corrections_are_applied_in_order_whatever_the_order_in_the_tarball(settings, archive, fake_edgar):
    made = put(archive, corrections={2: "8-K/B", 1: "8-K/A"})
    done = run(settings, "feed", str(DAY))
    assert (done.returncode, done.stderr) == (0, "")
    forms = {record["accession_number"]: record["form_type"] for record in records_of(settings)}
    assert forms == {s.accession_number: "8-K/B" if s is made[0] else "8-K" for s in made}


@pytest.mark.parametrize("days", [[], ["2024-01-32"], ["2024-01-05", "yesterday"], ["2999-01-05"]])
def test_a_command_that_is_wrong_asks_for_nothing(days, settings, archive, fake_edgar):
    put(archive)
    done = run(settings, "feed", *days)
    assert done.returncode == 2 and done.stdout == "" and "error: " in done.stderr
    assert fake_edgar.log() == []


def test_what_the_feed_lacks_is_an_error_that_says_what_to_do(settings, archive, fake_edgar):
    put(archive, missing=1)
    done = run(settings, "feed", str(DAY))
    assert done.returncode == 1
    assert "2 of 3 filings loaded, 1 pending" in one_line(done)


def test_a_tarball_that_is_not_there_is_an_error_that_says_what_to_do(settings, archive, fake_edgar):
    archive.put_index(DAY, index_file(DAY, [index_row(s) for s in filings(DAY, 1)]))
    done = run(settings, "feed", str(DAY))
    line = one_line(done)
    assert done.returncode == 1
    assert "/Feed/2024/QTR1/20240105.nc.tar.gz" in line and "`day` fetches the filings one by one" in line


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda content: content[:-20], "the gzip body ends before its end mark"),
        (lambda content: content[:40] + b"\0\0\0\0" + content[44:], "gzip"),
        (lambda _: b"<html><title>SEC.gov | Request Rate Threshold Exceeded</title></html>", "the SEC blocks us"),
    ],
    ids=["cut", "corrupt", "a page that says stop"],
)
def test_a_tarball_that_cannot_be_used_says_why(damage, complaint, settings, archive, clock, monkeypatch, capsys):
    """In this process, because only here hours of waiting pass at once."""
    put(archive)
    path = archive.root / "www.sec.gov" / feed_path(DAY)
    path.write_bytes(damage(path.read_bytes()))
    for name, value in variables(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(cli, "land_feed", partial(land_feed, clock=clock))
    assert cli.main(["feed", str(DAY)]) == 1
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1 and printed.err.startswith("error: ")
    assert (
        complaint in printed.err
        and ". `day` fetches the filings one by one." in printed.err
        and ".." not in printed.err
    )
    assert "2024-01-05 loaded 3 3 0 3 0 0 0" in " ".join(printed.out.split()) and records_of(settings) == []


def test_parsing_again_says_what_differs(settings, archive, fake_edgar):
    put(archive)
    run(settings, "feed", str(DAY))
    fake_edgar.clear_log()
    assert "parsed again 3 landed anew 0" in " ".join(run(settings, "reparse", str(DAY)).stdout.split())
    # GIVEN records of an older parser that read another form type and, of one filing, another text
    rewrite(settings, parser_version="0")
    done = run(settings, "reparse")
    assert (done.returncode, done.stderr) == (0, "")
    said = " ".join(done.stdout.split())
    assert "form_type 3 documents.text 1 parsed again 3 landed anew 3" in said
    versions = {(r["parser_version"], r["form_type"]) for r in records_of(settings)}
    assert versions == {("0", "10-Q"), (PARSER_VERSION, "8-K")} and len(records_of(settings)) == 6
    assert fake_edgar.log() == []
    # WHEN it is run again, THEN there is nothing to do
    assert "parsed again 3 landed anew 0" in " ".join(run(settings, "reparse").stdout.split())


def test_another_record_of_the_same_version_is_an_error_that_says_what_to_do(settings, archive, fake_edgar):
    put(archive)
    run(settings, "feed", str(DAY))
    rewrite(settings, parser_version=PARSER_VERSION)
    done = run(settings, "reparse", str(DAY))
    line = one_line(done)
    assert done.returncode == 1 and len(records_of(settings)) == 3
    assert "form_type" in line and "Raise PARSER_VERSION in edgar_pipeline/__init__.py" in line


def rewrite(settings: Settings, **changes: str) -> None:
    """Rewrite what has landed as another parser would have made it."""
    for part in committed_parts(settings, "submission"):
        records = [{**record, "form_type": "10-Q", **changes} for record in decompressed(part.path)]
        records[0]["documents"][0]["text"] = "Something else."
        part.path.write_bytes(zstandard.compress(b"".join(orjson.dumps(record) + b"\n" for record in records)))


def decompressed(path: Path) -> list[dict]:
    lines = zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes()).splitlines()
    return [orjson.loads(line) for line in lines]


def test_a_day_without_an_original_is_an_error(settings, archive, fake_edgar):
    put(archive)
    run(settings, "feed", str(DAY))
    for sidecar in settings.originals_dir.rglob("feed/**/*.json"):
        sidecar.unlink()
    done = run(settings, "reparse", str(DAY))
    assert done.returncode == 1
    assert (
        "3 records could not be made again" in one_line(done) and "its tarball of the Feed is not there" in done.stderr
    )


@pytest.mark.parametrize("work", [land_feed, reparse_day])
def test_a_day_is_locked_while_it_is_worked_on(work, settings, archive, fake_edgar):
    put(archive)
    if work is reparse_day:
        land_feed(settings, DAY, processes=1)
    found = []
    work(settings, DAY, progress=lambda *_: found.append(is_locked(settings)), processes=1)
    assert found and all(found) and not is_locked(settings)


def is_locked(settings: Settings) -> bool:
    (path,) = settings.state_dir.glob(f"landing-*/{day_partition(DAY)}")
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_killed_workers_do_not_outlive_their_command(settings, archive, fake_edgar, tmp_path):
    """GIVEN a feed that is being parsed by several processes, WHEN the first one is killed, THEN none of them stays."""
    put(archive, count=900)
    process = subprocess.Popen(
        command("feed", str(DAY)), env=environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        workers: list[int] = []
        deadline = time.monotonic() + 60
        while len(workers) < 2 and process.poll() is None and time.monotonic() < deadline:
            workers = children_of(process.pid)
        assert len(workers) >= 2
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    deadline = time.monotonic() + 30
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_running, workers))
    # and the same command goes on from there.
    assert run(settings, "feed", str(DAY)).returncode == 0
