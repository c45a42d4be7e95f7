"""The ledger: every index row in exactly one state, computed from the parts alone."""

from datetime import date

import pytest
from edgar_pipeline.landing import day_partition, land_batch
from edgar_pipeline.ledger import STATES, compare_rows, day_status, index_changes, known_days, read_day

DAY = date(2020, 3, 5)
ASKED = "2026-01-02T23:00:00.000000Z"


def row(number: int, cik: int = 1, **changes: object) -> dict:
    made = {
        "index_date": DAY.isoformat(),
        "line_number": 10 + number,
        "cik": f"{cik:010d}",
        "company_name": f"COMPANY {cik}",
        "form_type": "8-K",
        "filed_date": "2020-03-05",
        "file_name": f"edgar/data/{cik}/{accession(number)}.txt",
        "accession_number": accession(number),
        "problem": None,
        "line": None,
        "sha256": "hash of the index",
        "fetched_at": ASKED,
    }
    return made | changes


def accession(number: int) -> str:
    return f"0000900001-20-{number:06d}"


def outcome(outcome: str, number: int | None = None, at: str = ASKED, **changes: object) -> dict:
    kind = "daily_index" if number is None else "submission"
    made = {"kind": kind, "accession_number": accession(number) if number is not None else None, "outcome": outcome}
    return made | {"requested_at": at, "attempt": 1, "reason": f"because of {outcome}", "index_date": "x"} | changes


def land(settings, outcomes: list[dict], rows: list[dict] | None = None) -> None:
    land_batch(settings, day_partition(DAY), outcomes, "daily_index" if rows is not None else None, rows or ())


def test_a_day_that_was_never_asked_for_is_missing(settings):
    status = day_status(settings, DAY)
    assert (status.day_state, status.index_rows, status.is_complete) == ("missing", 0, False)
    assert status.reasons == {"its index was not asked for yet": 1}
    assert known_days(settings) == []


@pytest.mark.parametrize(
    ("outcomes", "state", "is_complete"),
    [
        (["absent"], "no_index_expected", True),
        (["not_yet_published"], "not_yet_published", False),
        (["blocked"], "blocked", False),
        (["refused"], "missing", False),
        (["damaged"], "missing", False),
        (["unavailable"], "missing", False),
        (["absent", "blocked"], "blocked", False),
        (["blocked", "absent"], "no_index_expected", True),
    ],
)
def test_the_newest_outcome_is_the_state_of_a_day(settings, outcomes, state, is_complete):
    land(settings, [outcome(name, at=f"2026-01-0{n}T00:00:00.000000Z") for n, name in enumerate(outcomes, 1)])
    status = day_status(settings, DAY)
    assert (status.day_state, status.is_complete) == (state, is_complete)
    assert status.reasons == {f"because of {outcomes[-1]}": 1}
    assert known_days(settings) == [DAY]


def test_a_day_that_once_landed_stays_loaded(settings):
    land(settings, [outcome("landed")], [row(1)])
    land(settings, [outcome("blocked", at="2026-01-03T00:00:00.000000Z")])
    assert read_day(settings, DAY).day_state == "loaded"


@pytest.mark.parametrize(
    ("outcomes", "state", "reason"),
    [
        ([], "pending", "not asked for yet"),
        (["landed"], "loaded", None),
        (["quarantined"], "quarantined", "because of quarantined"),
        (["gone"], "gone", "because of gone"),
        (["out_of_scope"], "out_of_scope", "because of out_of_scope"),
        (["absent"], "pending", "absent: because of absent"),
        (["blocked"], "pending", "blocked: because of blocked"),
        (["unavailable"], "pending", "unavailable: because of unavailable"),
        # The newest decides, but what has landed or is gone stays so.
        (["quarantined", "landed"], "loaded", None),
        (["landed", "blocked"], "loaded", None),
        (["gone", "unavailable"], "gone", "because of gone"),
        (["blocked", "quarantined"], "quarantined", "because of quarantined"),
        (["out_of_scope", "unavailable"], "pending", "unavailable: because of unavailable"),
    ],
)
def test_an_accession_number_has_one_state(settings, outcomes, state, reason):
    land(settings, [outcome("landed")], [row(1)])
    # Landed one by one and the newest first: the order of the parts does not matter.
    for number, name in reversed(list(enumerate(outcomes, 1))):
        land(settings, [outcome(name, 1, at=f"2026-01-0{number}T00:00:00.000000Z")])
    stands = read_day(settings, DAY).states[accession(1)]
    assert (stands.state, stands.reason) == (state, reason)


