"""Landing a day from its Feed tarball: one request in the place of thousands, the same records.

The index comes first, because it is the proof: what the day must hold is what its index lists. Then the tarball is fetched and
kept whole, read once to check every layer of it, and read a second time to parse what is still missing, over as many processes
as there are. What the tarball does not have stays pending; `day` fetches it one by one.

A tarball cannot be kept without a filing that was taken down (`takedowns`), so the Feed of a day that has one is left alone.

**Corrections** (`.corr01`, `.corr02` …) change a filing after it was accepted: its header, its form, or that it exists at all,
never the text of a document (edgar.md 1.4). They are applied in order, and the record that lands is the filing as it stood at
the end of the day: `as_of` says so, and decides which of a filing's records is the current one, whatever was fetched first. The
originals hold every step.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import orjson

from edgar_pipeline.client import Attempt, EdgarClient
from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.errors import NotFound, TransportError
from edgar_pipeline.ingest.corrections import Parsed
from edgar_pipeline.ingest.filings import Progress
from edgar_pipeline.ingest.index import land_index
from edgar_pipeline.ingest.outcomes import printable, request_row
from edgar_pipeline.ingest.processes import usable_processes
from edgar_pipeline.ingest.scope import out_of_scope_rule
from edgar_pipeline.ingest.tarball import Group, Tarball, find_tarball, parse_groups
from edgar_pipeline.landing import OUTCOMES, day_partition, land_batch, partition_lock, read_records
from edgar_pipeline.ledger import DayLedger, DayStatus, day_status, read_day
from edgar_pipeline.originals import keep_original
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.feed import MAXIMUM_COMPRESSED_BYTES, Listing, list_feed
from edgar_pipeline.sources.sgml import Body
from edgar_pipeline.takedowns import taken_down_at
from edgar_pipeline.urls import feed_url

#: A part is landed once it holds this many filings or this much JSON.
BATCH_FILINGS = 500
BATCH_BYTES = 32_000_000

_CORRECTION = re.compile(r"\.corr[0-9]{2}$")


@dataclass(frozen=True)
class FeedLanding:
    """What came of a day's Feed: the day's numbers, and why the tarball could not be used, if so."""

    status: DayStatus
    problem: str | None = None


def land_feed(
    settings: Settings,
    day: date,
    clock: Clock = SYSTEM_CLOCK,
    progress: Progress | None = None,
    processes: int | None = None,
) -> FeedLanding:
    """Land an index day from its Feed; ask for the tarball only where something of the day is missing and it is not kept."""
    problem = None
    with EdgarClient(settings, clock) as client:
        if land_index(settings, day, client, clock).day_state == "loaded":
            with partition_lock(settings, day_partition(day)):
                problem = _land_missing(settings, day, client, progress, processes or usable_processes())
    return FeedLanding(day_status(settings, day), problem)


def _land_missing(
    settings: Settings, day: date, client: EdgarClient, progress: Progress | None, processes: int
) -> str | None:
    """Land what the day's index lists and is not here; return why the tarball could not be used, if so."""
    work = _Work(settings, read_day(settings, day))
    if not work.is_unfinished():
        return None
    if taken_down := work.taken_down():
        return f"the Feed has {taken_down}, which was taken down: what is missing of the day is fetched one by one"
    try:
        tarball, rows = work.kept() or _fetch(settings, day, client)
    except (TransportError, NotFound) as error:
        return printable(str(error))
    _land(settings, work, tarball, rows, progress, processes)
    return None


def _fetch(settings: Settings, day: date, client: EdgarClient) -> tuple[Tarball, list[dict]]:
    """Ask EDGAR for the tarball and keep it; the rows of a failed request are landed here, before its error goes on."""
    url, attempts = feed_url(settings.www_url, day), []
    listings: list[Listing] = []

    def check(body: Body) -> None:
        listings.append(list_feed(body, url, settings.maximum_submission_bytes))

    try:
        fetched = client.fetch(url, check, MAXIMUM_COMPRESSED_BYTES, attempts)
    except (TransportError, NotFound) as error:
        rows = [request_row(attempt, "feed", day) for attempt in attempts]
        if isinstance(error, NotFound):
            rows[-1]["outcome"] = "absent"
        if rows:
            land_batch(settings, day_partition(day), rows)
        raise
    rows = [request_row(attempt, "feed", day) for attempt in fetched.attempts]
    keep_original(settings, "feed", day.isoformat(), fetched.body, rows)
    return Tarball(day, url, fetched.body, listings[-1], fetched.requested_at), rows


def _land(
    settings: Settings, work: "_Work", tarball: Tarball, rows: list[dict], progress: Progress | None, processes: int
) -> None:
    """Parse what is missing of the day and land it, part by part."""
    groups = work.wanted(tarball)
    batch = _Batch(settings, work.ledger, tarball, [*rows, *work.decisions(tarball)])
    done = 0
    for parsed in parse_groups(settings, tarball, groups, processes):
        for one in parsed:
            batch.add(one)
        done += len(parsed)
        if progress:
            progress(done, len(groups))
    batch.land()


