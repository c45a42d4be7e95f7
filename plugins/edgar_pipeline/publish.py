"""Publishing: a validated build becomes what readers open, in one atomic step, or nothing changes.

    build/<id>/edgar.duckdb ──rename──► published/versions/<id>/edgar.duckdb ◄──symlink── published/edgar.duckdb

A publication keeps its build's id. The steps and what a kill after each of them leaves; in every case a rerun goes on:

    1  judge          the verdict is green, of this build, and the file is unchanged; the file opens and is sound
    2  prepare        folder of the version, verdict beside it          an empty version, which no reader knows
    3  move           rename on one file system                         a version that no reader knows
    4  swap           new symlink under a temporary name, then rename   the previous publication or the new one
    5  prune          the oldest versions                               a folder without database, removed next time

Readers that hold an older version keep it: a removed file lives until the last reader has closed it, and the versions
before the newest stay for those that open by path.

**Who may read.** What is published has the group of the folder `published/`, whatever the groups of the writer are: the operator
gives that folder to the readers' group once (docs/bi.md), and nothing else of EDGAR_HOME.
"""

import errno
import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from edgar_pipeline.errors import WarehouseError
from edgar_pipeline.files import DIRECTORY_MODE, FILE_MODE, make_directory
from edgar_pipeline.landing import OUTCOMES, committed_parts
from edgar_pipeline.quality.soundness import require_sound_database, takedowns_in
from edgar_pipeline.quality.verdict import (
    DATABASE_NAME,
    VERDICT_NAME,
    Fingerprint,
    Validation,
    build_directory,
    newest_build_id,
    read_verdict,
)
from edgar_pipeline.settings import Settings
from edgar_pipeline.takedowns import PARTITION as TAKEDOWNS

#: Versions that are kept, the current one included.
KEPT_VERSIONS = 3

#: A publication moves no data, but it writes folders, links and a verdict: never begin on a full disk.
MINIMUM_FREE_BYTES = 64 * 1024 * 1024

#: The lock is the writer's alone: a reader who may open it could hold it, and nothing would be published any more.
_LOCK_MODE = 0o600

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Publication:
    """A published version: its id (that of its build) and the path of its database file, not of the symlink."""

    publication_id: str
    path: Path


def current_publication(settings: Settings) -> Path | None:
    """The database file that readers see now, or None before the first publication.

    Raises WarehouseError where the symlink points at nothing or something else stands in its place: taking that for
    "nothing published yet" would rebuild the warehouse from nothing.
    """
    link = settings.published_dir / DATABASE_NAME
    if not os.path.lexists(link):
        return None
    if not link.is_symlink():
        raise WarehouseError(f"{link} is not a symlink to a version: move it away, then publish again")
    target = (link.parent / os.readlink(link)).absolute()
    if not target.is_file():
        raise WarehouseError(f"{link} points at {os.readlink(link)}, which is missing: point it at one of versions/")
    return target


def publish(settings: Settings, build_id: str | None = None, keep: int = KEPT_VERSIONS) -> Publication:
    """Publish a build (by default the newest) that `validate` found green, and prune old versions down to `keep`.

    Safe to repeat: what is already current is left as it is. Raises WarehouseError (InputError for a malformed id) and
    then has not touched the previous publication.
    """
    with _explained_failures(), _one_at_a_time(settings):
        build_id = newest_build_id(settings) if build_id is None else build_id
        build_directory(settings, build_id)
        target = _versions(settings) / build_id / DATABASE_NAME
        if current_publication(settings) != target:
            _publish_build(settings, build_id, target)
        _prune(settings, keep=max(keep, 1))
    return Publication(build_id, target)