def test_attempts_of_one_moment_count_in_their_order(settings):
    land(settings, [outcome("landed")], [row(1)])
    land(settings, [outcome("landed", 1, attempt=2), outcome("unavailable", 1, attempt=1)])
    assert read_day(settings, DAY).states[accession(1)].state == "loaded"


def test_the_states_sum_to_the_index(settings):
    # GIVEN a day with co-filers, an exact duplicate of a line, and two malformed lines
    rows = [row(1), row(1, cik=2, line_number=20), row(1, line_number=21), *(row(number) for number in range(2, 7))]
    malformed = dict.fromkeys(("cik", "accession_number", "form_type", "filed_date", "company_name", "file_name"))
    bad = [row(90 + n) | malformed | {"problem": "no CIK", "line": f"bad {n}"} for n in range(2)]
    land(settings, [outcome("landed")], rows + bad)
    for number, name in enumerate(("landed", "quarantined", "gone", "out_of_scope", "unavailable"), 1):
        land(settings, [outcome(name, number)])
    # WHEN it is counted
    status = day_status(settings, DAY)
    # THEN rows are counted without the duplicate, and every accession number and malformed line is in one state
    assert (status.index_rows, status.filings) == (9, 6)
    assert (status.loaded, status.pending, status.gone, status.out_of_scope) == (1, 2, 1, 1)
    assert status.quarantined == 1 + len(bad)
    assert sum(getattr(status, state) for state in STATES) == status.filings + len(bad)
    assert not status.is_complete
    ledger = read_day(settings, DAY)
    assert ledger.accession_numbers == [accession(number) for number in range(1, 7)]
    assert [r["cik"] for r in ledger.rows_by_accession[accession(1)]] == ["0000000001", "0000000002"]
    assert {ledger.state_of(r).reason for r in ledger.rows if r["problem"]} == {"line 100: no CIK", "line 101: no CIK"}


def test_a_complete_day(settings):
    land(settings, [outcome("landed")], [row(1), row(2), row(3)])
    land(settings, [outcome("landed", 1), outcome("gone", 2), outcome("out_of_scope", 3)])
    assert day_status(settings, DAY).is_complete


def test_days_of_not_found_are_remembered(settings):
    land(settings, [outcome("landed")], [row(1)])
    for at in ("2026-01-02T23:00:00Z", "2026-01-02T23:30:00Z", "2026-01-04T00:00:00Z"):
        land(settings, [outcome("absent", 1, at=at)])
    assert read_day(settings, DAY).not_found_on == {accession(1): {"2026-01-02", "2026-01-04"}}


def test_the_newest_snapshot_counts_and_the_older_ones_tell_the_changes(settings):
    # GIVEN an index that was read three times: a row came late and one vanished, then nothing changed but the order
    first = [row(1), row(2)]
    second = [row(n, fetched_at="2026-01-03T00:00:00Z", sha256="second") for n in (3, 1)]
    third = [row(n, fetched_at="2026-01-04T00:00:00Z", sha256="third", line_number=50 - n) for n in (1, 3)]
    for at, rows in (("2026-01-02", first), ("2026-01-03", second), ("2026-01-04", third)):
        land(settings, [outcome("landed", at=f"{at}T00:00:00Z")], rows)
    ledger = read_day(settings, DAY)
    assert set(ledger.accession_numbers) == {accession(1), accession(3)}
    assert ledger.index_hashes == ["hash of the index", "second", "third"]
    changes = [(c.change, c.noticed_at, c.row["accession_number"]) for c in index_changes(settings, DAY)]
    assert changes == [
        ("added", "2026-01-03T00:00:00Z", accession(3)),
        ("removed", "2026-01-03T00:00:00Z", accession(2)),
    ]


def test_rows_are_compared_by_what_they_say():
    before, after = [row(1), row(2)], [row(2, line_number=99), row(1, form_type="8-K/A")]
    assert compare_rows(before, after) == ([after[1]], [before[0]])
