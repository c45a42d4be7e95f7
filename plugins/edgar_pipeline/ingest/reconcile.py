"""A quarter's index against the ledger: what is late is fetched, what changed is fetched again, what is gone is proved.

Nothing is deleted. Every difference is recorded once, with its date and its evidence, and stays known after the next rebuild. A
filing is gone when two witnesses say so: the rebuilt index leaves it out, and its submission is not found while something certain
is. One that left the index and is still served is fetched as it is now, and recorded as removed from the index, no more.
"""

import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from edgar_pipeline.client import EdgarClient
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.company_ledger import landed_in
from edgar_pipeline.edgar_days import FIRST_DAY, new_york_day
from edgar_pipeline.errors import Damaged, InputError, NotFound, TransportError
from edgar_pipeline.ingest.changes import change_record
from edgar_pipeline.ingest.filings import Progress, land_missing, missing_of
from edgar_pipeline.ingest.objects import Obtained, Wanted, newest_readings, obtain
from edgar_pipeline.ingest.outcomes import printable
from edgar_pipeline.ingest.scope import land_out_of_scope
from edgar_pipeline.landing import land_batch, partition_lock, quarter_partition
from edgar_pipeline.ledger import STATES, Ledger, State, not_found_on, read_outcomes, states_of
from edgar_pipeline.originals import find_originals
from edgar_pipeline.quarter_ledger import (
    ADDED,
    CHANGED,
    REMOVED,
    Facts,
    Key,
    Quarter,
    compare,
    judged_until,
    read_daily,
    read_quarterly,
    recorded_changes,
)
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.quarterly_index import check_quarterly_index
from edgar_pipeline.takedowns import KIND as TAKEDOWN
from edgar_pipeline.urls import quarterly_index_url

#: The largest quarterly index has some 470,000 rows and 45 MB.
MAXIMUM_INDEX_BYTES = 300_000_000

_QUARTER = re.compile(r"(\d{4})Q([1-4])", re.ASCII)


@dataclass(frozen=True)
class QuarterStatus:
    """A reconciled quarter in numbers.

    `rows` of its index, `days` of it that have landed here, rows by the kind of their last difference (`known`, of them `new` in
    this run), and the filings that differ by state.
    """

    quarter: str
    rows: int
    days: int
    known: dict[str, int]
    new: dict[str, int]
    states: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def problem(self) -> str | None:
        """One line that says what is missing and what to do; None where everything that differs is settled."""
        missing = {state: self.states.get(state, 0) for state in ("pending", "quarantined")}
        if not any(missing.values()):
            return None
        reasons = "; ".join(f"{count} × {printable(reason)}" for reason, count in list(self.reasons.items())[:3])
        return (
            f"{self.quarter}: {missing['pending']} filings pending, {missing['quarantined']} quarantined ({reasons}). "
            "Reconcile the quarter again to fetch what is missing."
        )


def parse_quarter(text: str, today: date) -> Quarter:
    """The quarter of `2020Q1`; InputError for anything else, for one before 1993 and for one to come."""
    match = _QUARTER.fullmatch(text.strip().upper())
    if not match:
        raise InputError(f"{text[:40]!r} is not a quarter: write it like 2020Q1")
    quarter = Quarter(int(match[1]), int(match[2]))
    if not Quarter.of(FIRST_DAY) <= quarter <= Quarter.of(today):
        raise InputError(
            f"{quarter} is not between {Quarter.of(FIRST_DAY)} and {Quarter.of(today)}: choose one of these"
        )
    return quarter


def quarters_of(texts: Iterable[str], today: date) -> list[Quarter]:
    """The quarters that are named, each once; without any the running one and the one before it."""
    current = Quarter.of(today)
    return list(dict.fromkeys(parse_quarter(text, today) for text in texts)) or [current.previous, current]


def reconcile(
    settings: Settings, quarter: Quarter, clock: Clock = SYSTEM_CLOCK, progress: Progress | None = None
) -> QuarterStatus:
    """Compare a quarter's index with what is here, record the differences and fetch what they call for; return the numbers.

    Raises NotFound where EDGAR has no such index (but for the running quarter, which then has no rows yet) and the TransportError
    of an index that could not be read. What a filing met is in the numbers.
    """
    settings.contact()
    with EdgarClient(settings, clock) as client, partition_lock(settings, quarter_partition(str(quarter))):
        index = _obtain_index(settings, client, quarter)
        if index.error is not None:
            if index.outcomes:
                land_batch(settings, quarter_partition(str(quarter)), index.outcomes)
            if isinstance(index.error, NotFound) and quarter == Quarter.of(new_york_day(clock.now())):
                # A quarter that has begun has no folder before its first index day is over.
                return _status(settings, quarter, 0, 0, Counter())
            raise index.error
        rows, days, new = _record(settings, quarter, index)
        # A block or an outage that lasts is no error here: the numbers show what stayed pending, and why.
        with suppress(TransportError):
            for read in (_late, _changed, _removed):
                ledger = read(settings, quarter)
                land_out_of_scope(settings, ledger, clock)
                if missing := missing_of(settings, read(settings, quarter)):
                    land_missing(settings, read(settings, quarter), missing, client, progress)
    return _status(settings, quarter, rows, days, new)


