"""Fills a warehouse, publishes it, serves it in three ways, and loads each of them with readers and writers in turn."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from edgar_pipeline.edgar_days import index_days
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse.folders import copy_database

from benchmarks.corpus import Corpus
from benchmarks.environments import python_of
from benchmarks.measuring import Target, console
from benchmarks.scale import FIRST_DAY, USUAL_DAY, command, fill, index_days_before, land, newest_build
from benchmarks.serving import findings
from benchmarks.serving.load import Load, Served, fingerprints, one_writer, publications, writers
from benchmarks.serving.questions import DAY_COLUMNS
from benchmarks.serving.report import show_load, show_writers
from benchmarks.serving.servers import ROOT, Catalog, Quack
from benchmarks.serving.storage import show_storage

#: Days inside and filings of each: 100,000 filings with 500,000 exhibits, each with text.
DAYS, FILINGS_A_DAY = 40, 2500
SECONDS = 10.0
READERS = (1, 4, 8)
#: Days that one writer commits while so many read, and days that four writers commit at once.
COMMITS, WRITERS, DAYS_A_WRITER = 3, 4, 3


@dataclass(frozen=True)
class Warehouse:
    """The published file, the days that are in it, and those that are to come, in a file of their own."""

    settings: Settings
    days: list[str]
    new_days: list[str]
    days_file: Path
    #: How long each load lasts.
    seconds: float

    @property
    def link(self) -> Path:
        """What readers open."""
        return self.settings.published_dir / "edgar.duckdb"


def main(corpus: Corpus, days: int = DAYS, filings: int = FILINGS_A_DAY, seconds: float = SECONDS) -> list[Target]:
    """Print what each way costs and does, and judge what must hold whatever serves."""
    # Whoever ends this ends its servers too.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    python = python_of("serving")
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        show_storage(corpus, Path(folder))
        warehouse = _published(Path(folder), days, filings, seconds)
        with _all_ways(warehouse, python, Path(folder)) as served:
            differing = [_differing(served, "as published")]
            _show_lake(served["lake"], python)
            _say_load("before")
            loads = _load(warehouse, served)
            _say_load("after")
            _show_lake(served["lake"], python)
            differing.append(_differing(served, "after every commit"))
            replaced = [writers(served[name], warehouse, WRITERS, is_replaced=True) for name in ("quack", "lake")]
            show_writers("Four writers replace two days each, in which others read: delete and insert", replaced)
            differing.append(_differing(served, "after the replacing"))
            _show_lake(served["lake"], python, is_merged=True)
        _ask_the_server(warehouse, python, Path(folder))
    return _judge(loads, differing)


def _published(folder: Path, days: int, filings: int, seconds: float) -> Warehouse:
    """A warehouse that was built, judged and published as every night, and the days that will be added."""
    settings = Settings.from_environment({"EDGAR_HOME": str(folder / "home")})
    land(settings, FIRST_DAY, 50)
    command(settings, "build")
    before = index_days_before(FIRST_DAY, days)
    fill(newest_build(settings), before, filings)
    for step in ("validate", "publish"):
        command(settings, step)
    after = index_days(USUAL_DAY, date(USUAL_DAY.year + 1, 12, 31))[: len(READERS) * COMMITS + WRITERS * DAYS_A_WRITER]
    days_file = folder / "days.duckdb"
    _make_days(settings.published_dir / "edgar.duckdb", days_file, after, filings, first=days * filings)
    return Warehouse(settings, [str(day) for day in before], [str(day) for day in after], days_file, seconds)


def _make_days(published: Path, days_file: Path, days: list[date], filings: int, first: int) -> None:
    grown = days_file.with_name("grown.duckdb")
    copy_database(published.resolve(), grown)
    fill(grown, days, filings, first)
    with duckdb.connect(days_file) as connection:
        connection.execute(f"attach '{grown}' as grown (read_only)")
        for table, column in DAY_COLUMNS.items():
            connection.execute(f"create table {table} as from grown.marts.{table} where {column} >= '{days[0]}'")
    grown.unlink()


@contextmanager
def _all_ways(warehouse: Warehouse, python: Path, folder: Path) -> Iterator[dict[str, Served]]:
    """The same publication three times: itself, a copy behind a DuckDB server, and a lake."""
    copy = folder / "served" / "edgar.duckdb"
    copy.parent.mkdir()
    copy_database(warehouse.link.resolve(), copy)
    with ExitStack() as stack:
        quack = stack.enter_context(Quack(python, copy))
        catalog = stack.enter_context(Catalog(folder / "lake"))
        task = {"do": "build", "way": catalog.way, "database": str(warehouse.link.resolve())}
        built = _lake(python, task)
        console.print(
            f"lake: {built['seconds']:.1f} s to load, refused {built['refused']}, contract {built['contract']}",
            markup=False,
        )
        yield {
            "file": Served({"name": "file", "path": str(warehouse.link)}, Path(sys.executable)),
            "quack": Served(quack.way, python, quack.usage),
            "lake": Served(catalog.way, python, catalog.usage, catalog, built["version"]),
        }


def _load(warehouse: Warehouse, served: dict[str, Served]) -> list[Load]:
    """The ways take turns at every number of readers, so that a busy minute hits all of them."""
    loads, days = [], iter(warehouse.new_days)
    for readers in READERS:
        batch = [next(days) for _ in range(COMMITS)]
        loads += [one_writer(way, warehouse, readers, batch) for way in served.values()]
    show_load(loads)
    batch = list(days)
    at_once = [writers(way, warehouse, 1 if name == "file" else WRITERS, batch=batch) for name, way in served.items()]
    show_writers(
        f"{len(batch)} days by four writers at once, by one where the way allows one, while four read", at_once
    )
    return loads + at_once


def _say_load(when: str) -> None:
    console.print(f"The machine's load {when}: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", style="dim")


def _differing(served: dict[str, Served], when: str) -> int:
    """How many tables are not equal, row by row, to the published file's."""
    with duckdb.connect(served["file"].way["path"], read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts' order by 1")
        names = [name for (name,) in tables.fetchall()]
    found = {way: fingerprints(served[way], names) for way in served}
    differing = {
        f"{name} {table}" for name in found for table in found["file"] if found[name][table] != found["file"][table]
    }
    rows = sum(count for count, _ in found["file"].values())
    if when == "as published":
        size = Path(served["file"].way["path"]).stat().st_size
        console.print(f"The published file has {size / 1e6:.0f} MB.")
    console.print(
        f"{when}: {len(found['file'])} tables, {rows:,} rows in the file; others differ in {sorted(differing) or 'nothing'}"
    )
    return len(differing)


def _lake(python: Path, task: dict) -> dict:
    command = [python, "-m", "benchmarks.serving.lake_tools"]
    done = subprocess.run(command, input=json.dumps(task), capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def _show_lake(served: Served, python: Path, is_merged: bool = False) -> None:
    """Its size beside the file's, and whether the first version can still be read."""
    seen = _lake(python, {"do": "look", "way": served.way, "is_merged": is_merged, "version": served.first_version})
    files, size, deletions = seen["files"]
    merged = f", merged and expired in {seen['seconds']:.1f} s" if is_merged else ""
    console.print(
        f"lake{merged}: {files} Parquet files of {size / 1e6:.0f} MB, "
        f"{deletions} files of deletions, snapshots {seen['snapshots']}, filings as of the first {seen['past']}; "
        f"PostgreSQL holds {served.catalog.stored() / 1e6:.0f} MB and logged {served.catalog.log().count('ERROR:')} errors",
        markup=False,
    )


def _ask_the_server(warehouse: Warehouse, python: Path, folder: Path) -> None:
    """What is found out by trying: rights, transactions, a restart, a new publication."""
    copy = folder / "probed" / "edgar.duckdb"
    copy.parent.mkdir()
    copy_database(warehouse.link.resolve(), copy)
    findings.probe_rights(python, copy)
    findings.probe_transactions(python, copy)
    findings.probe_restart(python, copy)
    publications(python, warehouse)


def _judge(loads: list[Load], differing: list[int]) -> list[Target]:
    by_file = [load for load in loads if load.way == "file"]
    return [
        Target(
            "reads of the published file that failed, during publications",
            "<=",
            0,
            sum(load.failed for load in by_file),
        ),
        Target("the same, that saw two publications at once", "<=", 0, sum(load.torn for load in by_file)),
        Target("tables that are not equal in all three ways, at any time", "<=", 0, sum(differing)),
    ]
