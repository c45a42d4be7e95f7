"""Landing a day from its Feed tarball: one request in the place of thousands, the same records.

The index comes first, because it is the proof: what the day must hold is what its index lists. Then the tarball is fetched and
kept whole, read once to check every layer of it, and read a second time to parse what is still missing, over as many processes
as there are. What the tarball does not have stays pending; `day` fetches it one by one.

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
from edgar_pipeline.errors import Damaged, NotFound, ParsingError, TransportError
from edgar_pipeline.ingest.corrections import Filing, Parsed, Step, find_landed, parse_filings
from edgar_pipeline.ingest.filings import Progress
from edgar_pipeline.ingest.index import land_index
from edgar_pipeline.ingest.outcomes import printable, request_row
from edgar_pipeline.ingest.processes import map_in_processes, usable_processes
from edgar_pipeline.ingest.scope import out_of_scope_rule
from edgar_pipeline.landing import OUTCOMES, day_partition, land_batch, read_records
from edgar_pipeline.ledger import DayLedger, DayStatus, day_status, read_day
from edgar_pipeline.originals import find_originals, keep_original, set_aside
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.feed import MAXIMUM_COMPRESSED_BYTES, Listing, Member, list_feed, read_feed
from edgar_pipeline.sources.sgml import Body
from edgar_pipeline.sources.submission import parse_correction
from edgar_pipeline.urls import feed_url

#: A part is landed once it holds this many filings or this much JSON.
BATCH_FILINGS = 500
BATCH_BYTES = 32_000_000
#: What one process parses at once: large enough that handing it over costs nothing, small enough for memory.
TASK_FILINGS = 40
TASK_BYTES = 3_000_000

_CORRECTION = re.compile(r"\.corr[0-9]{2}$")


@dataclass(frozen=True)
class FeedLanding:
    """What came of a day's Feed: the day's numbers, and why the tarball could not be used, if so."""

    status: DayStatus
    problem: str | None = None


@dataclass(frozen=True)
class _Tarball:
    """A tarball that was received whole, what it lists, and the rows of its requests that have not landed yet."""

    url: str
    body: Body
    listing: Listing
    requested_at: str
    outcomes: list[dict]


def land_feed(
    settings: Settings,
    day: date,
    clock: Clock = SYSTEM_CLOCK,
    progress: Progress | None = None,
    processes: int | None = None,
) -> FeedLanding:
    """Land an index day from its Feed; ask for the tarball only where something of the day is missing and it is not kept."""
    with EdgarClient(settings, clock) as client:
        landing = land_index(settings, day, client, clock)
        ledger = read_day(settings, day)
        problem = None
        if landing.day_state == "loaded" and _is_unfinished(settings, ledger):
            try:
                tarball = _kept(settings, day) or _fetch(settings, day, client)
            except (TransportError, NotFound) as error:
                problem = printable(str(error))
            else:
                _land(settings, ledger, tarball, progress, processes or usable_processes())
    return FeedLanding(day_status(settings, day), problem)


def _is_unfinished(settings: Settings, ledger: DayLedger) -> bool:
    """Something of the day's index is missing, or a correction waits for the submission that it corrects."""
    if any(_is_missing(settings, ledger, accession) for accession in ledger.accession_numbers):
        return True
    waiting, applied = set(), set()
    for row in read_records(settings, OUTCOMES, day_partition(ledger.index_date)):
        if row["kind"] == "plan" and _CORRECTION.search(row["url"]):
            (waiting if row["outcome"] == "quarantined" else applied).add(row["url"])
    return bool(waiting - applied)


def _is_missing(settings: Settings, ledger: DayLedger, accession_number: str) -> bool:
    state = ledger.states[accession_number].state
    if state == "out_of_scope":
        return out_of_scope_rule(settings, ledger.rows_by_accession[accession_number]) is None
    return state in ("pending", "quarantined")


