"""Reference data: the ticker file, companies' submissions JSON, the listings of index days.

Each file has an age up to which it is not asked for again, so a second run makes no request; one that has not changed makes no
new record. What is landed stays: the warehouse takes the newest reading, and who was delisted is known from the older ones.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from threading import Event

from edgar_pipeline.client import EdgarClient, Stopped
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.edgar_days import new_york_day
from edgar_pipeline.errors import Blocked, Incomplete, InputError, NotFound, ParsingError, TransportError
from edgar_pipeline.identifiers import parse_cik
from edgar_pipeline.ingest.companies_seen import companies_seen
from edgar_pipeline.ingest.filings import CONNECTIONS, FAILURES_IN_A_ROW, Progress
from edgar_pipeline.ingest.objects import Obtained, Wanted, is_younger, newest_readings, obtain
from edgar_pipeline.ingest.outcomes import printable
from edgar_pipeline.landing import land_batch, partition_lock, reference_partition
from edgar_pipeline.ledger import known_days
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources import company_submissions, company_tickers, index_listing
from edgar_pipeline.urls import (
    company_submissions_url,
    company_tickers_url,
    daily_index_listing_url,
    quarter_of,
)

#: EDGAR writes the ticker file anew every day.
TICKERS_AGE = timedelta(hours=20)
#: A company's names, industry and state change rarely; its tickers come from the ticker file.
COMPANY_AGE = timedelta(days=90)
#: Companies that are named by the operator are asked for again after this.
NAMED_COMPANY_AGE = timedelta(hours=20)
#: A quarter that is over for this long has the listing that it will always have.
LISTING_SETTLES_AFTER = timedelta(days=14)
#: Companies of one part, and of one run: at six requests a second a run of these takes a quarter of an hour.
BATCH_COMPANIES = 100
MOST_COMPANIES = 5000


@dataclass
class ReferenceRun:
    """What a run came to: files by outcome, what could not be read and why, and how many companies wait for the next run."""

    counts: Counter = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    waiting: int = 0

    def add(self, obtained: Obtained) -> None:
        """Count a file that was asked for."""
        if obtained.error is None:
            self.counts["landed" if obtained.body is not None else "unchanged"] += 1
        elif isinstance(obtained.error, NotFound):
            self.counts["absent"] += 1
        else:
            self.counts["failed"] += 1
            self.problems.append(printable(str(obtained.error)))


def land_reference(
    settings: Settings, named: Iterable[str] = (), clock: Clock = SYSTEM_CLOCK, progress: Progress | None = None
) -> ReferenceRun:
    """Land what is due: the ticker file, the listings of the quarters that are here, and companies' JSON.

    These are the companies that the operator named (asked for again after a day) or, without any, those of the warehouse.
    Raises InputError for what is no CIK, before any request, and Blocked or Unavailable, after landing what came, where the
    rest was not asked for; what a single file met is in `problems`.
    """
    settings.contact()
    ciks = [_named(text) for text in named]
    run = ReferenceRun()
    with EdgarClient(settings, clock) as client:
        for step in (land_tickers, land_listings):
            for obtained in step(settings, client, clock):
                run.add(obtained)
        age = NAMED_COMPANY_AGE if ciks else COMPANY_AGE
        wanted = sorted(set(ciks or companies_seen(settings)))
        run.waiting = _land_companies(settings, client, clock, wanted, age, run, progress)
    return run


def finish_reference(counts: Mapping[str, int], problems: Sequence[str]) -> None:
    """Raise Incomplete, with the first reasons, where a file could not be read."""
    if problems:
        raise Incomplete(
            f"{counts['failed']} files of reference data could not be read ({' | '.join(problems[:3])}). "
            "Run it again later: what was read is not asked for again."
        )


def _named(text: str) -> str:
    try:
        return parse_cik(text)
    except ParsingError as error:
        raise InputError(f"{error}. Write it like 0001804583 or 1804583.") from None


def land_tickers(settings: Settings, client: EdgarClient, clock: Clock) -> Iterator[Obtained]:
    """Read the ticker file, if the last reading is older than TICKERS_AGE."""
    partition = reference_partition("tickers")
    with partition_lock(settings, partition):
        url = company_tickers_url(settings.www_url)
        before = newest_readings(settings, partition).get(url)
        if is_younger(before, TICKERS_AGE, clock.now()):
            return
        check, size = company_tickers.check_company_tickers, company_tickers.MAXIMUM_BYTES
        obtained = obtain(settings, client, Wanted("company_ticker", "all", url, check, size), before)
        _land(settings, partition, "company_ticker", [obtained], _ticker_records)
        yield obtained


def land_listings(settings: Settings, client: EdgarClient, clock: Clock) -> Iterator[Obtained]:
    """Read the listing of each quarter of which an index day is here, until it says what it will always say."""
    partition = reference_partition("listings")
    today = new_york_day(clock.now())
    with partition_lock(settings, partition):
        landed = newest_readings(settings, partition)
        for first in sorted({_first_day(day) for day in known_days(settings)}):
            url = daily_index_listing_url(settings.www_url, first)
            before = landed.get(url)
            settled = min(_next_quarter(first) + LISTING_SETTLES_AFTER, today).isoformat()
            if before and (before["requested_at"] >= settled or is_younger(before, TICKERS_AGE, clock.now())):
                continue
            check = partial(index_listing.check_index_listing, first=first)
            wanted = Wanted("index_listing", first.isoformat(), url, check, index_listing.MAXIMUM_BYTES)
            obtained = obtain(settings, client, wanted, before)
            _land(settings, partition, "index_listing", [obtained], _listing_records)
            yield obtained


def _land_companies(
    settings: Settings,
    client: EdgarClient,
    clock: Clock,
    ciks: list[str],
    age: timedelta,
    run: ReferenceRun,
    progress: Progress | None,
) -> int:
    """Read the JSON of the companies whose last reading is older than `age`, those never read first; return how many wait."""
    partition = reference_partition("companies")
    with partition_lock(settings, partition):
        landed = newest_readings(settings, partition)
        last = {cik: landed.get(company_submissions_url(settings.data_url, cik)) for cik in ciks}
        due = [cik for cik in ciks if not is_younger(last[cik], age, clock.now())]
        due.sort(key=lambda cik: (last[cik] or {}).get("requested_at", ""))
        done = 0
        total = min(len(due), MOST_COMPANIES)
        while done < total:
            batch = due[done : min(done + BATCH_COMPANIES, total)]
            found = _obtain_companies(settings, client, {cik: last[cik] for cik in batch})
            _land(settings, partition, "company_submissions", found, _company_records)
            for obtained in found:
                run.add(obtained)
            done += len(found)
            if progress:
                progress(done, total)
            if error := _lasting(found):
                raise error
    return len(due) - done


def _obtain_companies(settings: Settings, client: EdgarClient, last: dict[str, dict | None]) -> list[Obtained]:
    """Read some companies' JSON over a few connections. After a block nothing more is asked, and the others are left out."""
    stop = Event()

    def read(cik: str) -> Obtained:
        obtained = obtain(settings, client, wanted_company(settings, cik), last[cik], stop)
        if isinstance(obtained.error, Blocked):
            stop.set()
        return obtained

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return [obtained for obtained in pool.map(read, last) if not isinstance(obtained.error, Stopped)]


