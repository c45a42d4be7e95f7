"""One `dbt build` in a process of its own, because dbt in a long-lived process never releases DuckDB's lock."""

import hashlib
import json
import logging
import os
import subprocess
import sys
from functools import cache
from math import ceil
from pathlib import Path

from edgar_pipeline.errors import WarehouseError
from edgar_pipeline.files import PRIVATE_UMASK
from edgar_pipeline.quality.verdict import DATABASE_NAME
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse.folders import WorkDirectory
from edgar_pipeline.warehouse.parts import raw_home

DBT = (sys.executable, "-c", "from dbt.cli.main import cli; cli()")
DBT_PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"

#: DuckDB's memory limit in GiB, and how much of it the buffers for JSON records may take before it grows.
MEMORY_GIB = 2
BUFFERS_GIB = 0.5
#: DuckDB's threads, as in profiles.yml. Each reserves two buffers of the longest record.
THREADS = 2

_FAILED = ("error", "fail", "runtime error")

logger = logging.getLogger(__name__)


@cache
def transformation_fingerprint() -> str:
    """A hash of everything that decides what the tables hold: models, macros, seeds and their configuration.

    Descriptions and tests are left out: a corrected comment is no reason to rebuild the warehouse.
    """
    digest = hashlib.sha256()
    files = [DBT_PROJECT / "dbt_project.yml"]
    for folder in ("models", "macros", "seeds"):
        files += [path for path in (DBT_PROJECT / folder).rglob("*") if path.suffix in (".sql", ".csv")]
    for path in sorted(files):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(DBT_PROJECT).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def run_dbt(settings: Settings, work: WorkDirectory, record_bytes: int) -> list[str]:
    """Run `dbt build` on the databases in the work directory; return its warnings, one line each.

    Unit tests and tests of macros read no data, so they belong to the test suite and not to a nightly build. Raises
    WarehouseError that names the failed nodes and the log.
    """
    arguments = ["build", "--exclude-resource-type", "unit_test", "--exclude", "tag:rules"]
    output = work.path / "dbt-output.txt"
    _results_path(settings).unlink(missing_ok=True)
    with output.open("wb") as file:
        finished = subprocess.run(
            [*DBT, *arguments, *_places(settings, work)],
            cwd=work.path,
            env=dbt_environment(settings, work.path, record_bytes),
            umask=PRIVATE_UMASK,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            # The build's lock is held as long as dbt runs, even if this process is killed.
            pass_fds=(work.lock,),
            check=False,
        )
    results = _results(settings, work)
    if finished.returncode != 0:
        log = work.path / "logs" / "dbt.log"
        raise WarehouseError(f"dbt build failed ({_failure(results, output)}): see {log}, then build again")
    warnings = [_line(result) for result in results if result["status"] == "warn"]
    for warning in warnings:
        logger.warning("dbt: %s", warning)
    return warnings


def _places(settings: Settings, work: WorkDirectory) -> list[str]:
    return [
        *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
        # The cache of the parsed project is there, so it is not in the work directory, which each build begins empty.
        *("--target-path", str(settings.build_dir / ".dbt"), "--log-path", str(work.path / "logs")),
        "--no-use-colors",
    ]


def dbt_environment(settings: Settings, folder: Path, record_bytes: int = 0) -> dict[str, str]:
    """Only what dbt needs, so that no credential of the calling process reaches its logs."""
    return {
        # The same packages as here, wherever they are installed (a user's site is found through variables that it lacks).
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONUTF8": "1",
        "EDGAR_HOME": str(raw_home(settings, folder)),
        # Within dbt's working directory, the folder. The same words for every build: they are part of the connection, and dbt
        # parses the whole project anew (3 s) whenever anything of that changes.
        "EDGAR_BUILD_PATH": DATABASE_NAME,
        "EDGAR_SCRATCH_PATH": "scratch.duckdb",
        "EDGAR_TEMP_PATH": "temp",
        "EDGAR_MEMORY_LIMIT": f"{_memory_gib(record_bytes)}GiB",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def _memory_gib(record_bytes: int) -> int:
    """The memory limit in whole GiB: dbt parses the project anew when it changes, so it does so only for giant records."""
    buffers = 2 * THREADS * record_bytes / (1 << 30)
    return MEMORY_GIB + (0 if buffers <= BUFFERS_GIB else ceil(buffers))


def _results(settings: Settings, work: WorkDirectory) -> list[dict]:
    """What dbt says of each node, kept with the build; empty where it did not come to run any."""
    path = _results_path(settings)
    if not path.is_file():
        return []
    path.replace(work.path / path.name)
    return json.loads((work.path / path.name).read_bytes())["results"]


def _results_path(settings: Settings) -> Path:
    return settings.build_dir / ".dbt" / "run_results.json"


def _failure(results: list[dict], output: Path) -> str:
    failed = [_line(result) for result in results if result["status"] in _FAILED]
    if failed:
        return "; ".join(failed[:5]) + (f"; and {len(failed) - 5} more" if len(failed) > 5 else "")
    _, _, words = output.read_text(errors="replace").rpartition("Encountered an error:")
    return " ".join(words.split())[-500:] or "without a word"


def _line(result: dict) -> str:
    """`fct_filings: Constraint Error: NOT NULL constraint failed`, on one line."""
    name = result["unique_id"].split(".")[2]
    message = " ".join((result.get("message") or result["status"]).split())
    return f"{name}: {message[:200]}"
