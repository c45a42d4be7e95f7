"""A day's Feed tarball as it was received, and the filings in it, ready to be parsed over several processes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from edgar_pipeline.errors import Damaged, ParsingError
from edgar_pipeline.ingest.corrections import Filing, Parsed, Step, find_landed, parse_filings
from edgar_pipeline.ingest.processes import map_in_processes
from edgar_pipeline.originals import Original, find_originals, set_aside
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.feed import Listing, Member, list_feed, read_feed
from edgar_pipeline.sources.sgml import Body
from edgar_pipeline.sources.submission import parse_correction
from edgar_pipeline.urls import feed_url

#: What one process parses at once: large enough that handing it over costs nothing, small enough for memory.
TASK_FILINGS = 40
TASK_BYTES = 3_000_000

#: The members of a tarball that speak of one filing, in order: the submission, its corrections.
Group = list[Member]


@dataclass(frozen=True)
class Tarball:
    """A tarball that was received whole. `requested_at` is when it was asked for."""

    day: date
    url: str
    body: Body
    listing: Listing
    requested_at: str

    @property
    def groups(self) -> dict[str, Group]:
        """The members by accession number."""
        groups: dict[str, Group] = {}
        for member in sorted(self.listing.members.values(), key=lambda member: member.correction):
            groups.setdefault(member.accession_number, []).append(member)
        return groups

    def url_of(self, name: str) -> str:
        """How a member is named in records and outcome rows."""
        return f"{self.url}#{name}"


def find_tarball(settings: Settings, day: date) -> tuple[Tarball, Original] | None:
    """The newest sound tarball that was kept of a day. One that is no longer what was received is set aside."""
    url = feed_url(settings.www_url, day)
    for original in reversed(find_originals(settings, "feed", day.isoformat())):
        try:
            body = original.read()
            listing = list_feed(body, url, settings.maximum_submission_bytes)
        except Damaged:
            set_aside(original)
            continue
        return Tarball(day, url, body, listing, original.outcome["requested_at"]), original
    return None


def parse_groups(
    settings: Settings, tarball: Tarball, groups: dict[str, Group], processes: int
) -> Iterator[list[Parsed]]:
    """Parse these filings of the tarball, some at a time, in the order in which the tarball has them complete."""
    tasks = _Tasks(settings, tarball, groups)
    for parsed in map_in_processes(parse_filings, tasks, processes):
        yield [*parsed, *tasks.take_large()]
    if large := tasks.take_large():
        yield large


class _Tasks:
    """Filings to hand over, some at a time. One that is too large to be copied to another process is parsed here."""

    def __init__(self, settings: Settings, tarball: Tarball, groups: dict[str, Group]) -> None:
        self._settings, self._tarball, self._groups = settings, tarball, groups
        self._large: list[Parsed] = []

    def __iter__(self) -> Iterator[list[Filing]]:
        task, size = [], 0
        for filing in self._filings():
            if not all(isinstance(step.body, bytes) for step in filing.steps):
                self._large += parse_filings([filing])
                continue
            task.append(filing)
            size += sum(len(step.body) for step in filing.steps)
            if len(task) >= TASK_FILINGS or size >= TASK_BYTES:
                yield task
                task, size = [], 0
        if task:
            yield task

    def take_large(self) -> list[Parsed]:
        """What was parsed here since this was last asked."""
        large, self._large = self._large, []
        return large

    def _filings(self) -> Iterator[Filing]:
        tarball, settings = self._tarball, self._settings
        names = {member.name for group in self._groups.values() for member in group}
        facts = {"fetched_at": tarball.requested_at, "as_of": tarball.day.isoformat()}
        arrived: dict[str, list[Step]] = {}
        limit, folder = settings.maximum_submission_bytes, settings.spool_dir
        for member, body in read_feed(tarball.body, tarball.url, limit, names, folder):
            accession_number = member.accession_number
            steps = arrived.setdefault(accession_number, [])
            steps.append(Step(member.name, member.correction, body))
            if len(steps) == len(self._groups[accession_number]):
                steps = sorted(arrived.pop(accession_number), key=lambda step: step.number)
                url = tarball.url_of(steps[-1].name)
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
