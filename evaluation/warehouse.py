"""A warehouse of an archive of real submissions: parsed, landed and built by the pipeline's own code, in a temporary folder."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from edgar_pipeline.errors import ParsingError
from edgar_pipeline.landing import day_partition, land_batch
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.submission import parse_submission
from edgar_pipeline.warehouse import build
from edgar_pipeline.warehouse.transformation import DBT_PROJECT

from evaluation.titles import submissions

#: An archive has no index of all its submissions, so they land as those of one day.
DAY = date(2020, 3, 5)
FETCHED_AT = "2020-03-06T00:00:00.000000Z"


@contextmanager
def archive_warehouse(archive: Path, with_scratch: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse of an archive, if wanted with dbt's scratch database attached as `scratch`."""
    with TemporaryDirectory(prefix="evaluation-") as folder:
        settings = Settings.from_environment({"EDGAR_HOME": str(Path(folder, "home"))})
        _land(settings, archive)
        built = build(settings)
        scratch = _intermediate(settings, built.path, Path(folder, "dbt")) if with_scratch else None
        with duckdb.connect(str(built.path), read_only=True) as connection:
            if scratch is not None:
                connection.execute(f"attach '{scratch}' as scratch (read_only)")
            yield connection


def _land(settings: Settings, archive: Path) -> None:
    records, outcomes = [], []
    for accession_number, body in submissions(archive):
        try:
            record = parse_submission(body, accession_number)
        except ParsingError as error:
            print(f"not evaluated: {error}", file=sys.stderr)
            continue
        url = f"https://www.sec.gov/Archives/edgar/data/{int(record['companies'][0]['cik'])}/{accession_number}.txt"
        facts = {"url": url, "sha256": "0" * 64, "bytes": len(body), "fetched_at": FETCHED_AT, "as_of": None}
        records.append({**record, **facts})
        outcomes.append(_outcome(url, accession_number, len(body), len(record["documents"])))
    land_batch(settings, day_partition(DAY), outcomes, "submission", records)


def _outcome(url: str, accession_number: str, size: int, document_count: int) -> dict:
    return {
        "url": url,
        "kind": "submission",
        "index_date": DAY.isoformat(),
        "accession_number": accession_number,
        "requested_at": FETCHED_AT,
        "status": 200,
        "bytes": size,
        "sha256": "0" * 64,
        "outcome": "landed",
        "reason": None,
        "attempt": 1,
        "document_count": document_count,
    }


def _intermediate(settings: Settings, built: Path, folder: Path) -> Path:
    """The scratch database, which a build throws away: what rules found before the surest of them was chosen."""
    folder.mkdir()
    copy = folder / "edgar.duckdb"
    copy.write_bytes(built.read_bytes())
    scratch = folder / "scratch.duckdb"
    places = {"EDGAR_BUILD_PATH": copy, "EDGAR_SCRATCH_PATH": scratch, "EDGAR_TEMP_PATH": folder / "temp"}
    paths = ["--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT, "--target-path", folder, "--log-path", folder]
    nodes = [
        "--select",
        "+int_events_chosen",
        "--exclude-resource-type",
        "test",
        "--exclude-resource-type",
        "unit_test",
    ]
    subprocess.run(
        [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "build", "--quiet", *nodes, *map(str, paths)],
        env={**os.environ, "EDGAR_HOME": str(settings.home), **{name: str(path) for name, path in places.items()}},
        check=True,
    )
    return scratch
