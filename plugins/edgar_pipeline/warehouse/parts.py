"""The raw parts of a build: as files that dbt can read, and how much memory their longest record takes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import zstandard

from edgar_pipeline import object_store
from edgar_pipeline.files import make_directory, storage
from edgar_pipeline.object_store import Place
from edgar_pipeline.settings import Settings

#: DuckDB's own default for the longest JSON record; smaller values would win nothing.
SHORTEST_LIMIT = 16 * 1024 * 1024
#: Parts up to this size, decompressed, are not searched for their longest record: their size is limit enough.
SEARCHED_FROM = 64 * 1024 * 1024


@dataclass(frozen=True)
class PartToLoad:
    """A part that dbt reads. `path` is relative to EDGAR_HOME, `file` where it is; `is_new`: its base has not loaded it."""

    source: str
    path: str
    is_new: bool
    file: Place


def raw_home(settings: Settings, work: Path) -> Path:
    """The folder below which dbt finds the raw parts: EDGAR_HOME, or the work directory where that is no folder."""
    return settings.home if isinstance(settings.home, Path) else work


def on_disk(settings: Settings, work: Path, parts: list[PartToLoad]) -> list[PartToLoad]:
    """The parts as files of this machine; those of an object store are copied into the work directory, under the same names.

    So DuckDB needs neither an extension nor credentials. The copies go with the work directory, or when the build is finished.
    """
    if isinstance(settings.home, Path):
        return parts
    copies = [replace(part, file=work / part.path) for part in parts]
    for folder in sorted({part.file.parent for part in copies}):
        make_directory(folder)
    with storage(settings.raw_dir):
        object_store.download_all([(part.file, copy.file) for part, copy in zip(parts, copies, strict=True)])
    return copies


def longest_record(parts: Iterable[PartToLoad]) -> int:
    """A size in bytes that no record of the parts exceeds, and at least DuckDB's default.

    DuckDB refuses a longer record than it is told (16 MiB unless told otherwise) and reserves twice as much for each thread,
    so the limit is measured and not guessed: 1 GiB "to be safe" would reserve 4 GiB.
    """
    return max([SHORTEST_LIMIT, *(_longest_record(part.file) + 1 for part in parts)])


def _longest_record(path: Path) -> int:
    """An upper bound for a part: its decompressed size, or for a large part the length of its longest line."""
    with path.open("rb") as file:
        size = zstandard.frame_content_size(file.read(64))
        if 0 <= size <= SEARCHED_FROM:
            return size
        file.seek(0)
        return _longest_line(file)


def _longest_line(file: BinaryIO) -> int:
    longest = current = 0
    with zstandard.ZstdDecompressor().stream_reader(file) as stream:
        while chunk := stream.read(1 << 20):
            first, *middle = chunk.split(b"\n")
            current += len(first)
            for line in middle:
                longest = max(longest, current)
                current = len(line)
    return max(longest, current)
