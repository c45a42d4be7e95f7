"""The bytes as received, kept so that raw and warehouse can be rebuilt without a request.

`originals/<source>/<key>/<sha256>.zst` with a sidecar `<sha256>.json` that holds the outcome rows of the request and of
the tries before it. The body is written first, the sidecar last: an original counts once its sidecar exists. So a run
that was killed between a download and the landing of its part continues without asking EDGAR again, and its record is the
same as if it had not been killed. Nothing is ever overwritten: other bytes for the same key (a correction, a redaction) lie
beside the first, and the same bytes received again change nothing. A sidecar with the key `taken_down` says why its body is no
longer there; what it describes is no original any more.
"""

import hashlib
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import zstandard

from edgar_pipeline.errors import Damaged, StorageError
from edgar_pipeline.files import delete, list_names, list_tree, move, pieces, read_pieces, spool, write_atomically
from edgar_pipeline.object_store import Place
from edgar_pipeline.settings import Settings

COMPRESSION_LEVEL = 3
#: Read at once, compressed; see `landing.READ_BYTES`.
READ_BYTES = 8192


@dataclass(frozen=True)
class Original:
    """A kept body and the outcome rows of the requests that brought it, the successful one last.

    A large body is read into a nameless file in `spool_dir`.
    """

    path: Place
    outcomes: list[dict]
    spool_dir: Path

    @property
    def outcome(self) -> dict:
        """The row of the request that brought the body."""
        return self.outcomes[-1]

    @property
    def sha256(self) -> str:
        """The hash under which the body is kept."""
        return self.path.stem

    def read(self) -> bytes | mmap.mmap:
        """The bytes as received (a large body as a map of a file); Damaged if they are no longer what was received."""
        digest = hashlib.sha256()
        body = spool(_hashed(self._decompressed(), digest), self.spool_dir)
        if digest.hexdigest() != self.sha256:
            raise Damaged(f"{self.path}: no longer has the sha256 with which it was received")
        return body

    def _decompressed(self) -> Iterator[bytes]:
        decompressor = zstandard.ZstdDecompressor().decompressobj()
        try:
            for chunk in read_pieces(self.path, READ_BYTES):
                yield decompressor.decompress(chunk)
        except zstandard.ZstdError as error:
            raise Damaged(f"{self.path}: cannot be decompressed ({error})") from error
        except StorageError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise
            raise Damaged(f"{self.path}: is gone, although its sidecar is there") from error


def keep_original(settings: Settings, source: str, key: str, body: bytes | mmap.mmap, outcomes: list[dict]) -> None:
    """Keep a received body under (source, key); `outcomes` are the rows of its requests, the landed one last."""
    sha256 = outcomes[-1]["sha256"]
    folder = _folder(settings, source, key)
    body_name, sidecar_name = f"{sha256}.zst", f"{sha256}.json"
    if {body_name, sidecar_name} <= set(list_names(folder)):
        return
    write_atomically(folder / body_name, _compressed(body))
    write_atomically(folder / sidecar_name, orjson.dumps({"outcomes": outcomes}))


def find_originals(settings: Settings, source: str, key: str) -> list[Original]:
    """The kept originals of (source, key), oldest request first. One whose sidecar is damaged is set aside."""
    found = []
    folder = _folder(settings, source, key)
    for name in _sidecars(folder):
        rows, taken_down = _read(folder / name)
        if taken_down:
            continue
        sha256 = name.removesuffix(".json")
        original = Original(folder / f"{sha256}.zst", rows, settings.spool_dir)
        if original.outcomes:
            found.append(original)
        else:
            set_aside(original)
    return sorted(found, key=lambda original: (original.outcome["requested_at"], original.sha256))


def kept_keys(settings: Settings, source: str) -> list[str]:
    """Everything of a source of which an original is kept, in order."""
    return sorted({name.split("/")[1] for name in list_tree(settings.originals_dir / source)})


def has_originals(settings: Settings, source: str, key: str) -> bool:
    """Whether anything was ever kept under (source, key), even if it was taken down since."""
    return any(".json" in name for name in list_names(_folder(settings, source, key)))


def why_taken_down(settings: Settings, source: str, key: str) -> str | None:
    """Why the originals of (source, key), or one of them, were taken down; None if none was."""
    folder = _folder(settings, source, key)
    reasons = (_read(folder / name)[1] for name in _sidecars(folder))
    return next((reason for reason in reasons if reason), None)


def take_down_originals(settings: Settings, source: str, key: str, reason: str) -> tuple[int, list[dict]]:
    """Delete every body of (source, key), damaged and half written ones too; return how many, and the rows that brought them.

    The sidecars stay, marked before their bodies go: a body whose sidecar does not say so would count as damaged.
    """
    folder, found = _folder(settings, source, key), []
    there = list_names(folder)
    for name in _sidecars(folder):
        rows, taken_down = _read(folder / name)
        found += rows[-1:]
        if rows and (not taken_down or f"{name.removesuffix('.json')}.zst" in there):
            write_atomically(folder / name, orjson.dumps({"outcomes": rows, "taken_down": reason}))
    bodies = [name for name in there if not name.endswith((".json", ".json.damaged"))]
    for name in bodies:
        delete(folder / name)
    return sum(not name.endswith(".tmp") for name in bodies), found


def _sidecars(folder: Place) -> list[str]:
    return [name for name in list_names(folder) if name.endswith(".json")]


def set_aside(original: Original) -> None:
    """Take a damaged original out of use, keeping its bytes for whoever wants to know what happened."""
    folder = original.path.parent
    there = list_names(folder)
    # The sidecar first: without it the body does not count any more, wherever a kill comes.
    for name in (f"{original.sha256}.json", original.path.name):
        if name in there:
            move(folder / name, folder / f"{name}.damaged")


def _read(sidecar: Place) -> tuple[list[dict], str | None]:
    """The outcome rows of a sidecar, none where it does not describe the body that it is named after; why it was taken down."""
    text = b"".join(read_pieces(sidecar))
    try:
        content = orjson.loads(text)
        rows = content["outcomes"]
        is_sound = rows[-1]["sha256"] == sidecar.stem and rows[-1]["requested_at"]
        return (rows, content.get("taken_down")) if is_sound else ([], None)
    except (ValueError, LookupError, TypeError, AttributeError):
        return [], None


def _compressed(body: bytes | mmap.mmap) -> Iterator[bytes]:
    compressor = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL).compressobj(size=len(body))
    for piece in pieces(body):
        yield compressor.compress(piece)
    yield compressor.flush()


def _hashed(chunks: Iterator[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _folder(settings: Settings, source: str, key: str) -> Place:
    # Accession numbers are spread over their first ten digits (who submitted): no folder gets millions of entries.
    return settings.originals_dir / source / key[:10] / key
