"""A strict decoder for HTTP bodies: whole or an error, and never a bomb."""

import zlib
from collections.abc import Iterable, Iterator

from edgar_pipeline.errors import Damaged, Oversized

#: A body that grows by more than this is a bomb. Ordinary filings compress 5 to 30 times.
MAXIMUM_RATIO = 200
#: Below this many decoded bytes the ratio says nothing: a small table of blanks compresses extremely well.
RATIO_COUNTS_FROM = 16_000_000
_PIECE = 1_000_000


def decoded(chunks: Iterable[bytes], encoding: str, maximum_bytes: int, name: str) -> Iterator[bytes]:
    """Decode `identity` or `gzip` chunks as they come.

    Reads every member of a gzip body (httpx stops after the first) and requires the last one's end (httpx does not).
    Raises Damaged for a cut or corrupt stream or another encoding, Oversized for more than `maximum_bytes` or a bomb;
    `name` goes into the message.
    """
    encoding = encoding.strip().lower()
    chunks = _limited(chunks, maximum_bytes + _PIECE, name)  # empty gzip members could come for ever
    if encoding in ("", "identity"):
        pieces = chunks
    elif encoding == "gzip":
        pieces = _gunzip(chunks, name)
    else:
        raise Damaged(f"{name}: content encoding {encoding[:40]!r} was not asked for")
    return _limited(pieces, maximum_bytes, name)


def _limited(pieces: Iterable[bytes], maximum_bytes: int, name: str) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > maximum_bytes:
            raise too_large(name, maximum_bytes)
        yield piece


def too_large(name: str, maximum_bytes: int) -> Oversized:
    """The error for a body that is, or declares itself, over the limit."""
    return Oversized(f"{name}: larger than the limit of {maximum_bytes / 1e6:g} MB")


def _gunzip(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    member, received, produced = None, 0, 0
    for chunk in chunks:
        received += len(chunk)
        data = chunk
        while data:
            if member is None or member.eof:
                member = zlib.decompressobj(31)
            # A full piece may have more behind it inside the decoder, with or without input left over.
            more = True
            while more:
                try:
                    piece = member.decompress(data, _PIECE)
                except zlib.error as error:
                    raise Damaged(f"{name}: corrupt gzip body ({error})") from error
                produced += len(piece)
                if produced > RATIO_COUNTS_FROM and produced > received * MAXIMUM_RATIO:
                    raise Oversized(
                        f"{name}: {received} bytes decode to over {produced}: refused as a decompression bomb"
                    )
                if piece:
                    yield piece
                data = member.unconsumed_tail
                more = len(piece) == _PIECE and not member.eof
            data = member.unused_data if member.eof else b""
    if member is None or not member.eof:
        raise Damaged(f"{name}: the gzip body ends before its end mark")
