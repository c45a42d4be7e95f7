"""The expectations, as functions to be reviewed: what must be true of a build before anybody may read it.

Three borders: **raw against index** (every row of an index is in one state, every day is there, none is oddly small), **marts
against raw** (what has landed is loaded, nothing else is), **marts before publication** (columns, keys, rules between tables,
dates, fitness for use, drift against the last publication).

`EXPECTATIONS` is the table of contents: by name the severity and the sentence that Data Docs show. A run is red unless
exactly these names were evaluated, so one that is lost from a suite is missed. Severity `stop` keeps a build from being
published; what only warns is published, and visible in the verdict, the report and the log. What a filer or EDGAR alone can
cause must never be able to stop publications, so it warns; so does what an operator may want (a day never asked for).
"""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import pandas as pd

from edgar_pipeline.landing import SOURCES
from edgar_pipeline.quality import frames
from edgar_pipeline.quality.gx import Column, Expectation, gxe
from edgar_pipeline.quality.rules import RULES

STOP, WARN = "stop", "warn"

EXPECTATIONS: dict[str, tuple[str, str]] = {
    "index_days.state": (STOP, "Each index day is in the state that its requests say."),
    "index_days.rows": (STOP, "Each index day has as many rows as its newest index in raw, malformed ones included."),
    "index_days.filings": (STOP, "Each index day has as many accession numbers as its newest index in raw."),
    "index_days.states_sum": (STOP, "The states of each index day sum to its accession numbers and malformed rows."),
    "index_days.none_lost": (STOP, "Every row of an index in raw is in index_entries."),
    "index_days.none_invented": (STOP, "Every row of index_entries is in an index in raw."),
    "index_days.states": (STOP, "Every row of an index is in the state that raw and fct_filings say."),
    "calendar.none_lost": (STOP, "Every day whose index is in raw is in completeness_by_day."),
    "calendar.no_gap": (WARN, "Every EDGAR index day between the first and the last that is known is known."),
    "calendar.complete": (WARN, "Every day that is known is complete: nothing is pending or quarantined."),
    "shape.rows": (WARN, "An index has 75 to 200 % of the rows that are usual for its weekday."),
    "shape.bytes": (WARN, "An index has 75 to 200 % of the bytes that are usual for its weekday."),
    "shape.forms": (WARN, "No form type is missing altogether that every index of the weeks around lists."),
    "landed.compared": (STOP, "Filings, filers, document counts, exhibits and texts are all compared."),
    "landed.not_empty": (STOP, "New submission parts hold submissions."),
    "landed.counts": (STOP, "As many are loaded as have landed."),
    "landed.none_lost": (STOP, "Everything that has landed is loaded, key by key."),
    "landed.none_invented": (STOP, "Everything that is loaded has landed, key by key."),
    "content.compared": (STOP, "Filings, exhibits and texts of a sample of earlier parts are all compared."),
    "content.same": (STOP, "Filings, exhibits and texts of that sample are what raw says, by their hashes."),
    "parts.compared": (STOP, "The parts of every raw source are compared."),
    "parts.none_forgotten": (STOP, "Every part that was committed before the build is loaded."),
    "parts.none_vanished": (STOP, "Every part that is loaded is still in raw."),
    "columns.types": (STOP, "Every column of the contract is there, with its type."),
    "columns.filled": (STOP, "No required column holds a NULL."),
    "tables.known": (STOP, "The schema marts holds no table without a declared key."),
    "tables.not_empty": (STOP, "No table is empty, unless raw gives the reason."),
    "tables.keys": (STOP, "Every key is unique."),
    "tables.accession_numbers": (STOP, "Every accession number is spelled like 0001193125-20-063075."),
    "tables.ciks": (STOP, "Every CIK has ten digits."),
    "rules.compared": (STOP, "Every rule between tables is computed."),
    **{f"rules.{rule.name}": (STOP, f"{rule.name.replace('_', ' ').capitalize()}.") for rule in RULES},
    "dates.compared": (STOP, "Every date that cannot lie ahead of us is looked at."),
    "dates.of_indexes": (STOP, "No index is of a day to come."),
    "dates.of_filings": (WARN, "No filing is of a day to come."),
    "fitness.compared": (STOP, "Every number of fitness is computed."),
    "fitness.freshness": (WARN, f"The data is at most {frames.MOST_DAYS_BEHIND} index day behind EDGAR."),
    "fitness.titles": (WARN, f"At most {frames.MOST_WEAK_TITLES:g} % of the new exhibits have a weak title."),
    "fitness.events": (WARN, f"At most {frames.MOST_UNCLASSIFIED_EVENTS:g} % of the new events are unclassified."),
    "drift.nothing_lost": (STOP, "No filing and no day of the last publication is lost."),
    "drift.sizes": (WARN, f"No table has lost {frames.MOST_PERCENT_FEWER} % of its rows since the last publication."),
    "drift.titles": (WARN, f"The share of weak titles has not grown by {frames.MOST_POINTS_MORE} points."),
}

