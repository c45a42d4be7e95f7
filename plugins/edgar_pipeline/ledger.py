"""The ledger: every row of an index is in exactly one state, and the states sum to the index.

`loaded` (landed here), `pending` (to be fetched), `quarantined` (with its reason), `gone` (with its evidence),
`out_of_scope` (with its rule). Nothing is stored: the ledger is computed from the parts of the raw zone, so it cannot
disagree with what is there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise

from edgar_pipeline.clock import to_iso
from edgar_pipeline.edgar_days import index_ready_at
from edgar_pipeline.files import list_names
from edgar_pipeline.landing import OUTCOMES, day_partition, read_records
from edgar_pipeline.settings import Settings
from edgar_pipeline.takedowns import KIND as TAKEDOWN
from edgar_pipeline.takedowns import read_takedowns, still_said

STATES = ("loaded", "pending", "quarantined", "gone", "out_of_scope")
#: The state of a day by the outcome of the newest request for its index.
DAY_STATES = {
    "landed": "loaded",
    "absent": "no_index_expected",
    "not_yet_published": "not_yet_published",
    "blocked": "blocked",
}


@dataclass(frozen=True)
class State:
    """Where an accession number stands, and why. What was taken down is out of scope for good, whatever the settings say."""

    state: str
    reason: str | None = None
    is_taken_down: bool = False


@dataclass(frozen=True)
class DayStatus:
    """One index day in numbers.

    `index_rows` counts rows; `filings` and the five states count accession numbers, a malformed row (which has none)
    as one quarantined.
    """

    index_date: date
    day_state: str
    index_rows: int = 0
    filings: int = 0
    loaded: int = 0
    pending: int = 0
    quarantined: int = 0
    gone: int = 0
    out_of_scope: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """The day is rightly absent, or its index is here and nothing of it is pending or quarantined."""
        if self.day_state == "no_index_expected":
            return True
        return self.day_state == "loaded" and not self.pending and not self.quarantined


@dataclass(frozen=True)
class Ledger:
    """The rows that one partition of the raw zone is to land, and where each accession number stands.

    `not_found_on` has, for each accession number, the days (UTC) on which EDGAR said that it has no such submission. An original
    that was received before `kept_since` may be another text than what is wanted, and is asked for again.
    """

    partition: str
    index_date: date | None
    rows: list[dict]
    states: dict[str, State]
    not_found_on: dict[str, set[str]]
    kept_since: str
    #: What else says that these submissions are gone: with it one denial is enough, without it takes three days of them.
    evidence: str | None = field(default=None, kw_only=True)

    @property
    def accession_numbers(self) -> list[str]:
        """The accession numbers, each once, in the order of the rows."""
        return list(self.rows_by_accession)

    @cached_property
    def rows_by_accession(self) -> dict[str, list[dict]]:
        """The rows of each accession number (one per filer), in their order."""
        grouped: dict[str, list[dict]] = {}
        for row in self.rows:
            if row["accession_number"]:
                grouped.setdefault(row["accession_number"], []).append(row)
        return grouped

    def state_of(self, row: dict) -> State:
        """The state of a row."""
        if row["problem"]:
            return State("quarantined", f"line {row['line_number']}: {row['problem']}")
        return self.states[row["accession_number"]]

    def count(self) -> tuple[Counter, Counter]:
        """How many accession numbers and malformed rows are in each state, and how many for which reason."""
        states = [*self.states.values(), *(self.state_of(row) for row in self.rows if row["problem"])]
        reasons = Counter(f"{s.state}: {s.reason}" for s in states if s.state in ("pending", "quarantined", "gone"))
        return Counter(state.state for state in states), reasons


@dataclass(frozen=True)
class DayLedger(Ledger):
    """What the raw zone holds of one index day.

    `rows` are those of the newest snapshot of the index, `index_hashes` the sha256 of every one that landed, oldest first.
    An original that was received before the index was complete may be another text: EDGAR lists a submission again when it
    disseminates it again (0001193125-24-100942 in April and, with one more document, in October 2024).
    """

    day_state: str
    day_reason: str | None
    index_hashes: list[str]


@dataclass(frozen=True)
class IndexChange:
    """A row that a later snapshot of an index has and the one before it had not, or the other way round."""

    change: str
    noticed_at: str
    row: dict


def read_day(settings: Settings, day: date) -> DayLedger:
    """Compute the ledger of an index day from the raw zone."""
    partition = day_partition(day)
    outcomes = read_outcomes(settings, partition)
    day_state, day_reason = _day_state(outcomes)
    snapshots = _snapshots(read_records(settings, "daily_index", partition))
    rows = snapshots[-1] if snapshots else []
    return DayLedger(
        partition,
        day,
        rows,
        states_of({row["accession_number"] for row in rows if row["accession_number"]}, outcomes),
        not_found_on(outcomes),
        to_iso(index_ready_at(day)),
        day_state,
        day_reason,
        [snapshot[0]["sha256"] for snapshot in snapshots],
    )


def read_outcomes(settings: Settings, partition: str) -> list[dict]:
    """The outcome rows of a partition that count, in the order of the requests; takedowns speak for all partitions."""
    return still_said([*read_records(settings, OUTCOMES, partition), *read_takedowns(settings)])


def states_of(accession_numbers: set[str], outcomes: list[dict]) -> dict[str, State]:
    """The state of each of these accession numbers by the outcome rows of their partition."""
    latest = _latest_outcomes(outcomes)
    return {accession: _state(latest.get(accession)) for accession in accession_numbers}


def index_changes(settings: Settings, day: date) -> list[IndexChange]:
    """What rereading a day's index has shown: rows `added` late and rows `removed`, in the order of the snapshots."""
    snapshots = _snapshots(read_records(settings, "daily_index", day_partition(day)))
    changes = []
    for before, after in pairwise(snapshots):
        added, removed = compare_rows(before, after)
        noticed_at = after[0]["fetched_at"]
        changes += [IndexChange("added", noticed_at, row) for row in added]
        changes += [IndexChange("removed", noticed_at, row) for row in removed]
    return changes


