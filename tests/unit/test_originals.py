"""Originals: kept once, found in order, and never believed when they changed."""

import hashlib
import json
import os
import stat

import pytest
from edgar_pipeline import files
from edgar_pipeline.errors import Damaged
from edgar_pipeline.originals import find_originals, keep_original, set_aside

KEY = "0000900001-24-000001"


def rows(body: bytes, requested_at: str = "2026-01-02T23:00:00.000000Z", **more: object) -> list[dict]:
    """A failed try and the one that brought the body."""
    failed = {"attempt": 1, "outcome": "unavailable", "sha256": None, "requested_at": "2026-01-02T22:59:00.000000Z"}
    sha256 = hashlib.sha256(body).hexdigest()
    return [failed, {"attempt": 2, "outcome": "landed", "sha256": sha256, "requested_at": requested_at, **more}]


def tree(settings) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in settings.originals_dir.rglob("*") if p.is_file()}


def test_what_is_kept_is_found_with_all_its_rows(settings):
    keep_original(settings, "submission", KEY, b"the body", rows(b"the body"))
    (original,) = find_originals(settings, "submission", KEY)
    assert (original.read(), original.outcomes, original.outcome) == (
        b"the body",
        rows(b"the body"),
        rows(b"the body")[-1],
    )
    assert original.path == settings.originals_dir / "submission" / KEY[:10] / KEY / f"{original.sha256}.zst"
    assert stat.S_IMODE(original.path.stat().st_mode) & 0o007 == 0


def test_nothing_is_kept_of_what_was_never_received(settings):
    assert find_originals(settings, "submission", KEY) == []


def test_other_bytes_lie_beside_the_first_and_the_same_bytes_change_nothing(settings):
    # GIVEN a submission, and a redacted version of it a day later
    keep_original(settings, "submission", KEY, b"with a name", rows(b"with a name"))
    keep_original(settings, "submission", KEY, b"redacted", rows(b"redacted", "2026-01-03T23:00:00.000000Z"))
    before = tree(settings)
    # WHEN the first is received once more THEN nothing changes, and both are there, the oldest first
    keep_original(settings, "submission", KEY, b"with a name", rows(b"with a name", "2026-01-04T23:00:00.000000Z"))
    assert tree(settings) == before
    assert [original.read() for original in find_originals(settings, "submission", KEY)] == [
        b"with a name",
        b"redacted",
    ]


def test_a_body_without_its_sidecar_does_not_count(settings):
    keep_original(settings, "submission", KEY, b"the body", rows(b"the body"))
    next(settings.originals_dir.rglob("*.json")).unlink()
    assert find_originals(settings, "submission", KEY) == []


@pytest.mark.parametrize("damage", ["one byte", "cut", "empty", "gone", "another body"])
def test_case_53_an_original_that_changed_on_the_disk_is_refused_and_kept_aside(settings, damage):
    # GIVEN an original of which a byte was changed by hand
    body = os.urandom(1000)
    keep_original(settings, "submission", KEY, body, rows(body))
    (original,) = find_originals(settings, "submission", KEY)
    content = original.path.read_bytes()
    if damage == "gone":
        original.path.unlink()
    else:
        other = {"one byte": content[:50] + bytes([content[50] ^ 1]) + content[51:], "cut": content[:-1], "empty": b""}
        keep_original(settings, "submission", "x", b"other", rows(b"other"))
        (another,) = find_originals(settings, "submission", "x")
        original.path.write_bytes(other.get(damage, another.path.read_bytes()))
    # WHEN it is read THEN it is refused by its hash
    with pytest.raises(Damaged):
        original.read()
    # WHEN it is set aside and the body is fetched again THEN the new one counts, and the old bytes are still there
    damaged = original.path.read_bytes() if original.path.exists() else None
    set_aside(original)
    assert find_originals(settings, "submission", KEY) == []
    keep_original(settings, "submission", KEY, body, rows(body))
    assert find_originals(settings, "submission", KEY)[0].read() == body
    aside = original.path.with_name(f"{original.path.name}.damaged")
    assert (aside.read_bytes() if aside.exists() else None) == damaged


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"outcomes": []}', b'{"outcomes": [{"sha256": "x"}]}'])
def test_a_damaged_sidecar_takes_its_original_out_of_use(settings, content):
    keep_original(settings, "submission", KEY, b"the body", rows(b"the body"))
    sidecar = next(settings.originals_dir.rglob("*.json"))
    sidecar.write_bytes(content)
    assert find_originals(settings, "submission", KEY) == []
    assert sorted(path.name.rsplit(".", 1)[1] for path in sidecar.parent.iterdir()) == ["damaged", "damaged"]


def test_a_large_body_is_kept_and_read_without_being_held(settings, monkeypatch):
    # GIVEN a body that counts as large, mapped from a file
    monkeypatch.setattr(files, "IN_MEMORY_BYTES", 1000)
    content = os.urandom(3_000_000)
    body = files.spool([content], settings.home)
    keep_original(settings, "submission", KEY, body, rows(content))
    (original,) = find_originals(settings, "submission", KEY)
    # THEN it comes back as a map with the same bytes
    read = original.read()
    assert not isinstance(read, bytes)
    assert read[:] == content


def test_the_sidecar_is_plain_json(settings):
    keep_original(settings, "submission", KEY, b"the body", rows(b"the body"))
    assert json.loads(next(settings.originals_dir.rglob("*.json")).read_bytes()) == {"outcomes": rows(b"the body")}
