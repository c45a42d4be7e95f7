"""The raw parts of a build, and how much memory their longest record takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard

#: DuckDB's own default for the longest JSON record; smaller values would win nothing.
SHORTEST_LIMIT = 16 * 1024 * 1024
#: Parts up to this size, decompressed, are not searched for their longest record: their size is limit enough.
SEARCHED_FROM = 64 * 1024 * 1024


@dataclass(frozen=True)
class PartToLoad:
    """A part that dbt reads. `path` is relative to EDGAR_HOME, `file` absolute; `is_new`: its base has not loaded it."""

    source: str
    path: str
    is_new: bool
    file: Path


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