def _obtain_index(settings: Settings, client: EdgarClient, quarter: Quarter) -> Obtained:
    """The quarter's index; where it has not changed, from the originals."""
    url = quarterly_index_url(settings.www_url, quarter.year, quarter.number)
    check = partial(check_quarterly_index, year=quarter.year, quarter=quarter.number)
    wanted = Wanted("quarterly_index", str(quarter), url, check, MAXIMUM_INDEX_BYTES)
    before = newest_readings(settings, quarter_partition(str(quarter))).get(url)
    index = obtain(settings, client, wanted, before)
    if index.error is not None or index.body is not None:
        return index
    for original in find_originals(settings, "quarterly_index", str(quarter)):
        with suppress(Damaged):
            if original.sha256 == before["sha256"]:
                return Obtained(wanted, index.outcomes, bytes(original.read()))
    # The original is lost or damaged: ask for the index as if it were new.
    return obtain(settings, client, wanted, None)


def _record(settings: Settings, quarter: Quarter, index: Obtained) -> tuple[int, int, Counter]:
    """Land the index's outcome rows and the differences that are not recorded yet; return rows, days and new ones by kind."""
    quarterly, received = read_quarterly(index.body)
    daily, covered = read_daily(settings, quarter)
    sha256, noticed_at = index.facts
    until = judged_until(quarter, received, date.fromisoformat(noticed_at[:10]))
    evidence = f"full-index {quarter} of {noticed_at[:10]} (last data received {received}, sha256 {sha256[:12]})"
    last = {_key(record): record for record in recorded_changes(settings, quarter)}
    found = compare(daily, quarterly, covered, until)
    differing = {key for _, key, _, _ in found}
    back = [key for key, record in last.items() if record["change"] == REMOVED and key in quarterly.keys() - differing]
    records = []
    for change, key, before, after in [*found, *((CHANGED, key, quarterly[key], quarterly[key]) for key in back)]:
        row = _row(key, after or before)
        said = f"{evidence}; back after it was removed" if key in back else evidence
        record = change_record(change, str(quarter), row, noticed_at, said, _row(key, before) if before else None)
        if key not in last or _facts(last[key]) != _facts(record):
            records.append(record)
    source = "index_change" if records else None
    land_batch(settings, quarter_partition(str(quarter)), index.outcomes, source, records)
    days = {day for day in covered if quarter.has(day)}
    return len(quarterly), len(days), Counter(record["change"] for record in records)


def _row(key: Key, facts: Facts) -> dict:
    names = ("accession_number", "cik", "form_type", "filed_date", "company_name")
    return dict(zip(names, (*key, *facts), strict=True))


def _key(record: dict) -> Key:
    return record["accession_number"], record["cik"]


def _facts(record: dict) -> tuple[str, str, str]:
    return record["change"], record["form_type"], record["filed_date"]


def _late(settings: Settings, quarter: Quarter) -> Ledger:
    """Filings of which no daily index here knows; they may have landed with a company or another quarter's run."""
    return _ledger(settings, quarter, ADDED, anywhere=True)


def _changed(settings: Settings, quarter: Quarter) -> Ledger:
    """Filings whose form or date is another now: they are fetched again, because their header is another too."""
    return _ledger(settings, quarter, CHANGED)


def _removed(settings: Settings, quarter: Quarter) -> Ledger:
    """Filings that the index has lost under every filer: asked for, so that their absence is proved."""
    return _ledger(settings, quarter, REMOVED)


def _ledger(settings: Settings, quarter: Quarter, change: str, anywhere: bool = False) -> Ledger:
    """The filings whose newest recorded change is of a kind, and where each stands since it was noticed."""
    partition = quarter_partition(str(quarter))
    newest = {_key(record): record for record in recorded_changes(settings, quarter)}
    kinds: dict[str, set[str]] = {}
    for record in newest.values():
        kinds.setdefault(record["accession_number"], set()).add(record["change"])
    # A filing that lost or won one of several filers has changed; it is late or gone only with all of them.
    kind_of = {accession: next(iter(found)) if len(found) == 1 else CHANGED for accession, found in kinds.items()}
    wanted = [record for record in newest.values() if kind_of[record["accession_number"]] == change]
    rows = [{**record, "problem": None, "line_number": 0} for record in wanted]
    noticed = {row["accession_number"]: row["noticed_at"] for row in sorted(rows, key=lambda row: row["noticed_at"])}
    outcomes = [
        row
        for row in read_outcomes(settings, partition)
        if row["requested_at"] >= noticed.get(row["accession_number"], "") or row["kind"] == TAKEDOWN
    ]
    states = states_of(set(noticed), outcomes)
    if anywhere:
        pending = {accession for accession, state in states.items() if state.state == "pending"}
        states |= dict.fromkeys(landed_in(settings, pending, partition), State("loaded"))
    evidence = f"not in {rows[0]['evidence']}" if rows and change == REMOVED else None
    kept_since = "" if anywhere else max(noticed.values(), default="")
    return Ledger(partition, None, rows, states, not_found_on(outcomes), kept_since, evidence=evidence)


def _status(settings: Settings, quarter: Quarter, rows: int, days: int, new: Counter) -> QuarterStatus:
    states, reasons = Counter(), Counter()
    for read in (_late, _changed, _removed):
        counted = read(settings, quarter).count()
        states += counted[0]
        reasons += counted[1]
    newest = {_key(record): record["change"] for record in recorded_changes(settings, quarter)}
    known = Counter(newest.values())
    return QuarterStatus(
        str(quarter), rows, days, dict(known), dict(new), {state: states[state] for state in STATES}, dict(reasons)
    )