#: How Great Expectations spells the severities.
_GX_SEVERITIES = {STOP: "critical", WARN: "warning"}


@dataclass(frozen=True)
class Suite:
    """A frame and what is expected of it. `empty_reason` says in words why the frame may have no row, or that it may not."""

    name: str
    border: str
    frame: Callable[[duckdb.DuckDBPyConnection], pd.DataFrame]
    expectations: Callable[[], list[Expectation]]
    empty_reason: Callable[[duckdb.DuckDBPyConnection], str | None] = lambda connection: None


def index_days() -> list[Expectation]:
    """Raw against index: every row of each index day that the build has touched is in exactly one state."""
    return [
        _same("index_days.state", "raw_day_state", "day_state"),
        _same("index_days.rows", "raw_index_rows", "index_rows"),
        _same("index_days.filings", "raw_filings", "filings"),
        _same("index_days.states_sum", "raw_states", "states"),
        _none("index_days.none_lost", "lost_rows"),
        _none("index_days.none_invented", "invented_rows"),
        _none("index_days.states", "misjudged_rows"),
    ]


def landed() -> list[Expectation]:
    """Marts against raw: two anti-joins, because equal counts passed with two rows missing and two too many."""
    return [
        _rows("landed.compared", len(frames.THINGS)),
        _at_least("landed.not_empty", "landed", "minimum"),
        _same("landed.counts", "landed", "loaded"),
        _none("landed.none_lost", "lost"),
        _none("landed.none_invented", "invented"),
    ]


def calendar() -> list[Expectation]:
    """Raw against index: the days, in a range that the audit chooses."""
    return [
        _none("calendar.none_lost", "is_lost"),
        _none("calendar.no_gap", "is_unknown"),
        _none("calendar.complete", "is_incomplete"),
    ]


def shape() -> list[Expectation]:
    """Raw against index: a day that is whole by its own account, and yet oddly small or large."""
    return [
        _between("shape.rows", "percent_of_rows", 75, 200),
        _between("shape.bytes", "percent_of_bytes", 75, 200),
        _none("shape.forms", "missing_forms"),
    ]


def content() -> list[Expectation]:
    """Marts against raw: what was loaded before is still what raw says."""
    return [_rows("content.compared", 3), _none("content.same", "differing")]


def parts() -> list[Expectation]:
    """Marts against raw: the build has loaded every part that it should, and raw still has what is loaded."""
    return [
        _rows("parts.compared", len(SOURCES)),
        _none("parts.none_forgotten", "forgotten"),
        _none("parts.none_vanished", "vanished"),
    ]


def columns() -> list[Expectation]:
    """Marts before publication: the public contract."""
    return [_same("columns.types", "promised_type", "found_type"), _none("columns.filled", "nulls")]


def tables() -> list[Expectation]:
    """Marts before publication: rows, keys and identifiers of every table."""
    return [
        _none("tables.known", "is_unknown"),
        _at_least("tables.not_empty", "row_count", "minimum_rows"),
        _none("tables.keys", "repeated_keys"),
        _none("tables.accession_numbers", "malformed_accession_numbers"),
        _none("tables.ciks", "malformed_ciks"),
    ]


