"""Landing an index day's master index, or the evidence that there is none."""

import json
from dataclasses import dataclass
from datetime import date

from edgar_pipeline.client import Attempt, EdgarClient, Fetched
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock, to_iso
from edgar_pipeline.edgar_days import closed_reason, index_ready_at
from edgar_pipeline.errors import Blocked, Damaged, EdgarError, NotFound, TransportError
from edgar_pipeline.identifiers import parse_accession_number
from edgar_pipeline.ingest.outcomes import decision_row, request_row
from edgar_pipeline.landing import day_partition, land_batch
from edgar_pipeline.ledger import DayLedger, read_day
from edgar_pipeline.originals import find_originals, keep_original
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.daily_index import check_daily_index, parse_daily_index
from edgar_pipeline.urls import daily_index_listing_url, daily_index_name, daily_index_url, submission_url

MAXIMUM_INDEX_BYTES = 200_000_000
MAXIMUM_LISTING_BYTES = 20_000_000


@dataclass(frozen=True)
class IndexLanding:
    """What is known of a day's index: its state (as in completeness_by_day), its rows, and why it is not there."""

    index_date: date
    day_state: str
    index_rows: int
    filings: int
    reason: str | None


def land_index(
    settings: Settings, day: date, client: EdgarClient | None = None, clock: Clock = SYSTEM_CLOCK
) -> IndexLanding:
    """Land the master index of a day; ask nothing where it has landed, or is known to be rightly absent.

    Never raises for what EDGAR answers: a refusal is a state (`blocked`, `missing`) with its reason, landed like everything
    else, so that one bad day does not hide the next. `finish_day` turns it into an error.
    """
    settings.contact()
    ledger = read_day(settings, day)
    if ledger.day_state not in ("loaded", "no_index_expected"):
        if clock.now() < index_ready_at(day):
            _land_not_yet(settings, day)
        elif client is not None:
            _ask(settings, day, client)
        else:
            with EdgarClient(settings, clock) as own:
                _ask(settings, day, own)
        ledger = read_day(settings, day)
    if ledger.day_state == "loaded":
        _land_out_of_scope(settings, ledger)
    return IndexLanding(day, ledger.day_state, len(ledger.rows), len(ledger.states), ledger.day_reason)


def _ask(settings: Settings, day: date, client: EdgarClient) -> None:
    """Fetch the index and land it, or land what came instead."""
    if kept := find_originals(settings, "daily_index", day.isoformat()):
        _land_rows(settings, day, kept[-1].read(), [kept[-1].outcome])
        return
    attempts: list[Attempt] = []
    try:
        fetched = client.fetch(
            daily_index_url(settings.www_url, day),
            lambda body: check_daily_index(body, day),
            MAXIMUM_INDEX_BYTES,
            attempts,
        )
    except NotFound:
        _land_absence(settings, day, client, attempts)
    except TransportError as error:
        rows = [request_row(attempt, "daily_index", day) for attempt in attempts]
        rows[-1]["outcome"] = {Blocked: "blocked", Damaged: "damaged"}.get(type(error), "unavailable")
        land_batch(settings, day_partition(day), rows)
    else:
        _land_fetched(settings, day, fetched)


def _land_fetched(settings: Settings, day: date, fetched: Fetched) -> None:
    outcomes = [request_row(attempt, "daily_index", day) for attempt in fetched.attempts]
    outcomes[-1]["outcome"] = "landed"
    keep_original(settings, "daily_index", day.isoformat(), bytes(fetched.body), outcomes[-1])
    _land_rows(settings, day, bytes(fetched.body), outcomes)


def _land_rows(settings: Settings, day: date, body: bytes, outcomes: list[dict]) -> None:
    rows = parse_daily_index(body, day, outcomes[-1]["sha256"], outcomes[-1]["requested_at"])
    land_batch(settings, day_partition(day), outcomes, "daily_index", rows)