def wanted_company(settings: Settings, cik: str) -> Wanted:
    """A company's submissions JSON."""
    check = partial(company_submissions.check_company_submissions, cik=cik)
    url = company_submissions_url(settings.data_url, cik)
    return Wanted("company_submissions", cik, url, check, company_submissions.MAXIMUM_BYTES)


def _lasting(found: list[Obtained]) -> TransportError | None:
    """The error of a block or an outage, after which the rest of the companies is not asked for."""
    errors = [one.error for one in found if isinstance(one.error, TransportError)]
    if blocks := [error for error in errors if isinstance(error, Blocked)]:
        return blocks[0]
    return errors[-1] if len(errors) >= FAILURES_IN_A_ROW else None


def _land(
    settings: Settings,
    partition: str,
    source: str,
    found: list[Obtained],
    records_of: Callable[[Obtained], list[dict]],
) -> None:
    """Land the outcome rows of what was read, and the records of what is new."""
    outcomes = [row for obtained in found for row in obtained.outcomes]
    records = [record for obtained in found if obtained.body is not None for record in records_of(obtained)]
    if outcomes:
        land_batch(settings, partition, outcomes, source if records else None, records)


def _ticker_records(obtained: Obtained) -> list[dict]:
    return company_tickers.parse_company_tickers(obtained.body, *obtained.facts)


def _listing_records(obtained: Obtained) -> list[dict]:
    return index_listing.parse_index_listing(obtained.body, date.fromisoformat(obtained.wanted.key), *obtained.facts)


def _company_records(obtained: Obtained) -> list[dict]:
    parsed = company_submissions.parse_company_submissions(obtained.body, obtained.wanted.key, *obtained.facts)
    return [parsed.company]


def _first_day(day: date) -> date:
    return date(day.year, 3 * quarter_of(day) - 2, 1)


def _next_quarter(first: date) -> date:
    return _first_day(first + timedelta(days=100))
