"""The raw zone: immutable parts of JSON records, one partition per unit of work.

`raw/<source>/<partition>/part-<id>.jsonl.zst`. A part appears whole or not at all (on a disk it is written under a temporary name
and renamed), and it is never changed, with one exception: a filing that is taken down is removed from the parts that hold it,
which are replaced under the same name (`ingest.takedown`). The partitions:

| partition | what | sources |
|---|---|---|
| `index_date=2020-03-05` | an index day | daily_index, submission, index_change |
| `company=0001804583` | a company's history, on demand | company_submissions, company_filing, submission |
| `quarter=2020Q1` | a quarter's index against what is here | index_change, submission |
| `reference=tickers`, `=companies`, `=listings` | reference data | company_ticker, company_submissions, index_listing |
| `takedown=filings` | filings that were taken down | none: outcome rows only (`takedowns`) |

**What counts as landed.** Every batch of work writes its data parts (at most one of each source) and then, with the same name,
one part of `fetch_outcome`: the outcome rows of its requests. That second part is the commit: a data part without it is the
leftover of a killed run and is ignored by everything that reads. So what has landed is read from the parts themselves, and
no database can disagree with them.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date

import orjson
import zstandard

from edgar_pipeline.errors import StorageError
from edgar_pipeline.files import delete, exclusive, list_names, list_tree, read_pieces, write_atomically, written_at
from edgar_pipeline.object_store import Place
from edgar_pipeline.settings import Settings

OUTCOMES = "fetch_outcome"
SOURCES = (
    "daily_index",
    "submission",
    "company_ticker",
    "company_submissions",
    "company_filing",
    "index_listing",
    "index_change",
    OUTCOMES,
)
COMPRESSION_LEVEL = 3
#: Read from a part at once, compressed. Small, because a few kilobytes can decompress to many megabytes.
READ_BYTES = 8192

_PART = re.compile(r"[^/=]+=[^/]+/part-[^/]+\.jsonl\.zst")


@dataclass(frozen=True, order=True)
class Part:
    """A committed part. `name` is like `index_date=2020-03-05/part-….jsonl.zst`, `zone` is where raw lies."""

    source: str
    name: str
    zone: Place

    @property
    def partition(self) -> str:
        """Like `index_date=2020-03-05`."""
        return self.name.partition("/")[0]

    @property
    def key(self) -> str:
        """Its name wherever EDGAR_HOME lies: `submission/index_date=2020-03-05/part-….jsonl.zst`."""
        return f"{self.source}/{self.name}"

    @property
    def path(self) -> Place:
        """Where it is. Made when it is asked for: of a hundred thousand parts a build reads a few."""
        return self.zone / self.source / self.name


def day_partition(day: date) -> str:
    """The partition of an index day."""
    return f"index_date={day.isoformat()}"


def company_partition(cik: str) -> str:
    """The partition of a company's history."""
    return f"company={cik}"


def quarter_partition(quarter: str) -> str:
    """The partition of a quarter, `2020Q1`, that is reconciled."""
    return f"quarter={quarter}"


def reference_partition(name: str) -> str:
    """The partition of a kind of reference data: tickers, companies, listings."""
    return f"reference={name}"


def partition_lock(settings: Settings, partition: str) -> AbstractContextManager[None]:
    """Only one process at a time works on a partition; another waits, and then finds nothing left to do.

    The lock lies with the limiter in EDGAR_STATE_DIR: the raw zone may be a place that has no locks.
    """
    zone = hashlib.sha256(str(settings.raw_dir).encode()).hexdigest()[:16]
    return exclusive(settings.state_dir / f"landing-{zone}" / partition)


def land_batch(
    settings: Settings,
    partition: str,
    outcomes: list[dict],
    source: str | None = None,
    records: Iterable[dict] = (),
    also: Mapping[str, Iterable[dict]] | None = None,
) -> str:
    """Land a batch: the records of `source` (if any), then the outcome rows that commit them; return the part's id.

    `also` has the records of further sources, which the same outcome rows commit. The id is a hash of the outcome rows, so
    landing the same batch twice writes the same part.
    """
    lines = b"".join(_lines(outcomes))
    part_id = hashlib.sha256(lines).hexdigest()[:16]
    data = {source: records} if source is not None else {}
    for name, found in {**data, **(also or {})}.items():
        write_atomically(_path(settings, name, partition, part_id), _compress(_lines(found)))
    write_atomically(_path(settings, OUTCOMES, partition, part_id), _compress([lines]))
    return part_id


def committed_parts(settings: Settings, source: str, partition: str | None = None) -> list[Part]:
    """All landed parts of a source, or of one of its partitions, in a stable order."""
    commits = _names(settings, OUTCOMES, partition)
    return _parts(settings, source, partition, commits)


