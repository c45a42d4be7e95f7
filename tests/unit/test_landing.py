"""The raw zone: parts that are whole or not there, and count only with their outcome rows."""

import hashlib
from datetime import date
from pathlib import Path

import orjson
import pytest
import zstandard
from edgar_pipeline.errors import StorageError
from edgar_pipeline.landing import OUTCOMES, committed_parts, day_partition, land_batch, read_part, read_records

DAY = "index_date=2020-03-05"
RECORDS = [{"n": number, "text": "é " * number} for number in range(100)]
ROWS = [{"url": "u", "attempt": number} for number in range(3)]


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_day_is_a_partition():
    assert day_partition(date(2020, 3, 5)) == DAY


def test_a_batch_lands_as_a_part_and_its_commit(settings):
    part_id = land_batch(settings, DAY, ROWS, "submission", iter(RECORDS))
    names = [f"{source}/{DAY}/part-{part_id}.jsonl.zst" for source in (OUTCOMES, "submission")]
    assert list(files_below(settings.raw_dir)) == names
    (part,) = committed_parts(settings, "submission")
    assert (part.source, part.partition, part.path) == ("submission", DAY, settings.raw_dir / names[1])
    assert list(read_part(part.path)) == RECORDS
    assert list(read_records(settings, OUTCOMES, DAY)) == ROWS


def test_landing_the_same_batch_twice_changes_no_byte(settings):
    land_batch(settings, DAY, ROWS, "submission", RECORDS)
    before = files_below(settings.raw_dir)
    land_batch(settings, DAY, ROWS, "submission", RECORDS)
    assert files_below(settings.raw_dir) == before


def test_outcomes_alone_are_a_batch(settings):
    land_batch(settings, DAY, ROWS)
    assert committed_parts(settings, "submission") == []
    assert [part.partition for part in committed_parts(settings, OUTCOMES)] == [DAY]


def test_a_part_without_its_commit_is_ignored(settings):
    # GIVEN two landed parts WHEN the commit of one is taken away, as if the run had been killed before it
    first = land_batch(settings, DAY, ROWS[:1], "submission", RECORDS[:1])
    second = land_batch(settings, DAY, ROWS[1:], "submission", RECORDS[1:])
    (settings.raw_dir / OUTCOMES / DAY / f"part-{first}.jsonl.zst").unlink()
    # THEN only the other one counts
    assert [part.path.name for part in committed_parts(settings, "submission")] == [f"part-{second}.jsonl.zst"]
    assert list(read_records(settings, "submission", DAY)) == RECORDS[1:]


def test_leftovers_of_a_killed_run_are_ignored(settings):
    part_id = land_batch(settings, DAY, ROWS, "submission", RECORDS)
    folder = settings.raw_dir / "submission" / DAY
    (folder / f".part-{part_id}.jsonl.zst.0123.tmp").write_bytes(b"half")
    assert len(committed_parts(settings, "submission")) == 1


def test_partitions_come_in_order_and_one_can_be_asked_for(settings):
    for day in ("index_date=2020-03-06", "index_date=2020-03-04", DAY):
        land_batch(settings, day, [{"day": day}], "submission", [{"day": day}])
    assert [part.partition[-1] for part in committed_parts(settings, "submission")] == ["4", "5", "6"]
    assert [part.partition for part in committed_parts(settings, "submission", DAY)] == [DAY]
    assert committed_parts(settings, "submission", "index_date=1999-01-01") == []


@pytest.mark.parametrize("damage", ["cut", "cut at a line", "flipped", "empty", "not JSON", "no last line end"])
def test_a_damaged_part_is_an_error_and_never_a_smaller_one(settings, damage):
    part_id = land_batch(settings, DAY, ROWS, "submission", RECORDS)
    path = settings.raw_dir / "submission" / DAY / f"part-{part_id}.jsonl.zst"
    content = path.read_bytes()
    lines = b"".join(orjson.dumps(record) + b"\n" for record in RECORDS)
    path.write_bytes(
        {
            "cut": content[:-20],
            # What is left decompresses to whole lines.
            "cut at a line": _unfinished(lines),
            "flipped": content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
            "empty": b"",
            "not JSON": zstandard.compress(lines + b"{\n"),
            "no last line end": zstandard.compress(lines[:-1]),
        }[damage]
    )
    with pytest.raises(StorageError) as caught:
        list(read_part(path))
    assert str(caught.value).startswith(f"{path} is damaged: ")
    assert str(caught.value).endswith("Restore it, or delete it and its fetch_outcome part and run the day again.")


def test_no_flipped_bit_of_a_part_changes_a_record(settings):
    # GIVEN a part of digits, which stay digits when a bit of them flips
    records = [{"number": hashlib.sha256(b"%d" % n).hexdigest()} for n in range(4)]
    part_id = land_batch(settings, DAY, ROWS, "submission", records)
    path = settings.raw_dir / "submission" / DAY / f"part-{part_id}.jsonl.zst"
    content = path.read_bytes()
    for position in range(len(content)):
        path.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        # THEN it is noticed, or it does not matter
        try:
            assert list(read_part(path)) == records
        except StorageError:
            continue


def _unfinished(content: bytes) -> bytes:
    compressor = zstandard.ZstdCompressor().compressobj()
    return compressor.compress(content) + compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


def test_a_long_line_is_read_in_linear_time(settings):
    # GIVEN one record of 64 MB, which a reader that joins and splits what it has would copy thousands of times
    record = {"text": "word " * 12_800_000}
    part_id = land_batch(settings, DAY, ROWS, "submission", [record, RECORDS[0]])
    path = settings.raw_dir / "submission" / DAY / f"part-{part_id}.jsonl.zst"
    assert list(read_part(path)) == [record, RECORDS[0]]
