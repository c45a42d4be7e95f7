"""Landing an index day's master index, or the evidence that there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from edgar_pipeline.client import Attempt, EdgarClient, Fetched
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock, to_iso
from edgar_pipeline.edgar_days import closed_reason, index_ready_at
from edgar_pipeline.errors import Damaged, NotFound, ParsingError, TransportError
from edgar_pipeline.ingest.absence import judge_absence
from edgar_pipeline.ingest.changes import reread_records
from edgar_pipeline.ingest.outcomes import decision_row, request_row
from edgar_pipeline.ingest.scope import land_out_of_scope
from edgar_pipeline.landing import day_partition, land_batch, partition_lock
from edgar_pipeline.ledger import DayLedger, compare_rows, read_day
from edgar_pipeline.originals import find_originals, keep_original, set_aside
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.daily_index import check_daily_index, parse_daily_index
from edgar_pipeline.urls import daily_index_url

#: A daily index is about a megabyte; this one is still read in memory.
MAXIMUM_INDEX_BYTES = 30_000_000


@dataclass(frozen=True)
class IndexLanding:
    """What is known of a day's index: its state (as in completeness_by_day), its rows, and why it is not there."""

    index_date: date
    day_state: str
    index_rows: int
    filings: int
    reason: str | None


def land_index(
    settings: Settings,
    day: date,
    client: EdgarClient | None = None,
    clock: Clock = SYSTEM_CLOCK,
    *,
    reread: bool = False,
) -> IndexLanding:
    """Land the master index of a day; ask nothing where it has landed, or is known to be rightly absent.

    `reread` asks again all the same: an index that was read too early, or changed since, lands as a second snapshot beside
    the first, and `ledger.index_changes` tells them apart. Never raises for what EDGAR answers: a refusal is a state
    (`blocked`, `missing`) with its reason, landed like everything else, so that one bad day does not hide the next.
    `finish_day` turns it into an error.
    """
    settings.contact()
    with partition_lock(settings, day_partition(day)):
        ledger = read_day(settings, day)
        if reread or ledger.day_state not in ("loaded", "no_index_expected"):
            if clock.now() < index_ready_at(day):
                _land_not_yet(settings, ledger, clock)
            elif not _land_kept(settings, ledger):
                _with_client(settings, clock, client, lambda using: _ask(settings, ledger, using, clock))
            ledger = read_day(settings, day)
        if ledger.day_state == "loaded":
            land_out_of_scope(settings, ledger, clock)
    return IndexLanding(day, ledger.day_state, len(ledger.rows), len(ledger.states), ledger.day_reason)


def _with_client(
    settings: Settings, clock: Clock, client: EdgarClient | None, use: Callable[[EdgarClient], None]
) -> None:
    if client is not None:
        use(client)
    else:
        with EdgarClient(settings, clock) as own:
            use(own)


def _ask(settings: Settings, ledger: DayLedger, client: EdgarClient, clock: Clock) -> None:
    """Fetch the index and land it, or land what came instead."""
    day = ledger.index_date
    attempts: list[Attempt] = []
    try:
        fetched = client.fetch(
            daily_index_url(settings.www_url, day),
            lambda body: _check(body, day),
            MAXIMUM_INDEX_BYTES,
            attempts,
        )
    except NotFound:
        _land_absence(settings, day, client, attempts)
    except TransportError as error:
        _land_failure(settings, ledger, attempts, error, clock)
    else:
        _land_fetched(settings, ledger, fetched)


def _check(body: bytes, day: date) -> None:
    """Raise Damaged for a body that is no whole index of the day, or cannot be read as one."""
    check_daily_index(body, day)
    try:
        parse_daily_index(body, day, "", "")
    except ParsingError as error:
        raise Damaged(str(error)) from error


def _land_fetched(settings: Settings, ledger: DayLedger, fetched: Fetched) -> None:
    day = ledger.index_date
    outcomes = [request_row(attempt, "daily_index", day) for attempt in fetched.attempts]
    if ledger.index_hashes[-1:] == [fetched.sha256]:
        outcomes[-1]["reason"] = "read again: unchanged"
        land_batch(settings, day_partition(day), outcomes)
        return
    keep_original(settings, "daily_index", day.isoformat(), fetched.body, outcomes)
    _land_rows(settings, ledger, fetched.body, outcomes)


def _land_kept(settings: Settings, ledger: DayLedger) -> bool:
    """Land an index that a killed run had received but not landed; say whether there was one."""
    for original in reversed(find_originals(settings, "daily_index", ledger.index_date.isoformat())):
        if original.sha256 in ledger.index_hashes:
            continue
        try:
            body = original.read()
        except Damaged:
            set_aside(original)
            continue
        _land_rows(settings, ledger, body, original.outcomes)
        return True
    return False


def _land_rows(settings: Settings, ledger: DayLedger, body: bytes, outcomes: list[dict]) -> None:
    day, last = ledger.index_date, outcomes[-1]
    rows = parse_daily_index(bytes(body), day, last["sha256"], last["requested_at"])
    changes = []
    if ledger.rows:
        added, removed = compare_rows(ledger.rows, rows)
        changes = reread_records(day.isoformat(), added, removed, last["requested_at"], last["sha256"])
        last = {**last, "reason": f"read again: {len(added)} rows added, {len(removed)} removed"}
    elif reason := closed_reason(day):
        last = {**last, "reason": f"an index of a day that the calendar calls closed ({reason}): see closed_days.csv"}
    also = {"index_change": changes} if changes else {}
    land_batch(settings, day_partition(day), [*outcomes[:-1], last], "daily_index", rows, also)


def _land_absence(settings: Settings, day: date, client: EdgarClient, attempts: list[Attempt]) -> None:
    """EDGAR has no such index: land what that means, with the witnesses' requests."""
    witnesses: list[Attempt] = []
    outcome, reason = judge_absence(settings, day, client, witnesses)
    outcomes = [request_row(attempt, "daily_index", day) for attempt in attempts[:-1]]
    outcomes += [request_row(attempt, "listing", day) for attempt in witnesses]
    outcomes.append(request_row(attempts[-1], "daily_index", day, outcome=outcome, reason=reason))
    land_batch(settings, day_partition(day), outcomes)


def _land_failure(
    settings: Settings, ledger: DayLedger, attempts: list[Attempt], error: TransportError, clock: Clock
) -> None:
    day = ledger.index_date
    outcomes = [request_row(attempt, "daily_index", day) for attempt in attempts]
    if not outcomes and ledger.day_state not in ("blocked", "loaded"):
        # A block from before: nothing was asked, and that is why the day is not here.
        row = decision_row(daily_index_url(settings.www_url, day), day, None, "blocked", str(error), clock)
        outcomes = [{**row, "kind": "daily_index"}]
    if outcomes:
        land_batch(settings, day_partition(day), outcomes)


def _land_not_yet(settings: Settings, ledger: DayLedger, clock: Clock) -> None:
    """Record, once, that the day was not asked for because its index cannot be complete yet."""
    day = ledger.index_date
    if ledger.day_state in ("not_yet_published", "loaded"):
        return
    reason = f"the index of {day} is complete after {to_iso(index_ready_at(day))[:16]}Z; not asked for before"
    row = decision_row(daily_index_url(settings.www_url, day), day, None, "not_yet_published", reason, clock)
    # Of kind daily_index, because it decides the state of the day; its attempt 0 says that nothing was asked.
    land_batch(settings, day_partition(day), [{**row, "kind": "daily_index"}])