def _kept(settings: Settings, day: date) -> _Tarball | None:
    """The newest sound tarball of an earlier run, without the rows that landed with it."""
    url, key = feed_url(settings.www_url, day), day.isoformat()
    for original in reversed(find_originals(settings, "feed", key)):
        try:
            body = original.read()
            listing = list_feed(body, url, settings.maximum_submission_bytes)
        except Damaged:
            set_aside(original)
            continue
        landed = {
            outcome["sha256"]
            for outcome in read_records(settings, OUTCOMES, day_partition(day))
            if outcome["kind"] == "feed" and outcome["outcome"] == "landed"
        }
        outcomes = [] if original.sha256 in landed else original.outcomes
        return _Tarball(url, body, listing, original.outcome["requested_at"], outcomes)
    return None


def _fetch(settings: Settings, day: date, client: EdgarClient) -> _Tarball:
    """Ask EDGAR for the tarball and keep it; the rows of a failed request are landed here, before its error goes on."""
    url, attempts, listings = feed_url(settings.www_url, day), [], []

    def check(body: Body) -> None:
        listings.append(list_feed(body, url, settings.maximum_submission_bytes))

    try:
        fetched = client.fetch(url, check, MAXIMUM_COMPRESSED_BYTES, attempts)
    except (TransportError, NotFound) as error:
        rows = _rows(attempts, day)
        if isinstance(error, NotFound):
            rows[-1]["outcome"] = "absent"
        if rows:
            land_batch(settings, day_partition(day), rows)
        raise
    outcomes = _rows(fetched.attempts, day)
    keep_original(settings, "feed", day.isoformat(), fetched.body, outcomes)
    return _Tarball(url, fetched.body, listings[-1], fetched.requested_at, outcomes)


def _rows(attempts: list[Attempt], day: date) -> list[dict]:
    return [request_row(attempt, "feed", day) for attempt in attempts]


def _land(settings: Settings, ledger: DayLedger, tarball: _Tarball, progress: Progress | None, processes: int) -> None:
    """Parse what is missing of the day and land it, part by part."""
    feed = _Feed(settings, ledger, tarball)
    batch = _Batch(settings, ledger, tarball)
    batch.outcomes += [*tarball.outcomes, *feed.decisions()]
    done = 0
    for parsed in map_in_processes(parse_filings, feed.tasks(), processes):
        for one in [*parsed, *feed.parsed_here()]:
            batch.add(one)
            done += 1
        if progress:
            progress(done, len(feed.wanted))
    for one in feed.parsed_here():
        batch.add(one)
    batch.land()


@dataclass
class _Batch:
    """Records and outcome rows on their way into one part."""

    settings: Settings
    ledger: DayLedger
    tarball: _Tarball
    outcomes: list[dict] = field(default_factory=list)
    lines: list[orjson.Fragment] = field(default_factory=list)
    bytes: int = 0

    def add(self, parsed: Parsed) -> None:
        self.outcomes.append(_member_row(self.tarball, self.ledger, parsed))
        if parsed.line is not None:
            self.lines.append(orjson.Fragment(parsed.line))
            self.bytes += len(parsed.line)
        if len(self.outcomes) >= BATCH_FILINGS or self.bytes >= BATCH_BYTES:
            self.land()

    def land(self) -> None:
        if self.outcomes:
            source = "submission" if self.lines else None
            land_batch(self.settings, day_partition(self.ledger.index_date), self.outcomes, source, self.lines)
        self.outcomes, self.lines, self.bytes = [], [], 0


def _member_row(tarball: _Tarball, ledger: DayLedger, parsed: Parsed) -> dict:
    """The outcome row of a filing: a decision, because the request was the tarball's.

    A correction that could not be applied says nothing of the state of its filing, which another day's index lists.
    """
    changes = {"bytes": parsed.bytes, "sha256": parsed.sha256, "document_count": parsed.document_count}
    is_known = parsed.accession_number in ledger.states or parsed.outcome != "quarantined"
    accession_number = parsed.accession_number if is_known else None
    return _decision(
        tarball, ledger.index_date, parsed.name, accession_number, parsed.outcome, parsed.reason, **changes
    )


def _decision(
    tarball: _Tarball,
    day: date,
    name: str,
    accession_number: str | None,
    outcome: str,
    reason: str | None,
    **changes: object,
) -> dict:
    made = Attempt(f"{tarball.url}#{name}", 0, tarball.requested_at, outcome=outcome, reason=reason)
    return request_row(made, "plan", day, accession_number, **changes)