def _land_absence(settings: Settings, day: date, client: EdgarClient, attempts: list[Attempt]) -> None:
    """EDGAR has no such index. Rightly so on a closed day; on any other one only if a second witness says so.

    The witness is the quarter's listing: it names later days, but not this one (edgar.md 1.2).
    """
    outcomes = [request_row(attempt, "daily_index", day) for attempt in attempts]
    reason, outcome = closed_reason(day), "absent"
    if reason is None:
        listing: list[Attempt] = []
        try:
            reason = _absence_by_listing(settings, day, client, listing)
        except EdgarError as error:
            reason = f"EDGAR has no index, and its listing could not be read: {error}"
            outcome = "blocked" if isinstance(error, Blocked) else "refused"
        else:
            outcome = "absent" if reason else "refused"
            reason = reason or "EDGAR answers that it has no index of this business day"
        outcomes[:0] = [request_row(attempt, "listing", day) for attempt in listing]
    outcomes[-1]["outcome"], outcomes[-1]["reason"] = outcome, reason
    land_batch(settings, day_partition(day), outcomes)


def _absence_by_listing(settings: Settings, day: date, client: EdgarClient, attempts: list[Attempt]) -> str | None:
    """Why the quarter's listing proves that this day has no index, or None where it does not."""
    url = daily_index_listing_url(settings.www_url, day)
    fetched = client.fetch(url, lambda body: _index_names(body, url), MAXIMUM_LISTING_BYTES, attempts)
    names = _index_names(fetched.body, url)
    attempts[-1].outcome = "landed"
    own = daily_index_name(day)
    later = sorted(name for name in names if len(name) == len(own) and name > own)
    if own in names or not later:
        return None
    return f"EDGAR's listing of the quarter has {later[0]} but not {own}"


def _index_names(body: bytes, url: str) -> set[str]:
    """The names of the master indexes in a directory listing (`index.json`); Damaged for anything else."""
    try:
        items = json.loads(bytes(body))["directory"]["item"]
        return {item["name"] for item in items if item["name"].startswith("master.")}
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{url}: not a directory listing ({error})") from error


def _land_not_yet(settings: Settings, day: date) -> None:
    reason = f"the index of {day} is complete after {to_iso(index_ready_at(day))[:16]}Z; not asked for before"
    row = decision_row(daily_index_url(settings.www_url, day), day, None, "not_yet_published", reason)
    land_batch(settings, day_partition(day), [{**row, "kind": "daily_index"}])


def _land_out_of_scope(settings: Settings, ledger: DayLedger) -> None:
    """Record what the scope (EDGAR_FORM_TYPES, EDGAR_CIKS) leaves out, once per accession number."""
    if settings.form_types is None and settings.ciks is None:
        return
    by_accession: dict[str, list[dict]] = {}
    for row in ledger.rows:
        if row["accession_number"] and ledger.state_of(row).state == "pending":
            by_accession.setdefault(row["accession_number"], []).append(row)
    outcomes = [
        decision_row(_url(settings, rows[0]), ledger.index_date, accession, "out_of_scope", rule)
        for accession, rows in by_accession.items()
        if (rule := out_of_scope_rule(settings, rows))
    ]
    if outcomes:
        land_batch(settings, day_partition(ledger.index_date), outcomes)


def out_of_scope_rule(settings: Settings, rows: list[dict]) -> str | None:
    """The rule that leaves a submission out, judged by all its index rows; None where it is in scope."""
    if settings.form_types and not any(row["form_type"].upper() in settings.form_types for row in rows):
        return f"EDGAR_FORM_TYPES leaves out {rows[0]['form_type']}"
    if settings.ciks and not any(row["cik"] in settings.ciks for row in rows):
        return f"EDGAR_CIKS leaves out {', '.join(sorted({row['cik'] for row in rows})[:5])}"
    return None


def _url(settings: Settings, row: dict) -> str:
    return submission_url(settings.www_url, row["cik"], parse_accession_number(row["accession_number"]))