def _publish_build(settings: Settings, build_id: str, target: Path) -> None:
    source = _locate(settings, build_id, target)
    verdict = read_verdict(settings, build_id)
    _require_green(verdict, build_id)
    _require_unchanged(source, verdict, "run `python -m edgar_pipeline validate` again")
    _require_free_space(settings)
    require_sound_database(source, build_id, current_publication(settings))
    _require_takedowns(settings, build_id, source)
    _place(settings, build_id, source, target)
    # Where it lies now nobody finds it who did not have it open before; what such a writer did until here is seen here.
    _require_unchanged(target, verdict, "run `python -m edgar_pipeline build` again")
    _swap(settings, target)


def _locate(settings: Settings, build_id: str, target: Path) -> Path:
    """The build's file: in its build folder, or already moved by a publication that was killed before its swap."""
    source = build_directory(settings, build_id) / DATABASE_NAME
    if source.exists() and target.exists():
        raise WarehouseError(f"version {build_id} exists and so does {source}: delete the build and build again")
    if not source.exists() and not target.exists():
        raise WarehouseError(f"build {build_id} has no {DATABASE_NAME}: run `python -m edgar_pipeline build` again")
    return source if source.exists() else target


def _require_green(verdict: Validation, build_id: str) -> None:
    """Only a verdict on this very build, with every defined expectation evaluated, is green."""
    again = "run `python -m edgar_pipeline validate` again"
    if verdict.build_id != build_id:
        raise WarehouseError(f"the verdict of build {build_id} belongs to build {verdict.build_id!r}: {again}")
    if verdict.evaluated < 1 or verdict.evaluated != verdict.defined:
        counts = f"{verdict.evaluated} of {verdict.defined} expectations were evaluated"
        raise WarehouseError(f"build {build_id} is not validated, {counts}: {again}")
    if not verdict.passed or verdict.failures:
        names = ", ".join(failure.name for failure in verdict.failures) or "no failure is named"
        raise WarehouseError(f"build {build_id} is red ({names}): see {verdict.report_path}; nothing was published")


def _require_unchanged(database: Path, verdict: Validation, again: str) -> None:
    """The file is the one that was judged, and no write-ahead log waits beside it.

    A leftover log makes a moved file unopenable, or replays rows into it that nobody has judged.
    """
    wal = database.with_name(f"{database.name}.wal")
    if os.path.lexists(wal):
        raise WarehouseError(
            f"{wal} lies beside the database, so a writer was killed: delete the build and build again"
        )
    if Fingerprint.of(database) != verdict.database:
        raise WarehouseError(f"{database} has changed since it was validated: {again}")


def _require_takedowns(settings: Settings, build_id: str, database: Path) -> None:
    """What was taken down is not published once more by a build that was made before."""
    if not _knows(database, _registered_takedowns(settings)):
        raise WarehouseError(f"filings were taken down after build {build_id} was made: run `build` again")


def _require_free_space(settings: Settings) -> None:
    free = shutil.disk_usage(settings.published_dir).free
    if free < MINIMUM_FREE_BYTES:
        raise WarehouseError(
            f"only {free:,} bytes are free at {settings.published_dir}: free some space, publish again"
        )


def _place(settings: Settings, build_id: str, source: Path, target: Path) -> None:
    """Make the version's folder, durable and with its modes: verdict first, database last."""
    _make_directory(target.parent)
    _give_to_readers(settings, target.parent)
    verdict = build_directory(settings, build_id) / VERDICT_NAME
    # Overwritten in place: no reader knows this folder yet, and a rerun after a kill leaves no temporary file behind.
    shutil.copyfile(verdict, target.with_name(VERDICT_NAME))
    os.chmod(target.with_name(VERDICT_NAME), FILE_MODE)
    _give_to_readers(settings, target.with_name(VERDICT_NAME))
    _sync(target.with_name(VERDICT_NAME))
    os.chmod(source, FILE_MODE)
    _give_to_readers(settings, source)
    _sync(source)
    if source != target:
        _rename(source, target)
        _sync(source.parent)
    _sync(target.parent)
    _sync(target.parent.parent)


