"""Is everything as it must be before a night? Each finding says what was looked at, what was seen, and what to do."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import uuid4

from edgar_pipeline.client import Attempt, EdgarClient, Patience
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.errors import EdgarError, InputError, StorageError
from edgar_pipeline.files import delete, list_names, read_pieces, write_atomically
from edgar_pipeline.ingest.absence import require_canary
from edgar_pipeline.publish import current_publication
from edgar_pipeline.quality.verdict import DATABASE_NAME
from edgar_pipeline.settings import Settings
from edgar_pipeline.throttle import Throttle

#: A day's originals and raw parts take 0.3 to 1.5 GB. A build is a second copy of the warehouse, and comes on top.
ROOM_BYTES = 5_000_000_000
#: What each package must begin with, and where that is decided.
VERSIONS = {
    "apache-airflow": ("3.3.", "requirements.in"),
    "dbt-core": ("1.11.", "docs/adr/0001"),
    "dbt-duckdb": ("1.11.", "docs/adr/0001"),
    "duckdb": ("1.5.", "docs/adr/0002"),
    "great-expectations": ("1.24.", "docs/adr/0006"),
}
#: One look, no second try: a person waits for it.
IMPATIENT = Patience(unavailable=(), damaged=(), blocked=0.0, connect=5.0, silence=10.0, deadline=15.0)


@dataclass(frozen=True)
class Finding:
    """What was looked at, whether it is well, what was seen, and what to do if it is not well."""

    subject: str
    is_well: bool
    seen: str
    remedy: str = ""


def examine(read_settings: Callable[[], Settings], clock: Clock = SYSTEM_CLOCK) -> list[Finding]:
    """Look at versions, settings, folders, space, the object store, the publication, the limiter, and (one request) at EDGAR."""
    findings = [_python(), *_packages()]
    try:
        settings = read_settings()
        settings.contact()
    except InputError as error:
        return [*findings, Finding("settings", False, str(error), "See .env.example.")]
    findings.append(Finding("settings", True, f"{settings.requests_per_second:g} requests/s as {settings.user_agent}"))
    if not isinstance(settings.home, Path):
        findings.append(_object_store(settings))
    looks: list[Callable[[Settings, Clock], Finding]] = [_folder, _space, _publication, _limiter]
    findings += [look(settings, clock) for look in looks]
    if findings[-1].is_well:
        findings.append(_edgar(settings, clock))
    return findings


def _python() -> Finding:
    is_well = (3, 11) <= sys.version_info < (3, 14)
    return Finding(
        "Python", is_well, platform.python_version(), "Use 3.11, 3.12 or 3.13: make setup PYTHON=python3.12."
    )


def _packages() -> Iterator[Finding]:
    for name, (prefix, decided) in VERSIONS.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "not installed"
        remedy = f"Install requirements.txt (make setup); why {prefix}*: {decided}."
        yield Finding(name, found.startswith(prefix), found, remedy)


def _folder(settings: Settings, clock: Clock) -> Finding:
    """Whether the homes and the limiter's folder can be written to, or made."""
    homes = _homes(settings)
    for key, folder in {**homes, "EDGAR_STATE_DIR": settings.state_dir}.items():
        if not os.access(_existing(folder), os.W_OK | os.X_OK):
            return Finding("folders", False, f"{key} {folder} cannot be written", "Change its owner, or the setting.")
    return Finding("folders", True, ", ".join(str(folder) for folder in homes.values()))


def _space(settings: Settings, clock: Clock) -> Finding:
    homes = {key: (shutil.disk_usage(_existing(folder)).free, folder) for key, folder in _homes(settings).items()}
    key, (free, folder) = min(homes.items(), key=lambda home: home[1][0])
    database = settings.published_dir / DATABASE_NAME
    needed = ROOM_BYTES + (database.stat().st_size if database.is_file() else 0)
    seen = f"{free / 1e9:.0f} GB free at {folder}"
    remedy = f"A night needs about {needed / 1e9:.0f} GB: free some, or set {key} to a larger disk."
    return Finding("space", free >= needed, seen, remedy)


def _homes(settings: Settings) -> dict[str, Path]:
    """The folders that hold data, by their setting; an EDGAR_HOME in an object store is none."""
    homes = {"EDGAR_HOME": settings.home, "EDGAR_WAREHOUSE_HOME": settings.separate_warehouse}
    return {key: folder for key, folder in homes.items() if isinstance(folder, Path)}


def _object_store(settings: Settings) -> Finding:
    """Whether an object can be written, listed, read and deleted; the next step is part of what is seen."""
    content = uuid4().hex.encode()
    probe = settings.raw_dir / f"doctor-{content.decode()}"
    try:
        write_atomically(probe, content)
        was_found = probe.name in list_names(settings.raw_dir) and b"".join(read_pieces(probe)) == content
        delete(probe)
    except StorageError as error:
        return Finding("object store", False, str(error), "See docs/operations.md, raw zone on an object store.")
    remedy = "It shows objects late; take a store whose listings are consistent, as those of S3 are."
    return Finding("object store", was_found, str(settings.home), remedy)


def _publication(settings: Settings, clock: Clock) -> Finding:
    try:
        path = current_publication(settings)
    except EdgarError as error:
        return Finding("publication", False, str(error), "See docs/operations.md, restoring.")
    return Finding("publication", True, f"{path.parent.name}" if path else "none yet: make run DAY=…, or a backfill")


def _limiter(settings: Settings, clock: Clock) -> Finding:
    rate, pause = settings.requests_per_second, settings.block_pause_seconds
    seconds = Throttle(settings.state_dir, settings.www_url, rate, pause, clock).blocked_for()
    if seconds:
        return Finding("limiter", False, f"the SEC blocks us for {seconds:.0f} more seconds", "Wait; nothing is lost.")
    return Finding("limiter", True, "not blocked")


def _edgar(settings: Settings, clock: Clock) -> Finding:
    """One request, for a listing that is certainly there."""
    attempts: list[Attempt] = []
    try:
        with EdgarClient(settings, clock, IMPATIENT) as client:
            url = require_canary(settings, client, attempts)
    except EdgarError as error:
        return Finding("EDGAR", False, str(error), "Check network, EDGAR_WWW_URL and EDGAR_USER_AGENT.")
    return Finding("EDGAR", True, f"{url} answers")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.is_dir())
