"""Files that appear whole or not at all, on a disk or in an object store, and bodies too large for memory.

A disk that refuses (full, read-only, broken) is an error of one line like any other: `StorageError`. So is an object store that
refuses or does not answer. A place is a `pathlib.Path`, or a `upath.UPath` for what `object_store` does.
"""

import errno
import fcntl
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from edgar_pipeline import object_store
from edgar_pipeline.errors import StorageError
from edgar_pipeline.object_store import Place

FILE_MODE = 0o640
DIRECTORY_MODE = 0o750
#: The same two modes, for files that others write for us (dbt, DuckDB, Great Expectations).
PRIVATE_UMASK = 0o027
#: Reports of a kind that are kept, the newest included.
KEPT_REPORTS = 30
#: Bodies up to this size stay in memory, larger ones go to a temporary file.
IN_MEMORY_BYTES = 32_000_000
PIECE_BYTES = 1 << 20


@contextmanager
def storage(path: Place) -> Iterator[None]:
    """Turn a failure of the disk or of the object store into a StorageError that names the path and the next step."""
    try:
        yield
    except _failures_of(path) as error:
        what, remedy = _explained(path, error)
        raise StorageError(f"{path}: {what}. {remedy}.") from error


def _failures_of(path: Place) -> tuple[type[Exception], ...]:
    return (OSError,) if isinstance(path, Path) else object_store.failures()


def _explained(path: Place, error: Exception) -> tuple[object, str]:
    """What went wrong, and what to do about it. A full disk is one also where it was to take objects."""
    if isinstance(path, Path) or getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        strerror = getattr(error, "strerror", None)
        return strerror or error, "Make room or mend the disk, then run the same command again"
    return object_store.explain(error)


def write_atomically(path: Place, content: bytes | Iterable[bytes]) -> None:
    """Write a file so that it is there whole or not there, wherever the process is killed.

    Two writers of the same path both succeed; the last one stays. A failed write (no space, I/O error, access denied) raises
    StorageError and leaves nothing behind.
    """
    pieces = [content] if isinstance(content, bytes) else content
    with storage(path):
        if isinstance(path, Path):
            _write_and_rename(path, pieces)
        else:
            object_store.upload(path, pieces)


def _write_and_rename(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file under a temporary name, force it to the disk, and give it its name."""
    temporary = path.parent / f".{path.name}.{uuid4().hex}.tmp"
    make_directory(path.parent)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        try:
            for piece in pieces:
                _write(descriptor, piece)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def read_pieces(path: Place, size: int = PIECE_BYTES) -> Iterator[bytes]:
    """The content of a file in pieces of at most `size` bytes."""
    with storage(path):
        if isinstance(path, Path):
            with path.open("rb") as file:
                while piece := file.read(size):
                    yield piece
        else:
            yield from object_store.download(path, size)


def list_names(folder: Place) -> list[str]:
    """The names directly below a folder, of files and of folders, in order; none where there is no such folder."""
    with storage(folder):
        if not isinstance(folder, Path):
            return object_store.list_names(folder)
        try:
            return sorted(os.listdir(folder))
        except FileNotFoundError:
            return []


def list_tree(folder: Place) -> list[str]:
    """The names of all files below a folder, relative to it (`a/b.zst`), in order."""
    with storage(folder):
        if not isinstance(folder, Path):
            return list(object_store.list_tree(folder))
        start = len(str(folder)) + 1
        tree = os.walk(folder, onerror=_raise)
        return sorted(f"{top}/{name}"[start:] for top, _, names in tree for name in names)


def written_at(folder: Place) -> dict[str, float]:
    """The same with the time (seconds since 1970, by the clock of the place) when each was written."""
    with storage(folder):
        if not isinstance(folder, Path):
            return object_store.list_tree(folder)
        return {name: os.stat(folder / name).st_mtime for name in list_tree(folder)}


def _raise(error: OSError) -> None:
    """Of a folder that cannot be read nothing is known; one that is not there has nothing in it."""
    if not isinstance(error, FileNotFoundError):
        raise error


def move(path: Place, target: Place) -> None:
    """Give a file another name in its folder."""
    with storage(path):
        if isinstance(path, Path):
            path.replace(target)
            sync_directory(path.parent)
        else:
            object_store.move(path, target)


def delete(path: Place) -> None:
    """Delete a file; nothing happens where there is none."""
    with storage(path):
        if isinstance(path, Path):
            path.unlink(missing_ok=True)
            sync_directory(path.parent)
        else:
            object_store.delete(path)


def _write(descriptor: int, content: bytes) -> None:
    # A write to a nearly full disk may be a short one; only the next one says why.
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def make_directory(path: Path) -> None:
    """Create a folder and its parents, not readable by strangers, and force their entries to the disk."""
    if not path.is_dir():
        make_directory(path.parent)
        path.mkdir(mode=DIRECTORY_MODE, exist_ok=True)
        sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Force a folder's entries (a new or renamed file) to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def private_files() -> Iterator[None]:
    """Whatever the block writes, by whichever library, is nobody's business but the group's. Also a decorator.

    The umask is one for the whole process, so this is for work that has the process to itself: a build, a validation.
    """
    before = os.umask(PRIVATE_UMASK)
    try:
        yield
    finally:
        os.umask(before)


def keep_newest(folder: Path, keep: int) -> None:
    """Remove the oldest folders of a folder; they are named by ids that begin with the time, so names sort by age."""
    folders = sorted(path for path in folder.iterdir() if path.is_dir())
    for path in folders[:-keep]:
        shutil.rmtree(path)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock of this file: another process that wants it waits. A process that ends, however it ends, gives it up."""
    with storage(path):
        make_directory(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def spool(chunks: Iterable[bytes], folder: Path) -> bytes | mmap.mmap:
    """Collect chunks: as bytes, or past IN_MEMORY_BYTES as a read-only map of a nameless file in `folder`.

    Not in the system's temporary folder, which is often itself in memory. Nothing stays behind, whatever happens.
    """
    held = bytearray()
    chunks = iter(chunks)
    for chunk in chunks:
        held += chunk
        if len(held) > IN_MEMORY_BYTES:
            return _spool_to_disk(held, chunks, folder)
    return bytes(held)


def _spool_to_disk(held: bytearray, chunks: Iterator[bytes], folder: Path) -> mmap.mmap:
    with storage(folder):
        make_directory(folder)
        file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed below, outside of this error's wording
    with file:
        with storage(folder):
            _write(file.fileno(), held)
        held.clear()
        for chunk in chunks:  # their own errors (a reset connection is an OSError too) are none of the disk's
            with storage(folder):
                _write(file.fileno(), chunk)
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def pieces(body: bytes | mmap.mmap) -> Iterator[bytes]:
    """The body in pieces of a megabyte; the pages of a map are given back as soon as they have been read."""
    for start in range(0, len(body), PIECE_BYTES):
        yield body[start : start + PIECE_BYTES]
        release(body, start, start + PIECE_BYTES)


def release(body: bytes | mmap.mmap, start: int, end: int) -> None:
    """Let the system forget the pages of a mapped body between two positions: it can read them again.

    Without this a scan of a gigabyte makes the whole gigabyte resident. A body in memory stays as it is.
    """
    if isinstance(body, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        first = start - start % mmap.PAGESIZE
        body.madvise(mmap.MADV_DONTNEED, first, min(end, len(body)) - first)
