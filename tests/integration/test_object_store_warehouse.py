"""The whole job on an object store, by the command line: the same tables as from a disk, and no secret anywhere."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
import zstandard
from edgar_pipeline.files import write_atomically
from edgar_pipeline.ledger import day_status
from edgar_pipeline.object_store import object_folder
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse import has_news

from tests.integration.commands import run
from tests.object_store import CREDENTIALS, ObjectStore
from tests.pipeline_homes import warm
from tests.small_archive import filings, index_file, index_row
from tests.submissions import EXHIBIT, Submission

DAY, NEXT = date(2025, 9, 3), date(2025, 9, 4)
#: Columns that carry the time of a request or of a build, or a name made from one.
TIMES = {
    "fetched_at",
    "requested_at",
    "as_of",
    "noticed_at",
    "built_at",
    "published_at",
    "build_id",
    "publication_id",
    "raw_path",
}


def put(archive, day: date, prefix: int) -> list[Submission]:
    """A day of three filings, one of them with an exhibit."""
    made = filings(day, 3, prefix)
    made[0] = replace(made[0], documents=(*made[0].documents, EXHIBIT))
    for submission in made:
        archive.put_submission(submission)
    archive.put_index(day, index_file(day, [index_row(submission) for submission in made]))
    return made


def tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, list[str]]:
    """The public tables and those of their columns that carry no time."""
    rows = connection.execute(
        "select table_name, column_name from information_schema.columns where table_catalog = ? and table_schema = 'marts'",
        [catalog],
    ).fetchall()
    found: dict[str, list[str]] = {}
    for table, column in rows:
        found.setdefault(table, []).extend([column] if column not in TIMES else [])
    return found


def differences(first: Path, second: Path) -> dict[str, int]:
    """For each table how many rows only one of the two publications has; 0 for equal tables."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{first}' as a (read_only); attach '{second}' as b (read_only)")
        assert tables(connection, "a") == tables(connection, "b")
        found = {}
        for table, columns in tables(connection, "a").items():
            if not columns:
                continue
            names = ", ".join(f'"{column}"' for column in columns)
            query = f"select count(*) from (select {names} from {{}}.marts.{table} except all select {names} from {{}}.marts.{table})"
            counts = (connection.execute(query.format(*pair)).fetchone()[0] for pair in (("a", "b"), ("b", "a")))
            found[table] = sum(counts)
        return found


def count(settings: Settings, table: str) -> int:
    with duckdb.connect((settings.published_dir / "edgar.duckdb").resolve(), read_only=True) as connection:
        return connection.execute(f"select count(*) from marts.{table}").fetchone()[0]


def written(settings: Settings, store: ObjectStore, bucket: str) -> dict[str, bytes]:
    """Everything that a run has written, decompressed: objects, builds, publications, reports, logs, the limiter's state."""
    found = store.objects(bucket)
    for folder in (settings.warehouse_home, settings.state_dir):
        found |= {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: _plain(content) for name, content in found.items()}


def _plain(content: bytes) -> bytes:
    is_compressed = content.startswith(b"\x28\xb5\x2f\xfd")
    return zstandard.ZstdDecompressor().decompressobj().decompress(content) if is_compressed else content


@pytest.mark.usefixtures("warm_home")
def test_the_whole_job_on_an_object_store(
    remote, settings, bucket, object_store, archive, fake_edgar, tmp_path_factory
):
    # GIVEN a day, loaded into a home on a disk
    put(archive, DAY, 900001)
    local = run(settings, "run", str(DAY))
    assert local.returncode == 0, local.stderr
    # WHEN that home is moved into an object store, its warehouse staying where it is THEN there is nothing to load anew
    moved = replace(remote, home=object_folder("EDGAR_HOME", f"s3://{bucket}/moved"), separate_warehouse=settings.home)
    for path in settings.raw_dir.rglob("part-*"):
        write_atomically(moved.home / path.relative_to(settings.home).as_posix(), path.read_bytes())
    assert not has_news(moved) and day_status(moved, DAY).is_complete
    # WHEN the same day is run with the raw zone in an object store
    warm(remote, tmp_path_factory)
    aws = object_store.environment()
    object_store.forgive()
    done = run(remote, "run", str(DAY), **aws)
    assert done.returncode == 0, done.stderr
    assert f"Published {next((remote.published_dir / 'versions').iterdir()).name}" in done.stdout
    # THEN every table has the same rows
    publications = [(one.published_dir / "edgar.duckdb").resolve() for one in (settings, remote)]
    found = differences(*publications)
    assert {"fct_filings", "fct_exhibits", "document_texts", "fetch_outcomes", "index_entries"} <= set(found)
    assert {table: rows for table, rows in found.items() if rows} == {}
    assert (count(remote, "fct_filings"), count(remote, "fct_exhibits")) == (3, 1)
    # AND the parts are named as in a home on a disk, and no copy of them is left
    with duckdb.connect(publications[1], read_only=True) as connection:
        paths = {path for (path,) in connection.execute("select path from ops.loaded_parts").fetchall()}
    prefix = "edgar/data/"
    assert paths == {key.removeprefix(prefix) for key in object_store.objects(bucket, f"{prefix}raw/")}
    assert not list(remote.warehouse_home.rglob("*.zst")) and not (remote.warehouse_home / "raw").exists()
    # AND none of AWS's secrets is in anything that was written or said
    for name, content in written(remote, object_store, bucket).items():
        assert not [key for key, secret in CREDENTIALS.items() if secret.encode() in content], name
    assert not [key for key, secret in CREDENTIALS.items() if secret in done.stdout + done.stderr]
    # WHEN it is run again THEN nothing is new
    again = run(remote, "run", str(DAY), **aws)
    assert again.returncode == 0 and "Nothing new has landed since the last publication" in again.stdout
    # WHEN another day comes THEN what has been loaded is not read again by the build
    put(archive, NEXT, 900101)
    assert run(remote, "day", str(NEXT), **aws).returncode == 0
    object_store.forgive()
    built = run(remote, "build", **aws)
    assert (built.returncode, built.stderr) == (0, "")
    reads = sorted(request.key for request in object_store.log if request.kind == "get")
    assert len(reads) == len(set(reads)) == 4 and all(f"index_date={NEXT}" in key for key in reads)
    # One listing of each source, and one of the filings that were taken down.
    assert object_store.counts()["list"] == 9
    assert run(remote, "validate", **aws).returncode == 0 and run(remote, "publish", **aws).returncode == 0
    assert count(remote, "fct_filings") == 6
    # AND what reads the publication or the ledger needs no store, or finds it
    assert run(remote, "page", "0000900002", **aws).returncode == 0
    status = run(remote, "status", **aws)
    assert status.returncode == 0 and "2 of 2 days complete" in status.stdout


@pytest.mark.parametrize("pattern", ["GET get .*raw/submission", "GET list .*raw/daily_index"])
def test_a_build_that_the_store_refuses_leaves_the_publication(pattern, remote, bucket, object_store, archive):
    put(archive, DAY, 900001)
    aws = object_store.environment()
    assert run(remote, "day", str(DAY), **aws).returncode == 0
    object_store.refuse(pattern)
    done = run(remote, "build", **aws)
    assert done.returncode == 1 and "the object store denies access (AccessDenied)" in done.stderr
    assert len(done.stderr.splitlines()) == 1 and not remote.published_dir.exists()
