"""Files that appear whole or not at all."""

import os
from pathlib import Path
from uuid import uuid4

FILE_MODE = 0o640
DIRECTORY_MODE = 0o750


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, force it to the disk, and give it its name.

    Killed at any point, the file is there whole or not there. Two writers of the same path both succeed; the last one
    stays. A failed write (no space, I/O error) raises OSError and leaves nothing behind.
    """
    make_directory(path.parent)
    temporary = path.parent / f".{path.name}.{uuid4().hex}.tmp"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def make_directory(path: Path) -> None:
    """Create a folder and its parents, not readable by strangers."""
    if not path.is_dir():
        make_directory(path.parent)
        path.mkdir(mode=DIRECTORY_MODE, exist_ok=True)


def sync_directory(path: Path) -> None:
    """Force a folder's entries (a new or renamed file) to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
