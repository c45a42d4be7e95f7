"""Landing a day's submissions: what the index lists, less what has landed."""

import mmap
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from edgar_pipeline.client import Attempt, EdgarClient
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.errors import Blocked, Damaged, EdgarError, ParsingError
from edgar_pipeline.identifiers import parse_cik
from edgar_pipeline.ingest.index import out_of_scope_rule
from edgar_pipeline.ingest.outcomes import request_row
from edgar_pipeline.landing import day_partition, land_batch
from edgar_pipeline.ledger import DayLedger, read_day
from edgar_pipeline.originals import find_originals, keep_original, set_aside
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.submission import check_submission, parse_submission
from edgar_pipeline.urls import submission_url

#: Positions of the day's index that one Airflow task works through: a scheduler step costs over a second, so not one per filing.
CHUNK_SIZE = 300
#: A part is landed once it holds this many submissions or this much text; what a kill can cost is one part's parsing.
BATCH_SUBMISSIONS = 200
BATCH_BYTES = 64_000_000
#: Connections side by side, so that the round trip's time does not eat the permitted rate.
CONNECTIONS = 4

Progress = Callable[[int, int], None]


@dataclass
class _Batch:
    """Records and outcome rows on their way into one part."""

    records: list[dict] = field(default_factory=list)
    outcomes: list[dict] = field(default_factory=list)
    bytes: int = 0

    @property
    def is_full(self) -> bool:
        return len(self.outcomes) >= BATCH_SUBMISSIONS or self.bytes >= BATCH_BYTES


@dataclass(frozen=True)
class _Received:
    """A submission's bytes, just fetched or kept from a run that was killed, with the rows of its requests."""

    accession_number: str
    body: bytes | mmap.mmap | None
    outcomes: list[dict]


def plan_day(settings: Settings, day: date, chunk_size: int = CHUNK_SIZE) -> list[list[int]]:
    """The chunks [start, stop) of the day's accession numbers in which something is missing; [] for a complete day.

    Positions are those of the index, not of what is missing, so a chunk means the same however often it is run.
    """
    ledger = read_day(settings, day)
    missing = {
        number for number, accession in enumerate(ledger.accession_numbers) if _is_missing(settings, ledger, accession)
    }
    starts = range(0, len(ledger.accession_numbers), chunk_size)
    return [[start, start + chunk_size] for start in starts if missing & set(range(start, start + chunk_size))]


