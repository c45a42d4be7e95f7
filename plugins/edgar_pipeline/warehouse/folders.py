"""The folders of a build: one at a time, whole or not at all, and no more of them than needed."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from edgar_pipeline.errors import InputError, WarehouseError
from edgar_pipeline.files import FILE_MODE, make_directory, sync_directory
from edgar_pipeline.quality.verdict import DATABASE_NAME
from edgar_pipeline.settings import Settings

#: Finished builds that stay, the newest included. A publication takes the database out of its build.
KEPT_BUILDS = 2

#: Room that a build takes whatever is new: logs, dbt's cache, what DuckDB puts aside while it sorts.
SPARE_BYTES = 64_000_000
# Names that begin with a dot are no build ids, so nobody takes these for a build.
_WORK = ".work"
_LOCK = ".lock"

# Linux: share the blocks of another file until one of them is written to (btrfs, XFS, bcachefs); <linux/fs.h>.
_FICLONE = 0x40049409
_COPY_BYTES = 1 << 30


@dataclass(frozen=True)
class WorkDirectory:
    """The folder of the running build. `lock` is the open lock file, which dbt's process must inherit."""

    path: Path
    lock: int


@contextmanager
def exclusive_work_directory(settings: Settings) -> Iterator[WorkDirectory]:
    """An empty folder for a build, under a lock that ends with the last process of the build, however it ends.

    Its path is the same for every build: dbt parses the project anew whenever the database's path changes. What an earlier,
    failed build left in it is deleted now, not when it failed, so that its logs can be read. Raises WarehouseError where
    another build is running, or the disk fails.
    """
    _require_plain_paths(settings)
    with _explained_failures(settings):
        make_directory(settings.build_dir)
        lock = os.open(settings.build_dir / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        try:
            _take(lock, settings)
            work = settings.build_dir / _WORK
            shutil.rmtree(work, ignore_errors=True)
            make_directory(work)
            _prune(settings, keep=KEPT_BUILDS - 1)
            yield WorkDirectory(work, lock)
        finally:
            os.close(lock)


def _take(lock: int, settings: Settings) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise WarehouseError(
            f"another build is running in {settings.build_dir}: wait for it, then build again"
        ) from None


def require_room(folder: Path, needed: int, what: str) -> None:
    """Raise WarehouseError, before anything is written, where a folder's disk has less room than `needed` bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise WarehouseError(
            f"{what} needs about {needed:,} bytes at {folder}, {free:,} are free: free some space, build again"
        )


def require_room_to_load(work: WorkDirectory, raw_bytes: int) -> None:
    """Raise WarehouseError where the tables of so many bytes of raw parts would not fit.

    Real parts of 3.3 MB, which zstd has compressed, made tables of 2.5 to 3.4 MB, which DuckDB has: about the same.
    """
    require_room(work.path, raw_bytes + SPARE_BYTES, "loading what has landed")


def copy_database(source: Path, target: Path) -> None:
    """Copy a database file, without moving data where the file system can share blocks (a 6.5 GB file: 14 s else).

    Raises WarehouseError where there is no room for it.
    """
    with source.open("rb") as read, target.open("xb") as write:
        os.fchmod(write.fileno(), FILE_MODE)
        if not _cloned(read.fileno(), write.fileno()):
            require_room(target.parent, source.stat().st_size + SPARE_BYTES, "a copy of the publication")
            _copy(read.fileno(), write.fileno())


def _cloned(source: int, target: int) -> bool:
    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def _copy(source: int, target: int) -> None:
    """Copy inside the kernel; through this process where the file systems do not allow that."""
    try:
        while os.copy_file_range(source, target, _COPY_BYTES):
            pass
    except (AttributeError, OSError) as error:
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise
        os.lseek(source, 0, os.SEEK_SET)
        os.ftruncate(target, 0)
        os.lseek(target, 0, os.SEEK_SET)
        with os.fdopen(os.dup(source), "rb") as read, os.fdopen(os.dup(target), "wb") as write:
            shutil.copyfileobj(read, write, 1 << 24)


def finish(settings: Settings, work: WorkDirectory, build_id: str) -> Path:
    """Give the folder of a successful build its name, in one step; return it."""
    for name in ("scratch.duckdb", "scratch.duckdb.wal"):
        (work.path / name).unlink(missing_ok=True)
    for name in ("temp", "raw"):
        shutil.rmtree(work.path / name, ignore_errors=True)
    os.chmod(work.path / DATABASE_NAME, FILE_MODE)
    target = settings.build_dir / build_id
    os.rename(work.path, target)
    sync_directory(settings.build_dir)
    return target


def _prune(settings: Settings, keep: int) -> None:
    """Delete the oldest finished builds beyond `keep`; ids begin with the time, so names sort by age."""
    builds = sorted(path for path in settings.build_dir.iterdir() if path.is_dir() and not path.name.startswith("."))
    for path in builds[: len(builds) - keep]:
        shutil.rmtree(path, ignore_errors=True)


def _require_plain_paths(settings: Settings) -> None:
    """DuckDB expands these characters in the names of raw parts, and of their copies."""
    for key, home in (("EDGAR_HOME", settings.home), ("EDGAR_WAREHOUSE_HOME", settings.warehouse_home)):
        if any(character in str(home) for character in "*?[]$"):
            raise InputError(f"{key} {str(home)!r} contains one of * ? [ ] $: choose a folder without them")


@contextmanager
def _explained_failures(settings: Settings) -> Iterator[None]:
    try:
        yield
    except (OSError, duckdb.Error) as error:
        reason = str(error).strip().splitlines()[0]
        raise WarehouseError(
            f"the build in {settings.build_dir} stopped ({reason}): free the cause, build again"
        ) from error
