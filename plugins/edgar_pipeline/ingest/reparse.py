"""Raw again from the originals, without a request: what a better parser makes of bytes that were received long ago.

Every record of a day is parsed again from the bytes that it came from and compared field by field. A record that differs lands
in a new part beside the old one, with the same `fetched_at` and `as_of` and the new `parser_version`, which makes it the current
one; a record that does not differ is left alone. So a second run finds nothing to do. A filing that an earlier parser refused
lands now, if it is parsed now. One that landed and is refused now keeps its record, and is reported.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import orjson

from edgar_pipeline import PARSER_VERSION
from edgar_pipeline.client import Attempt
from edgar_pipeline.errors import Damaged, EdgarError, ParsingError
from edgar_pipeline.ingest.corrections import Parsed
from edgar_pipeline.ingest.filings import Progress
from edgar_pipeline.ingest.fingerprints import Landed, differences, fields_of, remember
from edgar_pipeline.ingest.outcomes import printable, request_row
from edgar_pipeline.ingest.processes import map_in_processes, usable_processes
from edgar_pipeline.ingest.tarball import find_tarball, parse_groups
from edgar_pipeline.landing import (
    OUTCOMES,
    committed_parts,
    day_partition,
    land_batch,
    partition_lock,
    read_part,
    read_records,
)
from edgar_pipeline.originals import Original, find_originals, why_taken_down
from edgar_pipeline.settings import Settings
from edgar_pipeline.sources.submission import parse_submission

#: A part is landed once it holds this many filings or this much JSON.
BATCH_FILINGS = 500
BATCH_BYTES = 32_000_000
#: What one process parses at once.
TASK_FILINGS = 25
#: What "differs" in a filing that had no record before.
NEW = "(new record)"


@dataclass
class Reparse:
    """What parsing a day's submissions again has shown. `changes` counts records by the field that differs."""

    day: date
    compared: int = 0
    changed: int = 0
    recovered: int = 0
    changes: Counter = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Task:
    """A body that was received, and what is known of the record that landed from it, if one did."""

    accession_number: str
    original: Original | None
    before: Landed | None


@dataclass(frozen=True)
class _Result:
    """The record as a line of JSON where it differs, and in what; or why there is none."""

    accession_number: str
    before: Landed | None
    record: bytes | None = None
    changes: tuple[str, ...] = ()
    problem: str | None = None


def reparse_day(
    settings: Settings, day: date, progress: Progress | None = None, processes: int | None = None
) -> Reparse:
    """Parse what landed with an index day again; land what differs; say what that is. Another process of the day is waited for.

    Raises EdgarError where a record differs although PARSER_VERSION is still that of the landed one: nothing could tell
    which of the two is the better one.
    """
    with partition_lock(settings, day_partition(day)):
        return _reparse_day(settings, day, progress, processes or usable_processes())


def _reparse_day(settings: Settings, day: date, progress: Progress | None, processes: int) -> Reparse:
    report, batch = Reparse(day), _Batch(settings, day)
    landed = _landed(settings, day)
    for result in _results(settings, day, landed, processes):
        report.compared += 1
        if result.problem:
            report.problems.append(f"{result.accession_number}: {result.problem}")
        elif result.changes:
            _require_new_version(result)
            report.changed += 1
            report.recovered += result.before is None
            report.changes.update(result.changes)
            batch.add(result)
        if progress:
            progress(report.compared, len(landed))
    batch.land()
    return report


def _require_new_version(result: _Result) -> None:
    if result.before and result.before.parser_version == PARSER_VERSION:
        raise EdgarError(
            f"{result.accession_number}: the parser makes another record of the same bytes ({', '.join(result.changes)}), but "
            f"its version is still {PARSER_VERSION}. Raise PARSER_VERSION in edgar_pipeline/__init__.py and run it again."
        )


def _landed(settings: Settings, day: date) -> dict[tuple[str, str], Landed]:
    """For each state of each filing (accession number, as_of) its record of the newest parser."""
    newest: dict[tuple[str, str], Landed] = {}
    for part in committed_parts(settings, "submission", day_partition(day)):
        for record in read_part(part.path):
            one = remember(record)
            key = (record["accession_number"], one.facts["as_of"])
            if key not in newest or _version(newest[key]) < _version(one):
                newest[key] = one
    return newest


def _version(landed: Landed) -> tuple[int, ...]:
    return tuple(int(number) for number in landed.parser_version.split("."))


def _results(settings: Settings, day: date, landed: dict[tuple[str, str], Landed], processes: int) -> Iterator[_Result]:
    from_feed = {
        one.facts["url"]: (accession, one) for (accession, _), one in landed.items() if "#" in one.facts["url"]
    }
    for results in map_in_processes(reparse_filings, _tasks(settings, day, landed), processes):
        yield from results
    if from_feed:
        yield from _from_feed(settings, day, from_feed, processes)


