"""What a takedown makes of everything that was said of a filing: void before it, and valid after it."""

from itertools import permutations

from edgar_pipeline.ledger import State, not_found_on, states_of
from edgar_pipeline.takedowns import still_said

A, B = "0000900001-26-000001", "0000900001-26-000002"


def row(at: str, outcome: str, kind: str = "submission", accession: str | None = A, attempt: int = 1) -> dict:
    reason = f"{outcome} at {at}"
    return {
        "requested_at": f"2026-01-{at}Z", "attempt": attempt, "accession_number": accession, "kind": kind,
        "outcome": outcome, "reason": reason,
    }  # fmt: skip


LANDED, DENIED = row("05T00:00:00", "landed"), row("06T00:00:00", "absent")
DOWN = row("07T00:00:00", "out_of_scope", "takedown", attempt=0)
AGAIN = row("08T00:00:00", "taken_down", "takedown", attempt=0)
OTHER, INDEX = row("05T00:00:00", "landed", accession=B), row("05T00:00:00", "landed", "daily_index", None)


def test_what_was_said_before_is_void_in_whichever_order_it_is_read():
    for rows in permutations([LANDED, DENIED, DOWN, OTHER, INDEX]):
        assert still_said(rows)[-1] == DOWN
        assert [one for one in still_said(rows) if one["accession_number"] == A] == [DOWN]
        # THEN others, and what is of no filing, stay
        assert OTHER in still_said(rows) and INDEX in still_said(rows)
    assert not_found_on(still_said([DENIED, DOWN])) == {}


def test_a_filing_that_was_taken_down_is_out_of_scope_for_good_or_asked_for_again():
    assert states_of({A}, still_said([LANDED, DOWN])) == {A: State("out_of_scope", DOWN["reason"], is_taken_down=True)}
    assert states_of({A}, still_said([LANDED, AGAIN])) == {A: State("pending", f"taken_down: {AGAIN['reason']}")}
    # AND what comes after the takedown counts, and the last takedown is the one that does
    back = row("09T00:00:00", "landed")
    assert states_of({A}, still_said([LANDED, DOWN, AGAIN, back])) == {A: State("loaded")}
    last = row("10T00:00:00", "out_of_scope", "takedown", attempt=0)
    assert states_of({A}, still_said([LANDED, AGAIN, back, last]))[A].is_taken_down
    # AND a landing of the same instant was there before
    assert still_said([row("07T00:00:00", "landed"), DOWN]) == [DOWN]


def test_a_filing_that_a_rule_leaves_out_is_not_taken_down():
    assert not states_of({A}, [row("05T00:00:00", "out_of_scope", "plan")])[A].is_taken_down
