"""Taking a filing down: its bytes go, its hash and the reason stay.

What holds the text of a filing is removed in this order, so that nothing can be read any more once the takedown is on record:

    1  originals    the sidecars are marked, then the bodies deleted; also the Feed's tarballs that have the filing in them
    2  raw          each part of submissions that holds it is rewritten without it
    3  register     its rows, which the ledgers go by (`takedowns`)

Killed anywhere and run again, it ends the same. The partitions that speak of the filing are locked meanwhile, so a run of theirs
ends first. The warehouse is built anew by the next build, which finds the register's new part.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from edgar_pipeline.client import Attempt
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock, to_iso
from edgar_pipeline.errors import InputError, ParsingError
from edgar_pipeline.identifiers import parse_accession_number
from edgar_pipeline.ingest.outcomes import printable, request_row
from edgar_pipeline.landing import (
    OUTCOMES,
    committed_parts,
    land_batch,
    partition_lock,
    partitions_with_leftovers,
    read_part,
    remove_records,
    remove_unfinished,
)
from edgar_pipeline.originals import has_originals, take_down_originals
from edgar_pipeline.settings import Settings
from edgar_pipeline.takedowns import ASK_AGAIN, KIND, NEVER_AGAIN, PARTITION
from edgar_pipeline.urls import submission_url

#: What names filings, apart from their submissions.
_LISTS = ("daily_index", "company_filing", "index_change", OUTCOMES)


@dataclass(frozen=True)
class Takedown:
    """What came of taking a filing down. `is_new` is False where it was down already and nothing was left of it."""

    accession_number: str
    is_new: bool
    hashes: tuple[str, ...]
    bodies: int
    parts: int
    feed_days: tuple[str, ...]


@dataclass
class _Traces:
    """Where a filing is spoken of: the partitions, the days whose Feed has it, its outcome rows, its CIK by a list."""

    partitions: set[str] = field(default_factory=set)
    feed_days: set[str] = field(default_factory=set)
    rows: list[dict] = field(default_factory=list)
    cik: str | None = None


def take_down(
    settings: Settings, texts: Iterable[str], reason: str, ask_again: bool = False, clock: Clock = SYSTEM_CLOCK
) -> list[Takedown]:
    """Take filings down; say what was removed. What is down already, and of which nothing is left, is left as it is.

    With `ask_again` EDGAR's present version is fetched by the next run; without, nothing is asked for again. Raises InputError
    for a malformed or unknown accession number and an empty reason, and has then touched nothing.
    """
    accession_numbers, reason = _checked(texts), printable(reason.strip())
    if not reason:
        raise InputError("no reason is given: say why the filing is taken down, it is kept with its hash")
    with _locked(settings, accession_numbers) as traces:
        now = to_iso(clock.now())
        said = f"taken down on {now[:10]}: {reason}"
        outcome = ASK_AGAIN if ask_again else NEVER_AGAIN
        done, rows = [], []
        for accession_number, trace in traces.items():
            one, own = _take_down(settings, accession_number, trace, outcome, said, now)
            done.append(one)
            rows += own
        if rows:
            land_batch(settings, PARTITION, rows)
    return done


def _checked(texts: Iterable[str]) -> list[str]:
    try:
        found = list(dict.fromkeys(parse_accession_number(text) for text in texts))
    except ParsingError as error:
        raise InputError(str(error)) from None
    if not found:
        raise InputError("no accession number is given: name one, like 0001193125-20-063075")
    return found


@contextmanager
def _locked(settings: Settings, accession_numbers: list[str]) -> Iterator[dict[str, _Traces]]:
    """What is known of these filings, while no run works on a partition that speaks of them."""
    names: set[str] = set()
    while True:
        with ExitStack() as locks:
            for name in sorted(names):
                locks.enter_context(partition_lock(settings, name))
            traces = _find(settings, accession_numbers)
            leftovers = partitions_with_leftovers(settings, "submission")
            spoken_of = leftovers.union(*(trace.partitions for trace in traces.values()))
            if spoken_of <= names:
                for name in leftovers:
                    remove_unfinished(settings, "submission", name)
                yield traces
                return
        # Another partition learned of them while this one waited: take its lock too, in the order in which all are taken.
        names |= spoken_of


def _find(settings: Settings, accession_numbers: list[str]) -> dict[str, _Traces]:
    """Where these filings are spoken of; InputError for one of which nothing is known. Reads all lists, a few seconds a year."""
    traces = {accession_number: _Traces() for accession_number in accession_numbers}
    for source in _LISTS:
        for part in committed_parts(settings, source):
            for row in read_part(part.path):
                _note(traces, source, part.partition, row)
    for accession_number, trace in traces.items():
        if not trace.partitions and not has_originals(settings, "submission", accession_number):
            raise InputError(
                f"nothing is known of {accession_number} in {settings.home}: there is nothing to take down"
            )
    return traces


def _note(traces: dict[str, _Traces], source: str, partition: str, row: dict) -> None:
    named = row["url"].rpartition("#")[2][:20] if source == OUTCOMES and "#" in row["url"] else None
    for accession_number in {row["accession_number"], named} & traces.keys():
        trace = traces[accession_number]
        trace.partitions.add(partition)
        if source == OUTCOMES:
            trace.rows.append(row)
        else:
            trace.cik = trace.cik or row.get("cik")
        if (source == "daily_index" or named == accession_number) and row["index_date"]:
            trace.feed_days.add(row["index_date"])


def _take_down(
    settings: Settings, accession_number: str, trace: _Traces, outcome: str, said: str, now: str
) -> tuple[Takedown, list[dict]]:
    """Remove what holds a filing's text; return what that was, and the rows that are to be registered."""
    bodies, found = take_down_originals(settings, "submission", accession_number, said)
    tarballs = {
        day: take_down_originals(settings, "feed", day, f"with {accession_number}, {said}")[0]
        for day in sorted(trace.feed_days)
    }
    parts = remove_records(settings, "submission", accession_number)
    earlier = [row for row in trace.rows if row["kind"] == KIND]
    others = [row for row in trace.rows if row["kind"] != KIND and row["accession_number"] == accession_number]
    bodies_of = {row["sha256"]: row for row in [*others, *found, *earlier] if row["sha256"]}
    last = max(earlier, key=lambda row: row["requested_at"], default=None)
    received_since = last and any(row["sha256"] and row["requested_at"] > last["requested_at"] for row in others)
    is_new = last is None or last["outcome"] != outcome or bool(bodies or parts or received_since)
    took = tuple(day for day, count in tarballs.items() if count)
    done = Takedown(accession_number, is_new, tuple(sorted(bodies_of)), bodies, parts, took)
    if not is_new:
        return done, []
    url = next((row["url"] for row in others), None) or _url(settings, accession_number, trace)
    rows = [bodies_of[sha256] for sha256 in sorted(bodies_of)] or [{"url": url, "bytes": None, "sha256": None}]
    return done, [_row(accession_number, row, outcome, said, now) for row in rows]


def _url(settings: Settings, accession_number: str, trace: _Traces) -> str:
    # Where no list names a company, the folder of whoever submitted is as good a name as any.
    return submission_url(settings.www_url, trace.cik or accession_number[:10], accession_number)


def _row(accession_number: str, body: dict, outcome: str, said: str, now: str) -> dict:
    made = Attempt(body["url"], 0, now, None, body["bytes"], body["sha256"], outcome, said)
    return request_row(made, KIND, None, accession_number)
