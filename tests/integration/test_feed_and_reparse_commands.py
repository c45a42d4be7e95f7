"""`feed` and `reparse` as an operator meets them: exit code, one line, tables; and nothing left running."""

import signal
import subprocess
import time
from datetime import date
from pathlib import Path

import orjson
import zstandard
from edgar_pipeline.landing import committed_parts, day_partition, read_records

from tests.integration.commands import command, environment, one_line, run
from tests.small_archive import filings, index_file, index_row
from tests.submissions import Submission
from tests.tarballs import feed_path, tarball

DAY = date(2024, 1, 5)


def put(archive, count: int = 3, missing: int = 0) -> list[Submission]:
    made = filings(DAY, count)
    archive.put_index(DAY, index_file(DAY, [index_row(s) for s in made]))
    members = [(f"{s.accession_number}.nc", s.feed()) for s in made[: count - missing]]
    archive.put(feed_path(DAY), tarball(members))
    return made


def test_a_day_from_the_feed(settings, archive, fake_edgar):
    put(archive)
    done = run(settings, "feed", str(DAY))
    assert (done.returncode, done.stderr) == (0, "")
    assert "2024-01-05 loaded 3 3 3 0 0 0 0" in " ".join(done.stdout.split())
    # WHEN it is run again, THEN it asks for nothing
    fake_edgar.clear_log()
    assert run(settings, "feed", str(DAY)).returncode == 0 and fake_edgar.log() == []


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


def test_parsing_again_says_what_differs(settings, archive, fake_edgar):
    put(archive)
    run(settings, "feed", str(DAY))
    fake_edgar.clear_log()
    assert "parsed again 3 landed anew 0" in " ".join(run(settings, "reparse", str(DAY)).stdout.split())
    # GIVEN records of an older parser that read another form type
    _make_older(settings)
    done = run(settings, "reparse")
    assert done.returncode == 0, done.stderr
    assert "form_type 3 parsed again 3 landed anew 3" in " ".join(done.stdout.split())
    records = sorted(read_records(settings, "submission", day_partition(DAY)), key=lambda r: int(r["parser_version"]))
    assert [record["form_type"] for record in records] == ["10-Q"] * 3 + ["8-K"] * 3
    assert fake_edgar.log() == []


def _make_older(settings) -> None:
    """Rewrite the landed part as an older parser would have made it."""
    for part in committed_parts(settings, "submission"):
        records = [{**r, "form_type": "10-Q", "parser_version": "0"} for r in read_records_of(part.path)]
        part.path.write_bytes(zstandard.compress(b"".join(orjson.dumps(record) + b"\n" for record in records)))


def read_records_of(path: Path) -> list[dict]:
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
