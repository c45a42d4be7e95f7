"""The raw zone and the originals in an object store: the same records as on a disk, few requests, kills, damage, refusals."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import date

import orjson
import pytest
import zstandard
from edgar_pipeline import files, ingest
from edgar_pipeline import object_store as stores
from edgar_pipeline.errors import StorageError
from edgar_pipeline.ingest import feed as feeding
from edgar_pipeline.ingest import tarball as tarballs
from edgar_pipeline.ingest.feed import land_feed
from edgar_pipeline.ingest.reparse import reparse_day
from edgar_pipeline.ingest.takedown import take_down
from edgar_pipeline.landing import (
    OUTCOMES,
    SOURCES,
    all_committed_parts,
    committed_parts,
    day_partition,
    read_part,
    read_records,
)
from edgar_pipeline.ledger import known_days
from edgar_pipeline.originals import find_originals, keep_original
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse import has_news

from tests.integration.commands import command, environment, one_line, run
from tests.object_store import ObjectStore, Request
from tests.small_archive import filings, index_file, index_row
from tests.tarballs import feed_path, tarball

DAY = date(2025, 9, 3)
PREFIX = "edgar/data"
#: Of a day of three filings: an original and its rows of each and of the index, and four parts.
UPLOADS = 2 * 4 + 4
#: What two landings of the same day cannot agree on.
TIMES = {"requested_at", "fetched_at", "as_of", "reason"}


def landed(settings: Settings) -> dict[str, list[dict]]:
    """Every landed record of every source in a stable order, without its times."""
    found = {}
    for source in SOURCES:
        records = [record for part in committed_parts(settings, source) for record in read_part(part.path)]
        found[source] = sorted(
            ({key: value for key, value in record.items() if key not in TIMES} for record in records),
            key=lambda record: orjson.dumps(record, option=orjson.OPT_SORT_KEYS),
        )
    return found


def keys_of(store: ObjectStore, bucket: str, folder: str) -> list[str]:
    return sorted(key.removeprefix(f"{PREFIX}/{folder}/") for key in store.objects(bucket, f"{PREFIX}/{folder}/"))


def bodies(settings: Settings) -> list[str]:
    """The originals of a home on a disk, by their names."""
    return sorted(str(path.relative_to(settings.originals_dir)) for path in settings.originals_dir.rglob("*.*"))


def test_a_day_lands_as_on_a_disk_and_a_rerun_changes_no_object(
    remote, settings, bucket, object_store, archive, fake_edgar, clock
):
    # GIVEN a day that has landed on a disk
    archive.put_day(DAY, 5)
    assert ingest.land_day(settings, DAY, clock).is_complete
    # WHEN it is landed in an object store THEN records and originals are the same
    status = ingest.land_day(remote, DAY, clock)
    assert (status.loaded, status.is_complete, known_days(remote)) == (5, True, [DAY])
    assert landed(remote) == landed(settings)
    assert keys_of(object_store, bucket, "originals") == bodies(settings)
    # AND nothing of it is on the disk
    assert not remote.raw_dir.path.startswith("/") and not remote.warehouse_home.exists()
    # WHEN it is run again THEN EDGAR is asked nothing, and no object is written
    before = object_store.written(bucket)
    fake_edgar.clear_log()
    object_store.forgive()
    assert ingest.land_day(remote, DAY, clock).is_complete and ingest.plan_day(remote, DAY) == []
    assert fake_edgar.log() == [] and object_store.written(bucket) == before
    assert {request.method for request in object_store.log} == {"GET"}


def test_how_many_requests_a_day_costs(remote, object_store, archive, clock):
    # GIVEN a day of 200 filings
    archive.put_day(DAY, 200)
    object_store.forgive()
    # WHEN it is landed
    assert ingest.land_day(remote, DAY, clock).is_complete
    counts = object_store.counts()
    # THEN each filing costs two uploads (its original and the rows of its request) and two looks at its folder, the index two
    # uploads, and the three parts of each batch (index, submissions, their outcomes) one each
    assert counts["put"] == 2 * 200 + 2 + 2 + 2
    assert counts["list"] == 2 * 200 + 19
    assert set(counts) == {"put", "list", "get"} and counts["get"] <= 16
    # WHEN the raw zone has grown by other days THEN looking at all of it still costs one listing of each source
    for number in range(30):
        stores.upload(remote.raw_dir / OUTCOMES / f"index_date=2024-01-{number + 1:02}" / "part-0.jsonl.zst", [b"x"])
    object_store.forgive()
    assert len(all_committed_parts(remote)) == 34
    assert [request.kind for request in object_store.log] == ["list"] * len(SOURCES)
    object_store.forgive()
    assert has_news(remote)
    assert [
        request.kind for request in object_store.log
    ] == []  # without a publication there is nothing to compare with


def test_raw_again_without_a_request_by_several_processes(remote, object_store, bucket, archive, fake_edgar, clock):
    # GIVEN a landed day of which records were made by an older parser
    archive.put_day(DAY, 60)
    ingest.land_day(remote, DAY, clock)
    (part,) = committed_parts(remote, "submission")
    old = [{**record, "parser_version": "0", "form_type": "10-Q"} for record in read_part(part.path)]
    files.write_atomically(part.path, zstandard.compress(b"".join(orjson.dumps(record) + b"\n" for record in old)))
    fake_edgar.clear_log()
    # WHEN the day is parsed again, by two processes that read the store themselves
    report = reparse_day(remote, DAY, processes=2)
    # THEN every record is made anew, and EDGAR is not asked
    assert (report.compared, report.changed, report.problems) == (60, 60, [])
    assert report.changes["form_type"] == 60 and fake_edgar.log() == []
    assert reparse_day(remote, DAY, processes=1).changed == 0


def test_a_day_from_the_feed_by_several_processes(remote, settings, archive, clock, monkeypatch):
    made = filings(DAY, 25)
    archive.put_index(DAY, index_file(DAY, [index_row(submission) for submission in made]))
    archive.put(
        feed_path(DAY), tarball([(f"{submission.accession_number}.nc", submission.feed()) for submission in made])
    )
    monkeypatch.setattr(tarballs, "TASK_FILINGS", 2)
    monkeypatch.setattr(feeding, "BATCH_FILINGS", 6)
    assert land_feed(settings, DAY, clock, processes=1).status.is_complete
    assert land_feed(remote, DAY, clock, processes=2).status.is_complete
    assert landed(remote) == landed(settings)
    assert reparse_day(remote, DAY, processes=2).changed == 0


def test_a_process_that_was_forked_asks_for_itself(remote, archive, clock):
    # GIVEN a landed day WHEN a process asks the store, forks (as Airflow's executors do), and both ask again
    archive.put_day(DAY, 3)
    ingest.land_day(remote, DAY, clock)
    code = (
        "import os; from datetime import date; from edgar_pipeline.ledger import day_status;"
        "from edgar_pipeline.settings import Settings; settings = Settings.from_environment();"
        f"loaded = lambda: day_status(settings, date.fromisoformat('{DAY}')).loaded; first = loaded(); pid = os.fork();"
        "again = loaded();"
        "os._exit(again) if pid == 0 else print(first, again, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    env = environment(remote) | {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    # THEN each sees the three filings
    assert (done.stdout.split(), done.stderr) == (["3", "3", "3"], "")


def test_a_body_over_the_size_of_a_part_is_kept_and_read_back(remote, object_store, bucket, monkeypatch):
    # GIVEN a body that does not compress, larger than what is uploaded or read at once
    monkeypatch.setattr(files, "IN_MEMORY_BYTES", 1_000_000)
    monkeypatch.setattr(stores, "READ_BYTES", 5_000_000)
    content = os.urandom(20_000_000)
    row = {"sha256": hashlib.sha256(content).hexdigest(), "requested_at": "2026-01-02T23:00:00.000000Z"}
    keep_original(remote, "feed", "2025-09-03", content, [row])
    (original,) = find_originals(remote, "feed", "2025-09-03")
    body = original.read()
    assert not isinstance(body, bytes) and body[:] == content
    assert object_store.counts()["multipart"] >= 4 and not os.listdir(remote.spool_dir)


@pytest.mark.parametrize("size", [0, 3, 4, 5, 8, 9])
def test_an_object_is_read_to_its_end_wherever_that_is(size, remote, object_store, monkeypatch):
    monkeypatch.setattr(stores, "READ_BYTES", 4)
    content = os.urandom(size)
    files.write_atomically(remote.raw_dir / "x", content)
    pieces = list(files.read_pieces(remote.raw_dir / "x", 3))
    assert b"".join(pieces) == content and all(0 < len(piece) <= 3 for piece in pieces)


def test_an_upload_that_breaks_off_is_no_object(remote, object_store, bucket):
    def breaking():
        yield os.urandom(20_000_000)
        raise KeyboardInterrupt

    for content in (breaking(), (piece for piece in [b"small", 1])):
        with pytest.raises((KeyboardInterrupt, TypeError)):
            files.write_atomically(
                remote.raw_dir / "submission" / "index_date=2025-09-03" / "part-1.jsonl.zst", content
            )
    assert object_store.objects(bucket) == {}
    # AND the parts of the large one are not left in the store
    assert object_store.client().list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []


def kill_at(store: ObjectStore, number: int, process: subprocess.Popen, *, is_served: bool) -> None:
    """Kill the process while it makes its n-th upload, which the store then has or has not."""
    uploads = []

    def strike(request: Request) -> None:
        if request.kind != "put":
            return
        uploads.append(request)
        if len(uploads) >= number:
            os.kill(process.pid, signal.SIGKILL)
            if not is_served:
                raise ConnectionAbortedError("the server never had it")

    store.on_request(strike)


@pytest.mark.parametrize("number", range(1, UPLOADS + 1))
def test_a_landing_that_was_killed_ends_as_one_that_was_not(
    number, remote, settings, bucket, object_store, archive, fake_edgar
):
    # GIVEN what a run to completion lands
    archive.put_day(DAY, 3)
    ingest.land_day(settings, DAY)
    fake_edgar.clear_log()
    # WHEN a run is killed in the middle of any of its uploads, which arrived or did not
    env = environment(remote) | object_store.environment()
    process = subprocess.Popen(command("day", str(DAY)), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kill_at(object_store, number, process, is_served=bool(number % 2))
    assert process.wait(60) == -signal.SIGKILL
    object_store.forgive()
    # THEN a rerun ends as if nothing had happened
    again = run(remote, "day", str(DAY), **object_store.environment())
    assert (again.returncode, again.stderr) == (0, "")
    assert landed(remote) == landed(settings)
    assert keys_of(object_store, bucket, "originals") == bodies(settings)
    # AND nothing was asked for twice but what was on its way over the four connections
    asked = [entry["path"] for entry in fake_edgar.log()]
    assert len(asked) - len(set(asked)) <= 4


def test_damaged_objects_are_found(remote, bucket, object_store, archive, fake_edgar, clock):
    archive.put_day(DAY, 3)
    ingest.land_day(remote, DAY, clock)
    # GIVEN a part of which a byte was changed, WHEN it is read THEN it is named
    (part,) = committed_parts(remote, "submission")
    client, key = object_store.client(), part.path.path.partition("/")[2]
    content = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    client.put_object(Bucket=bucket, Key=key, Body=content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    with pytest.raises(StorageError, match=f"^{part.path} is damaged: "):
        list(read_records(remote, "submission", day_partition(DAY)))
    # GIVEN that it is deleted with its commit, as the message says, and that an original is damaged too
    for source in ("submission", OUTCOMES):
        client.delete_object(Bucket=bucket, Key=f"{PREFIX}/raw/{source}/{part.partition}/{part.path.name}")
    body = next(key for key in object_store.objects(bucket, f"{PREFIX}/originals/submission/") if key.endswith(".zst"))
    client.put_object(Bucket=bucket, Key=body, Body=b"none of it")
    fake_edgar.clear_log()
    # WHEN setting it aside ends between copy and deletion, as if killed THEN it is still in use, and still refused
    object_store.refuse("DELETE")
    with pytest.raises(StorageError, match="denies access"):
        ingest.land_day(remote, DAY, clock)
    object_store.forgive()
    assert body in object_store.objects(bucket)
    fake_edgar.clear_log()
    # WHEN the day is run again THEN only that one is asked for, and what was there is kept aside
    assert ingest.land_day(remote, DAY, clock).is_complete
    assert len(fake_edgar.log("/data/")) == 1
    assert object_store.objects(bucket)[f"{body}.damaged"] == b"none of it"
    assert f"{body.removesuffix('.zst')}.json.damaged" in object_store.objects(bucket)


def closed_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


REFUSALS = {
    "denied": ({}, ("PUT|GET", "AccessDenied"), "the object store denies access (AccessDenied). Check the credentials"),
    "another key": ({}, ("GET", "InvalidAccessKeyId"), "the object store denies access (InvalidAccessKeyId)."),
    "no bucket": ({"EDGAR_HOME": "s3://no-such-bucket/x"}, None, "there is no such bucket (NoSuchBucket). Create it"),
    "unreachable": (
        {"AWS_ENDPOINT_URL": closed_port()},
        None,
        "the object store does not answer (EndpointConnectionError).",
    ),
    "no credentials": (
        {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_SESSION_TOKEN": None, "HOME": "/nonexistent"},
        None,
        "there are no usable credentials (NoCredentialsError). Set AWS_ACCESS_KEY_ID",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_store_that_cannot_be_used_is_one_line(case, remote, object_store, archive, fake_edgar):
    archive.put_day(DAY, 1)
    changes, refusal, message = REFUSALS[case]
    if refusal:
        object_store.refuse(*refusal)
    done = run(remote, "day", str(DAY), **{**object_store.environment(), **changes})
    assert done.returncode == 1 and message in one_line(done)
    # EDGAR is not asked for what could not be kept.
    assert fake_edgar.log() == []
    assert "secret" not in done.stderr and "KEYOFTHETESTS" not in done.stderr


def test_the_doctor_looks_at_the_store(remote, bucket, object_store, archive):
    archive.put_day(DAY, 1)
    done = run(remote, "doctor", **object_store.environment())
    assert f"✓ object store          s3://{bucket}/{PREFIX}" in done.stdout and done.returncode == 0
    assert object_store.objects(bucket) == {}
    object_store.refuse("PUT")
    done = run(remote, "doctor", **object_store.environment())
    assert done.returncode == 1 and "✗ object store" in done.stdout and "denies access (AccessDenied)" in done.stdout


def test_a_spool_is_a_folder_of_this_machine(remote):
    assert remote.spool_dir == remote.warehouse_home / "spool"
    assert replace(remote, home=remote.warehouse_home, separate_warehouse=None).spool_dir == remote.spool_dir


def test_a_filing_is_taken_down_in_an_object_store(remote, object_store, bucket, archive, fake_edgar, clock):
    # GIVEN a landed day
    first, *others = archive.put_day(DAY, 3)
    ingest.land_day(remote, DAY, clock)
    # WHEN one of its filings is taken down
    (done,) = take_down(remote, [first.accession_number], "private", clock=clock)
    assert (done.is_new, done.bodies, done.parts) == (True, 1, 1)
    # THEN no object holds its text, its sidecar says why, and the others are as they were
    # (in any order: filings land as their answers come)
    records = read_records(remote, "submission", day_partition(DAY))
    assert {record["accession_number"] for record in records} == {other.accession_number for other in others}
    assert find_originals(remote, "submission", first.accession_number) == []
    left = [key for key in keys_of(object_store, bucket, "originals") if first.accession_number in key]
    assert [key.rpartition(".")[2] for key in left] == ["json"]
    # AND it is never asked for again
    fake_edgar.clear_log()
    status = ingest.land_day(remote, DAY, clock)
    assert (status.loaded, status.out_of_scope, status.is_complete) == (2, 1, True)
    assert fake_edgar.log() == []
    (again,) = take_down(remote, [first.accession_number], "private", clock=clock)
    assert not again.is_new