class _Feed:
    """What is to be done with the members of a tarball, and the tasks that do it."""

    def __init__(self, settings: Settings, ledger: DayLedger, tarball: _Tarball) -> None:
        self._settings, self._ledger, self._tarball = settings, ledger, tarball
        self._large: list[Parsed] = []
        rows = list(read_records(settings, OUTCOMES, day_partition(ledger.index_date)))
        self._said = {row["url"] for row in rows}
        self._applied = {row["url"] for row in rows if row["outcome"] in ("landed", "gone")}
        groups: dict[str, list[Member]] = {}
        for member in sorted(tarball.listing.members.values(), key=lambda member: member.correction):
            groups.setdefault(member.accession_number, []).append(member)
        self.wanted = {
            accession: members for accession, members in groups.items() if self._is_wanted(accession, members)
        }
        self._unlisted = [
            members[0] for a, members in groups.items() if a not in ledger.states and not members[0].correction
        ]

    def _is_wanted(self, accession_number: str, members: list[Member]) -> bool:
        if accession_number in self._ledger.states:
            return _is_missing(self._settings, self._ledger, accession_number)
        # Corrections of a filing that the index of another day listed.
        return bool(members[0].correction) and f"{self._tarball.url}#{members[-1].name}" not in self._applied

    def decisions(self) -> Iterator[dict]:
        """Rows for what is not parsed: members that are none of ours, and submissions that the index does not list.

        They name no accession number: the state of a filing is what the day's own index and requests say of it.
        """
        reason = "the Feed has it, the day's index does not list it"
        rows = [(member.name, "quarantined", member.refusal) for member in self._tarball.listing.refused]
        rows += [(member.name, "out_of_scope", reason) for member in self._unlisted]
        for name, outcome, why in rows:
            row = _decision(self._tarball, self._ledger.index_date, printable(name, 100), None, outcome, why)
            if row["url"] not in self._said:
                yield row

    def tasks(self) -> Iterator[list[Filing]]:
        """The wanted filings as the tarball brings them, some at a time. One that is too large to hand over is parsed here."""
        task: list[Filing] = []
        for filing in self._filings():
            if any(not isinstance(step.body, bytes) for step in filing.steps):
                self._large += parse_filings([filing])
                continue
            task.append(filing)
            if len(task) >= TASK_FILINGS or sum(len(step.body) for f in task for step in f.steps) >= TASK_BYTES:
                yield task
                task = []
        if task:
            yield task

    def parsed_here(self) -> list[Parsed]:
        """What `tasks` has parsed itself since it was last asked."""
        large, self._large = self._large, []
        return large

    def _filings(self) -> Iterator[Filing]:
        names = {member.name for members in self.wanted.values() for member in members}
        facts = {"fetched_at": self._tarball.requested_at, "as_of": self._ledger.index_date.isoformat()}
        arrived: dict[str, list[Step]] = {}
        limit, folder = self._settings.maximum_submission_bytes, self._settings.originals_dir
        for member, body in read_feed(self._tarball.body, self._tarball.url, limit, names, folder):
            accession_number = member.accession_number
            steps = arrived.setdefault(accession_number, [])
            steps.append(Step(member.name, member.correction, body))
            if len(steps) == len(self.wanted[accession_number]):
                steps = sorted(arrived.pop(accession_number), key=lambda step: step.number)
                url = f"{self._tarball.url}#{steps[-1].name}"
                yield Filing(accession_number, steps, {**facts, "url": url}, self._base(accession_number, steps[0]))

    def _base(self, accession_number: str, first: Step) -> dict | None:
        """What landed before of a filing whose submission is not in this tarball."""
        if first.number == 0:
            return None
        try:
            correction = parse_correction(first.body, accession_number)
        except (ParsingError, Damaged):
            return None  # said again, as an outcome, where it is parsed for good
        if correction.is_deletion:
            return None
        return find_landed(self._settings, accession_number, date.fromisoformat(correction.record["filed_date"]))