class _Work:
    """What of a day is still to be done, by its ledger and by what earlier runs said of its Feed."""

    def __init__(self, settings: Settings, ledger: DayLedger) -> None:
        self.ledger, self._settings = ledger, settings
        rows = list(read_records(settings, OUTCOMES, day_partition(ledger.index_date)))
        self._taken_down = taken_down_at(settings)
        self._named = set(ledger.accession_numbers) | {
            row["url"].rpartition("#")[2][:20] for row in rows if "#" in row["url"]
        }
        self._said = {row["url"] for row in rows if row["kind"] == "plan"}
        self._applied = {row["url"] for row in rows if row["kind"] == "plan" and row["outcome"] in ("landed", "gone")}
        self._waiting = {
            row["url"]
            for row in rows
            if row["outcome"] == "quarantined" and row["sha256"] and _CORRECTION.search(row["url"])
        } - self._applied
        self._tarballs = {row["sha256"] for row in rows if row["kind"] == "feed" and row["outcome"] == "landed"}

    def is_unfinished(self) -> bool:
        """Something of the day's index is missing, or a correction waits for the submission that it corrects."""
        if any(self._is_missing(accession) for accession in self.ledger.accession_numbers):
            return True
        return bool(self._waiting)

    def taken_down(self) -> str | None:
        """A filing that the day's tarball has and that was taken down, if there is one."""
        return min(self._named & self._taken_down.keys(), default=None)

    def kept(self) -> tuple[Tarball, list[dict]] | None:
        """The tarball of an earlier run, and the rows of its requests where that run was killed before it landed them."""
        if not (found := find_tarball(self._settings, self.ledger.index_date)):
            return None
        tarball, original = found
        return tarball, [] if original.sha256 in self._tarballs else original.outcomes

    def wanted(self, tarball: Tarball) -> dict[str, Group]:
        """The filings that are to be parsed."""
        return {a: group for a, group in tarball.groups.items() if self._is_wanted(a, group, tarball)}

    def _is_wanted(self, accession_number: str, group: Group, tarball: Tarball) -> bool:
        if accession_number in self.ledger.states:
            return self._is_missing(accession_number)
        # Corrections of a filing that the index of another day listed.
        if accession_number in self._taken_down or not group[0].correction:
            return False
        return tarball.url_of(group[-1].name) not in self._applied

    def _is_missing(self, accession_number: str) -> bool:
        state = self.ledger.states[accession_number].state
        if state == "out_of_scope":
            is_in_scope = out_of_scope_rule(self._settings, self.ledger.rows_by_accession[accession_number]) is None
            return is_in_scope and not self.ledger.states[accession_number].is_taken_down
        return state in ("pending", "quarantined")

    def decisions(self, tarball: Tarball) -> Iterator[dict]:
        """Rows for what is not parsed: members that are none of ours, and submissions that the index does not list.

        They name no accession number: the state of a filing is what the day's own index and requests say of it.
        """
        rows = [(member.name, "quarantined", member.refusal) for member in tarball.listing.refused]
        reason = "the Feed has it, the day's index does not list it"
        rows += [
            (group[0].name, "out_of_scope", reason)
            for accession_number, group in tarball.groups.items()
            if accession_number not in self.ledger.states and not group[0].correction
        ]
        for name, outcome, why in rows:
            row = _decision(tarball, printable(name, 100), None, outcome, why)
            if row["url"] not in self._said:
                yield row


@dataclass
class _Batch:
    """Records and outcome rows on their way into one part."""

    settings: Settings
    ledger: DayLedger
    tarball: Tarball
    outcomes: list[dict]
    lines: list[orjson.Fragment] = field(default_factory=list)
    bytes: int = 0

    def add(self, parsed: Parsed) -> None:
        self.outcomes.append(self._row(parsed))
        if parsed.line is not None:
            self.lines.append(orjson.Fragment(parsed.line))
            self.bytes += len(parsed.line)
        if len(self.outcomes) >= BATCH_FILINGS or self.bytes >= BATCH_BYTES:
            self.land()

    def land(self) -> None:
        if self.outcomes:
            source = "submission" if self.lines else None
            land_batch(self.settings, day_partition(self.tarball.day), self.outcomes, source, self.lines)
        self.outcomes, self.lines, self.bytes = [], [], 0

    def _row(self, parsed: Parsed) -> dict:
        """The outcome row of a filing: a decision, because the request was the tarball's.

        A correction that could not be applied says nothing of the state of its filing, which another day's index lists.
        """
        is_known = parsed.accession_number in self.ledger.states or parsed.outcome != "quarantined"
        return _decision(
            self.tarball,
            parsed.name,
            parsed.accession_number if is_known else None,
            parsed.outcome,
            parsed.reason,
            bytes=parsed.bytes,
            sha256=parsed.sha256,
            document_count=parsed.document_count,
        )


def _decision(
    tarball: Tarball, name: str, accession_number: str | None, outcome: str, reason: str | None, **changes: object
) -> dict:
    made = Attempt(tarball.url_of(name), 0, tarball.requested_at, outcome=outcome, reason=reason)
    return request_row(made, "plan", tarball.day, accession_number, **changes)
