"""The bytes as received, kept so that raw and warehouse can be rebuilt without a request.

`originals/<source>/<key>/<sha256>.zst` with a sidecar `<sha256>.json` that holds the request's outcome row. The body is
written first, the sidecar last: an original counts once its sidecar exists. So a run that was killed between a download
and the landing of its part continues without asking EDGAR again, and its record is the same as if it had not been killed.
Nothing is ever overwritten: other bytes for the same key (a correction, a redaction) lie beside the first.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import orjson
import zstandard

from edgar_pipeline.errors import Damaged
from edgar_pipeline.files import write_atomically
from edgar_pipeline.settings import Settings

COMPRESSION_LEVEL = 3


@dataclass(frozen=True)
class Original:
    """A kept body and the outcome row of the request that brought it."""

    path: Path
    outcome: dict

    def read(self) -> bytes:
        """The bytes as received; raise Damaged if they are no longer what was received."""
        try:
            body = zstandard.ZstdDecompressor().decompress(self.path.read_bytes())
        except zstandard.ZstdError as error:
            raise Damaged(f"{self.path}: cannot be decompressed ({error})") from error
        if hashlib.sha256(body).hexdigest() != self.outcome["sha256"]:
            raise Damaged(f"{self.path}: no longer has the sha256 with which it was received")
        return body


def keep_original(settings: Settings, source: str, key: str, body: bytes, outcome: dict) -> None:
    """Keep a received body under (source, key); `outcome` is the landed request's row, with its sha256."""
    folder = _folder(settings, source, key)
    compressor = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL, write_content_size=True)
    write_atomically(folder / f"{outcome['sha256']}.zst", compressor.compress(body))
    write_atomically(folder / f"{outcome['sha256']}.json", orjson.dumps(outcome))


def find_originals(settings: Settings, source: str, key: str) -> list[Original]:
    """The kept originals of (source, key), oldest request first."""
    folder = _folder(settings, source, key)
    found = [Original(path.with_suffix(".zst"), json.loads(path.read_bytes())) for path in folder.glob("*.json")]
    return sorted(found, key=lambda original: (original.outcome["requested_at"], original.outcome["sha256"]))


def set_aside(original: Original) -> None:
    """Take a damaged original out of use, keeping its bytes for whoever wants to know what happened."""
    original.path.with_suffix(".json").rename(original.path.with_suffix(".damaged"))


def _folder(settings: Settings, source: str, key: str) -> Path:
    # Accession numbers are spread over their first ten digits (who submitted): no folder gets millions of entries.
    return settings.originals_dir / source / key[:10] / key
