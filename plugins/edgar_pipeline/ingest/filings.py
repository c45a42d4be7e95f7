"""Landing a day's submissions: what the index lists, less what has landed."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from threading import Event

from edgar_pipeline.client import EdgarClient
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.errors import Damaged, ParsingError, Unavailable
from edgar_pipeline.ingest.fetching import Fetcher, Received, is_worth_another_fetch
from edgar_pipeline.ingest.outcomes import printable
from edgar_pipeline.ingest.scope import out_of_scope_rule
from edgar_pipeline.landing import day_partition, land_batch, partition_lock
from edgar_pipeline.ledger import Ledger, read_day
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.submission import parse_submission

#: Positions of the day's index that one Airflow task works through: a scheduler step costs over a second, so not one per filing.
CHUNK_SIZE = 300
#: A part is landed once it holds this many submissions or this much text; what a kill can cost is one part's parsing.
BATCH_SUBMISSIONS = 200
BATCH_BYTES = 64_000_000
#: Connections side by side, so that the round trip's time does not eat the permitted rate.
CONNECTIONS = 4
#: So many submissions in a row that could not be fetched, each after its retries, mean that EDGAR is down: stop asking.
FAILURES_IN_A_ROW = 10

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
    Only a block that outlasts the client's patience (Blocked) and many failures in a row (Unavailable) end the work early,
    after landing what was received. Another process that lands the same day is waited for.
    """
    with partition_lock(settings, day_partition(day)):
        ledger = read_day(settings, day)
        wanted = [a for a in ledger.accession_numbers[start:stop] if _is_missing(settings, ledger, a)]
        if not wanted:
            return {}
        if client is not None:
            return land_missing(settings, ledger, wanted, client, progress)
        with EdgarClient(settings, clock) as own:
            return land_missing(settings, ledger, wanted, own, progress)


def missing_of(settings: Settings, ledger: Ledger) -> list[str]:
    """The accession numbers of a partition that are to be fetched."""
    return [accession for accession in ledger.accession_numbers if _is_missing(settings, ledger, accession)]


def _is_missing(settings: Settings, ledger: Ledger, accession_number: str) -> bool:
    """To be fetched: pending, damaged on its way, or out of a scope that has been widened since."""
    state = ledger.states[accession_number]
    if state.state == "out_of_scope":
        return (
            not state.is_taken_down and out_of_scope_rule(settings, ledger.rows_by_accession[accession_number]) is None
        )
    return state.state == "pending" or is_worth_another_fetch(state, settings)


def land_missing(
    settings: Settings, ledger: Ledger, wanted: list[str], client: EdgarClient, progress: Progress | None = None
) -> dict[str, int]:
    """Fetch, parse and land these accession numbers of a partition; its lock is held. See `land_filings`."""
    counts: dict[str, int] = {}
    batch = _Batch()

    def land() -> None:
        nonlocal batch
        if batch.outcomes:
            land_batch(
                settings, ledger.partition, batch.outcomes, "submission" if batch.records else None, batch.records
            )
        batch = _Batch()

    try:
        # Closed at once whatever happens here, so that no thread of it goes on asking.
        with closing(_receive(settings, ledger, wanted, client)) as arrivals:
            for number, received in enumerate(arrivals, 1):
                outcome = _add(batch, received)
                counts[outcome] = counts.get(outcome, 0) + 1
                if batch.is_full:
                    land()
                if progress:
                    progress(number, len(wanted))
    finally:
        land()
    return counts


def _add(batch: _Batch, received: Received) -> str:
    """Parse what was received into the batch; return its outcome."""
    *earlier, last = received.outcomes
    if received.body is not None:
        try:
            record = parse_submission(received.body, received.accession_number)
        except (ParsingError, Damaged) as error:
            last = {**last, "outcome": "quarantined", "reason": printable(str(error))}
        except Exception as error:
            # A parser that fails otherwise has a bug. One filing must not keep the day's others out because of it.
            reason = f"the parser failed: {type(error).__name__}: {error}"
            last = {**last, "outcome": "quarantined", "reason": printable(reason)}
        else:
            facts = {key: last[key] for key in ("url", "sha256", "bytes")}
            # The archive's file is always the filing as it stands now; the Feed's is that of its day (`feed`).
            times = {"fetched_at": last["requested_at"], "as_of": last["requested_at"]}
            batch.records.append({**record, **facts, **times})
            batch.bytes += last["bytes"]
            last = {**last, "document_count": len(record["documents"])}
    batch.outcomes += [*earlier, last]
    return last["outcome"]


def _receive(settings: Settings, ledger: Ledger, wanted: list[str], client: EdgarClient) -> Iterator[Received]:
    """Fetch over a few connections and yield what comes as it comes; after a lasting block or an outage, raise it."""
    stop = Event()
    fetch = Fetcher(settings, ledger, client, stop).fetch
    failures, end = 0, None
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        try:
            for received in _as_completed(pool, fetch, wanted, stop):
                if received.outcomes:
                    yield received
                end = end or received.block
                failures = failures + 1 if _is_unavailable(received) else 0
                if end is None and failures >= FAILURES_IN_A_ROW:
                    reason = received.outcomes[-1]["reason"]
                    end = Unavailable(f"{failures} submissions in a row could not be fetched, the last: {reason}")
                if end:
                    stop.set()
        finally:
            stop.set()
    if end:
        raise end


def _is_unavailable(received: Received) -> bool:
    return bool(received.outcomes) and received.outcomes[-1]["outcome"] == "unavailable"


def _as_completed(
    pool: ThreadPoolExecutor, fetch: Callable[[str], Received], wanted: list[str], stop: Event
) -> Iterator[Received]:
    """What `fetch` returns, never more than a few bodies ahead of the consumer; a stalled one does not hold up the others."""
    rest = iter(wanted)
    running = {pool.submit(fetch, accession) for accession in islice(rest, CONNECTIONS * 2)}
    while running:
        done, running = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            yield future.result()
        if not stop.is_set():
            running |= {pool.submit(fetch, accession) for accession in islice(rest, len(done))}
