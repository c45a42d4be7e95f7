"""Building: what is new since the current publication, loaded by dbt into a copy of it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from edgar_pipeline import CODE_VERSION
from edgar_pipeline.errors import WarehouseError
from edgar_pipeline.files import private_files
from edgar_pipeline.landing import OUTCOMES, Part, all_committed_parts, committed_parts
from edgar_pipeline.publish import current_publication
from edgar_pipeline.quality.verdict import DATABASE_NAME, Fingerprint, published_verdict
from edgar_pipeline.settings import Settings
from edgar_pipeline.takedowns import PARTITION as TAKEDOWNS
from edgar_pipeline.warehouse.books import Books, Held, begin_books, finish_books, read_books
from edgar_pipeline.warehouse.folders import (
    WorkDirectory,
    copy_database,
    exclusive_work_directory,
    finish,
    require_room_to_load,
)
from edgar_pipeline.warehouse.parts import PartToLoad, longest_record, on_disk
from edgar_pipeline.warehouse.sorting import keep_sorted
from edgar_pipeline.warehouse.transformation import run_dbt, transformation_fingerprint

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Build:
    """A finished build, not yet validated.

    `path` is its database file. `new_parts` are the raw parts that it loaded and its base had not, as paths relative to
    EDGAR_HOME. `warnings` are dbt tests of severity warn that found something, one line each.
    """

    build_id: str
    path: Path
    new_parts: tuple[str, ...]
    warnings: tuple[str, ...] = ()


@private_files()
def build(settings: Settings, full_refresh: bool = False) -> Build | None:
    """Build the warehouse in a private file; return None where nothing has landed since the current publication.

    `full_refresh` starts from an empty file instead of a copy of the publication; the tables come out equal. Raises
    WarehouseError naming the failed dbt nodes, or that another build is running; the publication is never touched.
    """
    with exclusive_work_directory(settings) as work:
        base, books = (None, Books()) if full_refresh else _base(settings, work.path / DATABASE_NAME)
        parts = _parts_to_load(settings, books.loaded_parts)
        if base is not None and not any(part.is_new for part in parts):
            return None
        return _build(settings, work, base, parts)


def has_news(settings: Settings) -> bool:
    """Whether a build would have something to load: parts that landed since the current publication, or no publication."""
    with TemporaryDirectory(prefix="edgar-books-") as folder:
        base, books = _base(settings, Path(folder) / DATABASE_NAME)
    return base is None or any(part.is_new for part in _parts_to_load(settings, books.loaded_parts))


def _base(settings: Settings, copy: Path) -> tuple[Path | None, Books]:
    """The publication to start from and its books; (None, empty books) for a build from nothing.

    A publication that a BI tool holds open for writing is read from a `copy`, which is then what the build starts from.
    """
    current = current_publication(settings)
    if current is None:
        return None, Books()
    if not _is_as_published(current):
        logger.warning("%s was written to after it was published: everything is rebuilt from raw", current)
        return None, Books()
    base, books = _read_base(current, copy)
    if not _takedowns(settings) <= books.loaded_parts:
        logger.warning("filings were taken down since the last publication, which holds them: everything is rebuilt")
        return None, Books()
    if books.transformation != transformation_fingerprint():
        logger.warning("the transformation has changed since the last publication: everything is rebuilt")
        return None, Books()
    return base, books


def _takedowns(settings: Settings) -> set[str]:
    return {_relative(part) for part in committed_parts(settings, OUTCOMES, TAKEDOWNS)}


def _relative(part: Part) -> str:
    """The path of a part below EDGAR_HOME, by which the books and `raw_path` name it."""
    return f"raw/{part.key}"


def _is_as_published(current: Path) -> bool:
    """Whether the publication is still the file that was judged, as far as the verdict beside it tells."""
    verdict = published_verdict(current)
    return verdict is None or Fingerprint.of(current) == verdict.database


def _read_base(current: Path, copy: Path) -> tuple[Path, Books]:
    try:
        return current, read_books(current)
    except Held as held:
        logger.warning("%s; it is read from a copy", held)
        copy_database(current, copy)
        if not _is_as_published(current):
            raise WarehouseError(
                f"{current} was written to while it was copied: close what holds it, build again"
            ) from held
        return copy, read_books(copy)


def _parts_to_load(settings: Settings, loaded: frozenset[str]) -> list[PartToLoad]:
    """New parts of every source, and all index and outcome parts of the partitions in which anything is new.

    Those are small and are judged together: which snapshot of an index is current, which outcome of a filing the newest.
    """
    committed = [(part, _relative(part)) for part in all_committed_parts(settings)]
    partitions = {part.partition for part, path in committed if path not in loaded}
    return [
        PartToLoad(part.source, path, path not in loaded, part.path)
        for part, path in committed
        if path not in loaded or (_is_judged_whole(part) and part.partition in partitions)
    ]


def _is_judged_whole(part: Part) -> bool:
    return part.source in ("daily_index", OUTCOMES)


def _build(settings: Settings, work: WorkDirectory, base: Path | None, parts: list[PartToLoad]) -> Build:
    began_at = datetime.now(UTC)
    build_id = f"{began_at:%Y%m%dT%H%M%SZ}-{uuid4().hex[:6]}"
    database = work.path / DATABASE_NAME
    if base is None:
        database.unlink(missing_ok=True)
    elif base != database:
        copy_database(base, database)
    parts = on_disk(settings, work.path, parts)
    require_room_to_load(work, sum(part.file.stat().st_size for part in parts))
    record_bytes = longest_record(parts)
    begin_books(database, build_id, began_at, _code_version(), transformation_fingerprint(), record_bytes, parts)
    warnings = run_dbt(settings, work, record_bytes)
    if keep_sorted(database, is_new=base is None):
        logger.info("company_timeline was sorted anew")
    finish_books(database, build_id)
    path = finish(settings, work, build_id) / DATABASE_NAME
    return Build(build_id, path, tuple(_new_paths(parts)), tuple(warnings))


def _new_paths(parts: Iterable[PartToLoad]) -> list[str]:
    return [part.path for part in parts if part.is_new]


def _code_version() -> str:
    """The version of the code and of the transformation: `0.1.0+3f2a9c1d`."""
    return f"{CODE_VERSION}+{transformation_fingerprint()[:8]}"