def _tasks(settings: Settings, day: date, landed: dict[tuple[str, str], Landed]) -> Iterator[list[_Task]]:
    """The bodies that came one by one, some at a time: those that landed, and those that were refused."""
    tasks = [
        _Task(accession, _original(settings, accession, one.facts["sha256"]), one)
        for (accession, _), one in landed.items()
        if "#" not in one.facts["url"]
    ]
    accessions = {accession for accession, _ in landed}
    tasks += [
        _Task(accession, original, None)
        for accession in sorted(_refused(settings, day) - accessions)
        for original in find_originals(settings, "submission", accession)[-1:]
    ]
    for start in range(0, len(tasks), TASK_FILINGS):
        yield tasks[start : start + TASK_FILINGS]


def _original(settings: Settings, accession_number: str, sha256: str) -> Original | None:
    originals = find_originals(settings, "submission", accession_number)
    return next((original for original in originals if original.sha256 == sha256), None)


def _refused(settings: Settings, day: date) -> set[str]:
    """The accession numbers of which a body was quarantined."""
    rows = read_records(settings, OUTCOMES, day_partition(day))
    return {row["accession_number"] for row in rows if row["accession_number"] and row["outcome"] == "quarantined"}


def reparse_filings(tasks: list[_Task]) -> list[_Result]:
    """Parse bodies again and compare; in a process of its own, so nothing is shared."""
    return [_reparse(task) for task in tasks]


def _reparse(task: _Task) -> _Result:
    if task.original is None:
        return _Result(task.accession_number, task.before, problem="its original is not there")
    try:
        record = parse_submission(task.original.read(), task.accession_number)
    except (ParsingError, Damaged) as error:
        # What was refused before and is refused now is in the ledger already.
        problem = f"it landed, but is refused now: {printable(str(error))}" if task.before else None
        return _Result(task.accession_number, task.before, problem=problem)
    row = task.original.outcome
    received = {"url": row["url"], "sha256": row["sha256"], "bytes": row["bytes"]}
    facts = {**received, "fetched_at": row["requested_at"], "as_of": row["requested_at"]}
    return _compare(task.accession_number, task.before, record, facts)


def _from_feed(
    settings: Settings, day: date, before: dict[str, tuple[str, Landed]], processes: int
) -> Iterator[_Result]:
    """The records that came with the day's tarball, parsed from it again."""
    if found := find_tarball(settings, day):
        tarball, _ = found
        groups = {a: group for a, group in tarball.groups.items() if tarball.url_of(group[-1].name) in before}
        for parsed in parse_groups(settings, tarball, groups, processes):
            for one in parsed:
                yield _compare_parsed(one, before.pop(tarball.url_of(one.name))[1])
    reason = why_taken_down(settings, "feed", day.isoformat())
    problem = (
        f"its tarball of the Feed went {reason}; its record stays" if reason else "its tarball of the Feed is not there"
    )
    for accession_number, landed in before.values():
        yield _Result(accession_number, landed, problem=problem)


def _compare_parsed(parsed: Parsed, before: Landed) -> _Result:
    if parsed.line is None:
        return _Result(parsed.accession_number, before, problem=f"it landed, but is refused now: {parsed.reason}")
    return _compare(parsed.accession_number, before, orjson.loads(parsed.line), {})


def _compare(accession_number: str, before: Landed | None, record: dict, facts: dict) -> _Result:
    """What differs in a record that was parsed again; the facts of its request stay."""
    after = {**record, **facts, **(before.facts if before else {})}
    line = orjson.dumps(after)
    changes = tuple(differences(before.fields, fields_of(orjson.loads(line)))) if before else (NEW,)
    return _Result(accession_number, before, line if changes else None, changes)


class _Batch:
    """Records that differ, and the rows that commit them, on their way into one part."""

    def __init__(self, settings: Settings, day: date) -> None:
        self._settings, self._day = settings, day
        self._rows: list[dict] = []
        self._lines: list[bytes] = []

    def add(self, result: _Result) -> None:
        self._rows.append(_row(self._day, orjson.loads(result.record), result.changes))
        self._lines.append(result.record)
        if len(self._rows) >= BATCH_FILINGS or sum(map(len, self._lines)) >= BATCH_BYTES:
            self.land()

    def land(self) -> None:
        if self._rows:
            records = [orjson.Fragment(line) for line in self._lines]
            land_batch(self._settings, day_partition(self._day), self._rows, "submission", records)
        self._rows, self._lines = [], []


def _row(day: date, record: dict, changes: tuple[str, ...]) -> dict:
    """A decision, dated as the request was, so that the same work makes the same part whenever it is done."""
    reason = f"parsed again by parser version {PARSER_VERSION}: {', '.join(changes)}"
    made = Attempt(record["url"], 0, record["fetched_at"], None, record["bytes"], record["sha256"], "landed", reason)
    count = {"document_count": len(record["documents"])}
    return request_row(made, "plan", day, record["accession_number"], **count)