def rules() -> list[Expectation]:
    """Marts before publication: rules between tables, one expectation each."""
    return [
        _rows("rules.compared", len(RULES)),
        *(_none(f"rules.{rule.name}", "broken", Column("rule") == rule.name) for rule in RULES),
    ]


def dates() -> list[Expectation]:
    """Marts before publication: nothing lies ahead of us."""
    return [
        _rows("dates.compared", len(frames.INDEX_DATES) + len(frames.FILING_DATES)),
        _none("dates.of_indexes", "later", Column("what").is_in(frames.INDEX_DATES)),
        _none("dates.of_filings", "later", Column("what").is_in(frames.FILING_DATES)),
    ]


def fitness() -> list[Expectation]:
    """Marts before publication: numbers that say whether a reader can use them."""
    return [
        _rows("fitness.compared", 3),
        _none("fitness.freshness", "is_over", Column("number") == "index days behind EDGAR"),
        _none("fitness.titles", "is_over", Column("number") == "percent of weak titles"),
        _none("fitness.events", "is_over", Column("number") == "percent of unclassified events"),
    ]


def drift() -> list[Expectation]:
    """Marts before publication: what readers have today is not taken from them."""
    return [
        _none("drift.nothing_lost", "is_lost"),
        _none("drift.sizes", "is_shrunk"),
        _none("drift.titles", "is_worse"),
    ]


def no_day_touched(connection: duckdb.DuckDBPyConnection) -> str | None:
    """A build of companies' histories alone touches no index day."""
    query = "select count(*) from ops.parts_to_load where is_new and path like '%/index_date=%'"
    return None if connection.execute(query).fetchone()[0] else "no part of an index day is new"


def no_day_known(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Nor is there a calendar where companies' histories alone have ever landed."""
    query = "select count(*) from ops.loaded_parts where path like '%/index_date=%'"
    return None if connection.execute(query).fetchone()[0] else "no part of an index day is loaded"


def no_last_publication(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The first publication has nothing to fall behind."""
    query = "select count(*) from last_numbers"
    return None if connection.execute(query).fetchone()[0] else "no publication has numbers to compare with"


SUITES = (
    Suite("index_days", "raw against index", frames.index_days, index_days, no_day_touched),
    Suite("calendar", "raw against index", frames.calendar, calendar, no_day_known),
    Suite("shape", "raw against index", frames.shape, shape, no_day_touched),
    Suite("landed", "marts against raw", frames.landed, landed),
    Suite("content", "marts against raw", frames.content, content),
    Suite("parts", "marts against raw", frames.parts, parts),
    Suite("columns", "marts before publication", frames.columns, columns),
    Suite("tables", "marts before publication", frames.tables, tables),
    Suite("rules", "marts before publication", frames.rules, rules),
    Suite("dates", "marts before publication", frames.dates, dates),
    Suite("fitness", "marts before publication", frames.fitness, fitness),
    Suite("drift", "marts before publication", frames.drift, drift, no_last_publication),
)


def _same(name: str, column: str, other: str) -> Expectation:
    return gxe.ExpectColumnPairValuesToBeEqual(column_A=column, column_B=other, **_labels(name))


def _at_least(name: str, column: str, least: str) -> Expectation:
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A=column, column_B=least, or_equal=True, **_labels(name))


def _none(name: str, column: str, rows: object = None) -> Expectation:
    """Nothing of this kind: the column is 0 in every row (of those that `rows` selects)."""
    return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=[0], row_condition=rows, **_labels(name))


def _between(name: str, column: str, least: float, most: float) -> Expectation:
    return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=least, max_value=most, **_labels(name))


def _rows(name: str, count: int) -> Expectation:
    """The frame has a row for each thing that is to be checked."""
    return gxe.ExpectTableRowCountToEqual(value=count, **_labels(name))


def _labels(name: str) -> dict:
    severity, sentence = EXPECTATIONS[name]
    return {"meta": {"name": name}, "description": sentence, "severity": _GX_SEVERITIES[severity]}