def all_committed_parts(settings: Settings) -> list[Part]:
    """Every landed part, of all sources alike, each listed once.

    Days may land while this looks around. The outcome parts, which commit the others, are listed first: what they commit is
    there in full, and what is committed later waits for the next look instead of being seen by halves.
    """
    commits = _names(settings, OUTCOMES)
    return [part for source in SOURCES for part in _parts(settings, source, None, commits)]


def committed_at(settings: Settings) -> dict[str, float]:
    """When each part was committed (seconds since 1970), by its partition and name: `index_date=2020-03-05/part-….jsonl.zst`."""
    return written_at(settings.raw_dir / OUTCOMES)


def _parts(settings: Settings, source: str, partition: str | None, commits: list[str]) -> list[Part]:
    committed = set(commits)
    names = commits if source == OUTCOMES else _names(settings, source, partition)
    zone = settings.raw_dir
    return [Part(source, name, zone) for name in names if name in committed]


def _names(settings: Settings, source: str, partition: str | None = None) -> list[str]:
    """The parts of a source, or of a partition, committed or not: `index_date=2020-03-05/part-….jsonl.zst`."""
    folder = settings.raw_dir / source
    below = (f"{partition}/{name}" for name in list_names(folder / partition)) if partition else list_tree(folder)
    return [name for name in below if _PART.fullmatch(name)]


def read_part(path: Place) -> Iterator[dict]:
    """The records of a part, decompressed and decoded as they are read; raise StorageError for a damaged part."""
    line: list[bytes] = []
    for chunk in _decompressed(path):
        end, *others = chunk.split(b"\n")
        line.append(end)
        for start in others:
            yield _record(b"".join(line), path)
            line = [start]
    if any(line):
        raise _damaged(path, "it does not end with a whole line")


def read_records(settings: Settings, source: str, partition: str) -> Iterator[dict]:
    """The records of all landed parts of a partition."""
    for part in committed_parts(settings, source, partition):
        yield from read_part(part.path)


def remove_records(settings: Settings, source: str, accession_number: str) -> int:
    """Remove a filing's records from every part of a source, whatever a killed run left included; return how many parts had any.

    The locks of the partitions that speak of it, or hold leftovers, are held. Outcome rows stay: they commit the part as before.
    """
    commits, count = set(_names(settings, OUTCOMES)), 0
    for name in _names(settings, source):
        path = settings.raw_dir / source / name
        # A part has no record without an outcome row beside it, and outcome parts are a thousandth of its size.
        if name in commits and not _mentions(settings.raw_dir / OUTCOMES / name, accession_number):
            continue
        if _mentions(path, accession_number):
            kept = (record for record in read_part(path) if record["accession_number"] != accession_number)
            write_atomically(path, _compress(_lines(kept)))
            count += 1
    return count


def partitions_with_leftovers(settings: Settings, source: str) -> set[str]:
    """Partitions in which a killed run left a part that it never committed or never finished, or in which one writes just now."""
    commits = set(_names(settings, OUTCOMES))
    return {name.partition("/")[0] for name in list_tree(settings.raw_dir / source) if name not in commits}


def remove_unfinished(settings: Settings, source: str, partition: str) -> None:
    """Remove what a killed run began to write in a partition. Its lock is held, so nobody is writing there."""
    folder = settings.raw_dir / source / partition
    for name in list_names(folder):
        if name.endswith(".tmp"):
            delete(folder / name)


def _mentions(path: Place, accession_number: str) -> bool:
    return any(row["accession_number"] == accession_number for row in read_part(path))


def _path(settings: Settings, source: str, partition: str, part_id: str) -> Place:
    return settings.raw_dir / source / partition / f"part-{part_id}.jsonl.zst"


def _lines(records: Iterable[dict]) -> Iterator[bytes]:
    return (orjson.dumps(record) + b"\n" for record in records)


def _compress(lines: Iterable[bytes]) -> Iterator[bytes]:
    # One frame with a checksum, so that a part which was cut or altered on the disk cannot pass for a smaller one.
    compressor = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL, write_checksum=True).compressobj()
    for line in lines:
        yield compressor.compress(line)
    yield compressor.flush()


def _decompressed(path: Place) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor().decompressobj()
    for chunk in read_pieces(path, READ_BYTES):
        try:
            yield decompressor.decompress(chunk)
        except zstandard.ZstdError as error:
            raise _damaged(path, str(error)) from error
    if not decompressor.eof:
        raise _damaged(path, "it is cut")


def _record(line: bytes, path: Place) -> dict:
    try:
        return orjson.loads(line)
    except ValueError as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Place, what: str) -> StorageError:
    return StorageError(
        f"{path} is damaged: {what}. Restore it, or delete it and its fetch_outcome part and run the day again."
    )
