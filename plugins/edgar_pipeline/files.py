"""Files that appear whole or not at all, and bodies too large for memory.

A disk that refuses (full, read-only, broken) is an error of one line like any other: `StorageError`.
"""

import fcntl
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from edgar_pipeline.errors import StorageError

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
def storage(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into a StorageError that names the path and the next step."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{path}: {error.strerror or error}. Make room or mend the disk, then run the same command again."
        ) from error


def write_atomically(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file under a temporary name, force it to the disk, and give it its name.

    Killed at any point, the file is there whole or not there. Two writers of the same path both succeed; the last one
    stays. A failed write (no space, I/O error) raises StorageError and leaves nothing behind.
    """
    temporary = path.parent / f".{path.name}.{uuid4().hex}.tmp"
    with storage(path):
        make_directory(path.parent)
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
            try:
                for piece in [content] if isinstance(content, bytes) else content:
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