def _give_to_readers(settings: Settings, path: Path) -> None:
    """Give a file or folder the group of `published/`. One that the writer is no member of is the operator's to mend."""
    group = settings.published_dir.stat().st_gid
    if path.stat().st_gid == group:
        return
    try:
        os.chown(path, -1, group)
    except PermissionError:
        logger.warning(
            "%s does not get the group %d of %s: make the writer a member of it", path, group, settings.published_dir
        )


def _rename(source: Path, target: Path) -> None:
    try:
        os.rename(source, target)
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise WarehouseError(
                f"{source.parent} and {target.parent} are on different file systems: keep EDGAR_HOME on one"
            ) from None
        raise


def _swap(settings: Settings, target: Path) -> None:
    """Point the symlink at the new version. Relative, so that the folder can be mounted anywhere."""
    link = settings.published_dir / DATABASE_NAME
    temporary = link.with_name(f".{link.name}.new")
    if os.path.lexists(temporary):
        os.unlink(temporary)
    os.symlink(target.relative_to(link.parent), temporary)
    os.replace(temporary, link)
    _sync(link.parent)


def _prune(settings: Settings, keep: int) -> None:
    """Remove the oldest versions beyond `keep` (never the current one) and what a killed run left half made.

    Of what was made before a takedown nothing stays but the current version, neither versions nor builds.
    """
    current = current_publication(settings)
    others = [folder for folder in _versions(settings).iterdir() if folder.is_dir() and folder != current.parent]
    whole = [folder for folder in others if (folder / DATABASE_NAME).is_file()]
    newest_first = sorted(whole, key=lambda folder: (folder / DATABASE_NAME).stat().st_mtime_ns, reverse=True)
    takedowns = _registered_takedowns(settings)
    kept = {folder for folder in newest_first[: keep - 1] if _knows(folder / DATABASE_NAME, takedowns)}
    for folder in others:
        if folder not in kept:
            shutil.rmtree(folder)
    for folder in settings.build_dir.glob("[!.]*"):
        if (folder / DATABASE_NAME).is_file() and not _knows(folder / DATABASE_NAME, takedowns):
            shutil.rmtree(folder)


def _registered_takedowns(settings: Settings) -> set[str]:
    """The names of the parts of the register; asked of raw, because a file that somebody holds cannot be asked."""
    return {part.path.name for part in committed_parts(settings, OUTCOMES, TAKEDOWNS)}


def _knows(database: Path, takedowns: set[str]) -> bool:
    """Whether a file was made after these takedowns, so that what they removed is not in it. One that cannot be read does not."""
    return not takedowns or takedowns <= takedowns_in(database)


def _versions(settings: Settings) -> Path:
    return settings.published_dir / "versions"


def _make_directory(path: Path) -> None:
    """Make a folder with its mode. One that exists keeps the mode that an operator gave it."""
    if not path.is_dir():
        os.mkdir(path)
        os.chmod(path, DIRECTORY_MODE)


def _sync(path: Path) -> None:
    """Write a file's content, or a folder's entries, through to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """Hold the lock of the published folder; the kernel releases it when its process ends, however it ends."""
    make_directory(settings.warehouse_home)
    _make_directory(settings.published_dir)
    _make_directory(_versions(settings))
    _give_to_readers(settings, _versions(settings))
    descriptor = os.open(settings.published_dir / ".publish.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _LOCK_MODE)
    try:
        os.fchmod(descriptor, _LOCK_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WarehouseError(
                f"another process is publishing to {settings.published_dir}: wait for it, then publish again"
            ) from None
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _explained_failures() -> Iterator[None]:
    """Turn a failing disk into one line: no step has a half-done state that a rerun does not finish."""
    try:
        yield
    except OSError as error:
        raise WarehouseError(
            f"publishing stopped ({error}): free the cause and publish again, it goes on where it stopped"
        ) from error
