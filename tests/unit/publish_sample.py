"""Builds for the tests of publishing: small real DuckDB files, each with a verdict, as `build` and `validate` leave them."""

import hashlib
import subprocess
import sys
from pathlib import Path

import duckdb
from edgar_pipeline.publish import publish
from edgar_pipeline.quality.verdict import Fingerprint, Validation, write_verdict
from edgar_pipeline.settings import Settings

FIRST, SECOND = "20200306T030000Z-a", "20200307T030000Z-b"


def settings_of(home: Path) -> Settings:
    return Settings.from_environment({"EDGAR_HOME": str(home)})


def make_build(settings, build_id, *, parts=("a",), storage="v1.4.0", publication_id=None, extra_sql="select 1"):
    """A build whose only mart is `publication`, with the bookkeeping that `publish` reads. Returns its database."""
    database = settings.build_dir / build_id / "edgar.duckdb"
    database.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as edgar (storage_version '{storage}')")
        connection.execute("use edgar")
        connection.execute("create schema marts")
        connection.execute("create schema ops")
        connection.execute(
            "create table marts.publication as select $id as publication_id", {"id": publication_id or build_id}
        )
        connection.execute("create table ops.loaded_parts as select unnest($parts) as path", {"parts": list(parts)})
        connection.execute(extra_sql)
        connection.execute("checkpoint")
    return database


def approve(settings, build_id, **changes):
    """Write the green verdict that `validate` gives to a build as it lies there, with `changes`."""
    verdict = {
        "build_id": build_id,
        "passed": True,
        "defined": 12,
        "evaluated": 12,
        "failures": (),
        "warnings": (),
        "reasons": (),
        "new_warnings": (),
        "numbers": {},
        "report_path": settings.reports_dir / "validation" / "index.html",
        "database": Fingerprint.of(settings.build_dir / build_id / "edgar.duckdb"),
    }
    write_verdict(settings, Validation(**(verdict | changes)))


def make_green_build(settings, build_id, **options):
    database = make_build(settings, build_id, **options)
    approve(settings, build_id)
    return database


def published_id(settings):
    """What a reader finds through the symlink."""
    with duckdb.connect(settings.published_dir / "edgar.duckdb", read_only=True) as connection:
        return connection.execute("select publication_id from marts.publication").fetchone()[0]


def tree(settings):
    """Every file and link below `published/`, without the lock."""
    root = settings.published_dir
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.name != ".publish.lock")


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def home_with_two_builds(home):
    """FIRST is published, SECOND is green and waits."""
    settings = settings_of(home)
    make_green_build(settings, FIRST)
    publish(settings)
    make_green_build(settings, SECOND)
    return settings


class holding_open:
    """A process of its own that holds a database open for writing."""

    def __init__(self, database):
        self.code = (
            f"import duckdb, sys; c = duckdb.connect({str(database)!r}); print('open', flush=True); sys.stdin.read()"
        )

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout.readline() == "open\n"
        return self.process

    def __exit__(self, *_):
        self.process.communicate("")
