"""A quarter's index against what is here: which rows are late, changed or gone.

The quarterly index says what EDGAR holds *now* of the filings that carry a date of the quarter; it is rebuilt every Saturday.
The daily indexes say what was disseminated when, and are never edited. A difference between the two is a change at EDGAR, or
something that was never asked for here. So a row that only the quarterly index has is late if the index of its date has landed,
and a row that it lacks is gone if the daily index that had it is older than the last rebuild.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from edgar_pipeline.landing import day_partition, quarter_partition, read_records
from edgar_pipeline.ledger import known_days
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.index_file import read_header, read_rows
from edgar_pipeline.urls import quarter_of

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
#: EDGAR rebuilds the quarterly indexes on Saturday mornings.
REBUILT_WITHIN = timedelta(days=8)


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year; its name is `2020Q1`."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def previous(self) -> "Quarter":
        """The quarter before it."""
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    def has(self, day: str) -> bool:
        """Whether a day, in ISO, is one of it."""
        return self.first_day.isoformat() <= day < self.next.first_day.isoformat()

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter of a day."""
        return cls(day.year, quarter_of(day))


#: What an index says of one filer of a filing: form type, date, company name.
Facts = tuple[str, str, str]
#: A row of an index: accession number and CIK.
Key = tuple[str, str]


def read_quarterly(body: bytes) -> tuple[dict[Key, Facts], str]:
    """The rows of a quarterly index by accession number and CIK, and the last day that it knows of.

    A malformed row is left out: it says nothing of any filing. 320,000 rows take about 150 MB.
    """
    header = read_header(body)
    rows = {
        (row["accession_number"], row["cik"]): (row["form_type"], row["filed_date"], row["company_name"])
        for row in read_rows(body, header)
        if not row["problem"]
    }
    return rows, header.last_data_received.isoformat()


def read_daily(settings: Settings, quarter: Quarter) -> tuple[dict[Key, tuple[str, Facts]], set[str]]:
    """What the daily indexes here list with a date of the quarter, with the newest index day; and which of its days landed.

    Of several snapshots of that day the newest counts. A row that a later snapshot has lost is still known.
    """
    listed: dict[Key, tuple[tuple[str, str], Facts]] = {}
    covered: set[str] = set()
    for day in known_days(settings):
        if day < quarter.first_day:
            continue
        for row in read_records(settings, "daily_index", day_partition(day)):
            covered.add(row["index_date"])
            if row["problem"] or not quarter.has(row["filed_date"]):
                continue
            key, order = (row["accession_number"], row["cik"]), (row["index_date"], row["fetched_at"])
            facts = (row["form_type"], row["filed_date"], row["company_name"])
            if key not in listed or listed[key][0] <= order:
                listed[key] = (order, facts)
    return {key: (day, facts) for key, ((day, _), facts) in listed.items()}, covered


def judged_until(quarter: Quarter, last_data_received: str, fetched_on: date) -> str:
    """The last index day whose rows the index must have: of a running quarter the day that it names, of an older one the week
    before it was fetched (its header goes on naming the quarter's last day, whatever was released since).
    """
    if fetched_on < quarter.next.first_day + REBUILT_WITHIN:
        return last_data_received
    return (fetched_on - REBUILT_WITHIN).isoformat()


def compare(
    daily: dict[Key, tuple[str, Facts]], quarterly: dict[Key, Facts], covered: set[str], until: str
) -> list[tuple[str, Key, Facts | None, Facts | None]]:
    """The differences as (change, key, what the daily indexes said, what the quarterly one says), in order."""
    found = []
    for key in sorted(daily.keys() | quarterly.keys()):
        index_day, before = daily.get(key, (None, None))
        after = quarterly.get(key)
        if before is None:
            if after[1] in covered:
                found.append((ADDED, key, None, after))
        elif after is None:
            if index_day <= until:
                found.append((REMOVED, key, before, None))
        elif before[:2] != after[:2]:
            found.append((CHANGED, key, before, after))
    return found


def recorded_changes(settings: Settings, quarter: Quarter) -> list[dict]:
    """What was recorded of a quarter, oldest first."""
    records = read_records(settings, "index_change", quarter_partition(str(quarter)))
    return sorted(records, key=lambda record: record["noticed_at"])