def land_filings(
    settings: Settings,
    day: date,
    start: int = 0,
    stop: int | None = None,
    client: EdgarClient | None = None,
    clock: Clock = SYSTEM_CLOCK,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Fetch, parse and land what is missing of the day's accession numbers [start, stop); return counts by outcome.

    A failed submission never stops the others: it stays pending or is quarantined, with its reason in an outcome row.
    Only a block that outlasts the client's patience ends the work early (Blocked), after landing what was received.
    """
    ledger = read_day(settings, day)
    wanted = [a for a in ledger.accession_numbers[start:stop] if _is_missing(settings, ledger, a)]
    if not wanted:
        return {}
    if client is None:
        with EdgarClient(settings, clock) as own:
            return _land(settings, ledger, wanted, own, progress)
    return _land(settings, ledger, wanted, client, progress)


def _is_missing(settings: Settings, ledger: DayLedger, accession_number: str) -> bool:
    """To be fetched: pending, damaged on its way, or out of a scope that has been widened since."""
    state = ledger.states[accession_number]
    if state.state == "out_of_scope":
        rows = [row for row in ledger.rows if row["accession_number"] == accession_number]
        return out_of_scope_rule(settings, rows) is None
    return state.state == "pending" or (state.state == "quarantined" and state.reason.startswith("damaged:"))


def _land(
    settings: Settings, ledger: DayLedger, wanted: list[str], client: EdgarClient, progress: Progress | None
) -> dict[str, int]:
    counts: dict[str, int] = {}
    batch = _Batch()
    partition = day_partition(ledger.index_date)

    def land() -> None:
        nonlocal batch
        if batch.outcomes:
            land_batch(settings, partition, batch.outcomes, "submission" if batch.records else None, batch.records)
        batch = _Batch()

    try:
        for number, received in enumerate(_receive(settings, ledger, wanted, client), 1):
            outcome = _add(batch, received)
            counts[outcome] = counts.get(outcome, 0) + 1
            if batch.is_full:
                land()
            if progress:
                progress(number, len(wanted))
    finally:
        land()
    return counts


def _add(batch: _Batch, received: _Received) -> str:
    """Parse what was received into the batch; return its outcome."""
    last = received.outcomes[-1]
    if received.body is not None:
        try:
            record = parse_submission(received.body, received.accession_number)
        except (ParsingError, Damaged) as error:
            last["outcome"], last["reason"] = "quarantined", str(error)
        else:
            facts = {
                "url": last["url"],
                "fetched_at": last["requested_at"],
                "sha256": last["sha256"],
                "bytes": last["bytes"],
            }
            batch.records.append({**record, **facts})
            batch.bytes += last["bytes"]
            last["document_count"] = len(record["documents"])
    batch.outcomes.extend(received.outcomes)
    return last["outcome"]


def _receive(settings: Settings, ledger: DayLedger, wanted: list[str], client: EdgarClient) -> Iterator[_Received]:
    """Fetch over a few connections and yield in the order of the index; on a block, yield what came and raise."""
    ciks = {row["accession_number"]: row["cik"] for row in reversed(ledger.rows) if row["accession_number"]}
    blocked: Blocked | None = None

    def fetch(accession_number: str) -> _Received | None:
        nonlocal blocked
        if blocked:
            return None
        try:
            return _fetch(settings, ledger.index_date, ciks[accession_number], accession_number, client)
        except _GivenUp as given_up:
            blocked = given_up.error
            return given_up.received

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for received in _in_order(pool, fetch, wanted):
            if received is not None:
                yield received
    if blocked:
        raise blocked


def _in_order(pool: ThreadPoolExecutor, fetch: Callable, wanted: Iterable[str]) -> Iterator[_Received | None]:
    """Like pool.map, but never more than a few bodies ahead of the consumer."""
    rest = iter(wanted)
    futures: list[Future] = [pool.submit(fetch, accession) for accession in islice(rest, CONNECTIONS * 2)]
    while futures:
        yield futures.pop(0).result()
        futures.extend(pool.submit(fetch, accession) for accession in islice(rest, 1))


class _GivenUp(Exception):
    """The block lasts: carries the rows of the requests that met it."""

    def __init__(self, error: Blocked, received: _Received):
        super().__init__(str(error))
        self.error, self.received = error, received


def _fetch(settings: Settings, day: date, cik: str, accession_number: str, client: EdgarClient) -> _Received:
    """A submission's bytes: those that a killed run had kept, or EDGAR's."""
    if kept := _kept(settings, day, accession_number):
        return kept
    attempts: list[Attempt] = []

    def rows(**changes: object) -> list[dict]:
        made = [request_row(attempt, "submission", day, accession_number) for attempt in attempts]
        made[-1].update(changes)
        return made

    try:
        fetched = client.fetch(
            submission_url(settings.www_url, parse_cik(cik), accession_number),
            lambda body: check_submission(body, accession_number),
            settings.maximum_submission_bytes,
            attempts,
        )
    except Blocked as error:
        raise _GivenUp(error, _Received(accession_number, None, rows(outcome="blocked"))) from error
    except Damaged as error:
        return _Received(accession_number, None, rows(outcome="quarantined", reason=f"damaged: {error}"))
    except EdgarError:
        return _Received(accession_number, None, rows())
    outcomes = rows(outcome="landed")
    keep_original(settings, "submission", accession_number, fetched.body, outcomes[-1])
    return _Received(accession_number, fetched.body, outcomes)


def _kept(settings: Settings, day: date, accession_number: str) -> _Received | None:
    """The newest sound original, with the outcome row of the request that brought it.

    A run that was killed before it landed its part lost that row, so it is landed now. Where the original came with another
    day's index, the request has its row there, and this day only records the decision not to ask again.
    """
    for original in reversed(find_originals(settings, "submission", accession_number)):
        try:
            body = original.read()
        except (Damaged, FileNotFoundError):
            set_aside(original)
            continue
        row = dict(original.outcome)
        if row["index_date"] != day.isoformat():
            row |= {"kind": "plan", "index_date": day.isoformat(), "reason": f"kept since {row['requested_at']}"}
        return _Received(accession_number, body, [row])
    return None
