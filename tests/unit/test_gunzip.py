"""The strict decoder: whole or an error, and never a bomb."""

import gzip
import zlib
from itertools import pairwise

import pytest
from edgar_pipeline.errors import Damaged, Oversized
from edgar_pipeline.gunzip import decoded
from hypothesis import given
from hypothesis import strategies as st

TEXT = b"".join(b"line %d of a filing\n" % number for number in range(5000))
URL = "https://example/x"


def decode(*chunks: bytes, encoding: str = "gzip", maximum: int = 100_000_000) -> bytes:
    return b"".join(decoded(chunks, encoding, maximum, URL))


def split(content: bytes, *positions: int) -> list[bytes]:
    edges = [0, *sorted(positions), len(content)]
    return [content[start:end] for start, end in pairwise(edges)]


@given(st.lists(st.integers(0, len(gzip.compress(TEXT, mtime=0))), max_size=6))
def test_wherever_the_stream_is_split_the_text_is_the_same(positions):
    assert decode(*split(gzip.compress(TEXT, mtime=0), *positions)) == TEXT


def test_identity_passes_unchanged():
    assert decode(TEXT[:10], TEXT[10:], encoding="identity") == TEXT
    assert decode(TEXT, encoding="") == TEXT


@given(st.integers(0, len(TEXT)), st.integers(0, 60))
def test_all_members_are_read(split_at, cut_at):
    # GIVEN two members, of which httpx reads the first only, arriving in chunks that do not respect their border
    body = gzip.compress(TEXT[:split_at], mtime=0) + gzip.compress(TEXT[split_at:], mtime=0)
    border = len(gzip.compress(TEXT[:split_at], mtime=0))
    chunks = split(body, min(border, cut_at), border, min(border + cut_at, len(body)))
    # WHEN they are decoded THEN it is the whole text
    assert decode(*chunks) == TEXT


@given(st.integers(0, len(gzip.compress(TEXT, mtime=0)) - 1))
def test_every_cut_is_noticed(keep):
    # GIVEN a gzip body cut anywhere, which httpx takes for a complete one
    cut = gzip.compress(TEXT, mtime=0)[:keep]
    with pytest.raises(Damaged, match=r"^https://example/x: the gzip body ends before its end mark$"):
        decode(cut)


def test_a_cut_in_the_second_member_is_noticed():
    body = gzip.compress(TEXT, mtime=0)
    for keep in (len(body) + 1, len(body) + 20, 2 * len(body) - 1):
        with pytest.raises(Damaged, match="ends before its end mark"):
            decode((body + body)[:keep])


@pytest.mark.parametrize("position", [0, 1, 30, -5, -1])
def test_a_flipped_byte_is_noticed(position):
    body = bytearray(gzip.compress(TEXT, mtime=0))
    body[position] ^= 0xFF
    with pytest.raises(Damaged, match=r"corrupt gzip body|ends before its end mark"):
        decode(bytes(body))


def test_rubbish_after_the_end_is_noticed():
    with pytest.raises(Damaged, match="corrupt gzip body"):
        decode(gzip.compress(TEXT) + b"<html>")


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "x" * 9000])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding):
    with pytest.raises(Damaged, match="was not asked for") as caught:
        decode(gzip.compress(TEXT), encoding=encoding)
    assert len(str(caught.value)) < 200


def test_the_limit_counts_decoded_bytes():
    body = gzip.compress(TEXT)
    assert decode(body, maximum=len(TEXT)) == TEXT
    with pytest.raises(Oversized, match=r"larger than the limit of 0\.1 MB"):
        decode(body, maximum=100_000)
    with pytest.raises(Oversized, match="larger than the limit"):
        decode(TEXT, encoding="identity", maximum=len(TEXT) - 1)


def test_a_bomb_is_refused_long_before_it_is_unpacked():
    # GIVEN 300 MB of zeros in 300 kB
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(compressor.compress(bytes(1_000_000)) for _ in range(300)) + compressor.flush()
    assert len(bomb) < 310_000
    produced, largest = 0, 0
    # WHEN it is decoded
    with pytest.raises(Oversized, match="refused as a decompression bomb"):
        for piece in decoded([bomb], "gzip", 2_000_000_000, URL):
            produced, largest = produced + len(piece), max(largest, len(piece))
    # THEN it ends at 200 times its size, and never had more than a megabyte in hand
    assert produced <= 200 * len(bomb) + 1_000_000
    assert largest <= 1_000_000


def test_a_nested_gzip_is_unpacked_once():
    assert decode(gzip.compress(gzip.compress(TEXT, mtime=0))) == gzip.compress(TEXT, mtime=0)


def test_empty_members_without_end_are_refused():
    # GIVEN a body of empty members, which decodes to nothing however long it goes on
    empty = gzip.compress(b"", mtime=0)
    endless = (empty * 1000 for _ in range(10_000))
    with pytest.raises(Oversized, match="larger than the limit"):
        decode(*endless, maximum=1_000_000)
