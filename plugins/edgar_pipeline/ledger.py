"""The ledger: every row of an index is in exactly one state, and the states sum to the index.

`loaded` (landed here), `pending` (to be fetched), `quarantined` (with its reason), `gone` (with its evidence),
`out_of_scope` (with its rule). Nothing is stored: the ledger is computed from the parts of the raw zone, so it cannot
disagree with what is there.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from edgar_pipeline.landing import OUTCOMES, day_partition, read_records
from edgar_pipeline.settings import Settings

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
    """Where an accession number stands, and why."""

    state: str
    reason: str | None = None


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
class DayLedger:
    """What the raw zone holds of one index day."""

    index_date: date
    day_state: str
    day_reason: str | None
    rows: list[dict]
    states: dict[str, State]

    @property
    def accession_numbers(self) -> list[str]:
        """The day's accession numbers, each once, in the order of the index."""
        return list(dict.fromkeys(row["accession_number"] for row in self.rows if row["accession_number"]))

    def state_of(self, row: dict) -> State:
        """The state of an index row."""
        if row["problem"]:
            return State("quarantined", f"line {row['line_number']}: {row['problem']}")
        return self.states[row["accession_number"]]


def read_day(settings: Settings, day: date) -> DayLedger:
    """Compute the ledger of an index day from the raw zone."""
    partition = day_partition(day)
    outcomes = list(read_records(settings, OUTCOMES, partition))
    day_state, day_reason = _day_state(outcomes)
    rows = _current_rows(read_records(settings, "daily_index", partition))
    latest = _latest_outcomes(outcomes)
    accessions = {row["accession_number"] for row in rows if row["accession_number"]}
    return DayLedger(day, day_state, day_reason, rows, {a: _state(latest.get(a)) for a in accessions})


def day_status(settings: Settings, day: date) -> DayStatus:
    """The numbers of an index day."""
    ledger = read_day(settings, day)
    malformed = [ledger.state_of(row) for row in ledger.rows if row["problem"]]
    states = [*ledger.states.values(), *malformed]
    counts = Counter(state.state for state in states)
    reasons = Counter(f"{s.state}: {s.reason}" for s in states if s.state in ("pending", "quarantined", "gone"))
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
    folder = settings.raw_dir / OUTCOMES
    return sorted(date.fromisoformat(path.name.partition("=")[2]) for path in folder.glob("index_date=*"))


def _day_state(outcomes: list[dict]) -> tuple[str, str | None]:
    asked = sorted((o for o in outcomes if o["kind"] == "daily_index"), key=lambda o: (o["requested_at"], o["attempt"]))
    if any(o["outcome"] == "landed" for o in asked):
        return "loaded", None
    if not asked:
        return "missing", "its index was not asked for yet"
    return DAY_STATES.get(asked[-1]["outcome"], "missing"), asked[-1]["reason"]


def _current_rows(records: object) -> list[dict]:
    """The rows of the newest snapshot of the index. An exact duplicate of a line counts once (20 to 52 a day occur)."""
    rows = list(records)
    newest = max((row["fetched_at"] for row in rows), default=None)
    unique = {}
    for row in sorted((row for row in rows if row["fetched_at"] == newest), key=lambda row: row["line_number"]):
        key = row["line"] or (
            row["accession_number"],
            row["cik"],
            row["form_type"],
            row["filed_date"],
            row["company_name"],
        )
        unique.setdefault(key, row)
    return list(unique.values())


def _latest_outcomes(outcomes: list[dict]) -> dict[str, dict]:
    """The outcome that decides each accession number: landed and gone are final, else the newest."""
    latest: dict[str, dict] = {}
    for outcome in sorted(outcomes, key=lambda o: (o["requested_at"], o["attempt"])):
        accession = outcome["accession_number"]
        if accession and latest.get(accession, {}).get("outcome") not in ("landed", "gone"):
            latest[accession] = outcome
    return latest


def _state(outcome: dict | None) -> State:
    if outcome is None:
        return State("pending", "not asked for yet")
    if outcome["outcome"] == "landed":
        return State("loaded")
    if outcome["outcome"] in STATES:
        return State(outcome["outcome"], outcome["reason"])
    return State("pending", f"{outcome['outcome']}: {outcome['reason']}")