def compare_rows(before: list[dict], after: list[dict]) -> tuple[list[dict], list[dict]]:
    """The rows that only `after` has, and those that only `before` has; where a line stands does not matter."""
    old, new = {_row_key(row) for row in before}, {_row_key(row) for row in after}
    return [row for row in after if _row_key(row) not in old], [row for row in before if _row_key(row) not in new]


def day_status(settings: Settings, day: date) -> DayStatus:
    """The numbers of an index day."""
    ledger = read_day(settings, day)
    counts, reasons = ledger.count()
    if ledger.day_state != "loaded" and ledger.day_reason:
        reasons[ledger.day_reason] += 1
    return DayStatus(
        day,
        ledger.day_state,
        index_rows=len(ledger.rows),
        filings=len(ledger.states),
        reasons=dict(reasons.most_common(20)),
        **{state: counts[state] for state in STATES},
    )


def known_days(settings: Settings) -> list[date]:
    """Every index day of which the raw zone holds anything, oldest first."""
    names = [name.partition("=") for name in list_names(settings.raw_dir / OUTCOMES)]
    return sorted(date.fromisoformat(value) for kind, _, value in names if kind == "index_date")


def _day_state(outcomes: list[dict]) -> tuple[str, str | None]:
    asked = [outcome for outcome in outcomes if outcome["kind"] == "daily_index"]
    if any(outcome["outcome"] == "landed" for outcome in asked):
        return "loaded", None
    if not asked:
        return "missing", "its index was not asked for yet"
    return DAY_STATES.get(asked[-1]["outcome"], "missing"), asked[-1]["reason"]


def _snapshots(records: Iterable[dict]) -> list[list[dict]]:
    """The rows of each reading of the index, oldest first. An exact duplicate of a line counts once (20 to 52 a day occur)."""
    readings: dict[str, dict[tuple, dict]] = defaultdict(dict)
    for row in sorted(records, key=lambda row: (row["fetched_at"], row["line_number"])):
        readings[row["fetched_at"]].setdefault(_row_key(row), row)
    return [list(rows.values()) for rows in readings.values()]


def _row_key(row: dict) -> tuple:
    columns = ("accession_number", "cik", "form_type", "filed_date", "company_name")
    return (row["line"],) if row["line"] else tuple(row[column] for column in columns)


def _latest_outcomes(outcomes: list[dict]) -> dict[str, dict]:
    """The outcome that decides each accession number: landed and gone are final, else the newest."""
    latest: dict[str, dict] = {}
    for outcome in outcomes:
        accession = outcome["accession_number"]
        if accession and latest.get(accession, {}).get("outcome") not in ("landed", "gone"):
            latest[accession] = outcome
    return latest


def not_found_on(outcomes: list[dict]) -> dict[str, set[str]]:
    """For each accession number the days (UTC) on which EDGAR denied it while something certain was served."""
    days: dict[str, set[str]] = defaultdict(set)
    for outcome in outcomes:
        if outcome["kind"] == "submission" and outcome["outcome"] == "absent":
            days[outcome["accession_number"]].add(outcome["requested_at"][:10])
    return days


def _state(outcome: dict | None) -> State:
    if outcome is None:
        return State("pending", "not asked for yet")
    if outcome["outcome"] == "landed":
        return State("loaded")
    if outcome["outcome"] in STATES:
        return State(outcome["outcome"], outcome["reason"], outcome["kind"] == TAKEDOWN)
    return State("pending", f"{outcome['outcome']}: {outcome['reason']}")
