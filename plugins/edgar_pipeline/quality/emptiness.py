"""Which tables may be empty in a build, and why: an empty table is red unless raw itself gives the reason, in words."""

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Allowance:
    """How many rows a table needs at least (0 or 1) and, where it may be empty, the reason."""

    minimum_rows: int
    reason: str


@dataclass(frozen=True)
class _Evidence:
    """`count`: SQL that counts what would fill the table, in raw first of all; `reason` holds where that is nothing."""

    count: str
    reason: str


#: A filing that was asked for and could not be loaded is no reason to publish a warehouse without any. One that nobody has asked
#: for yet is: an index lands before its filings, and a build may come between.
_SUBMISSIONS = _Evidence(
    """
    select (select count(*) from raw_parts where source = 'submission' and is_loaded)
        + (select count(*) from raw_states where state in ('pending', 'quarantined') and is_asked)
    """,
    "no submission was to be loaded: {days}",
)
_EXHIBITS = _Evidence(
    """
    select (select count(*) from raw_documents where document_type ilike 'EX-%')
        + (select coalesce(sum(exhibit_count), 0) from marts.fct_filings)
    """,
    "no loaded filing has an exhibit: {days}",
)
_TEXTS = _Evidence(
    """
    select (select count(*) from raw_documents where text_hash is not null)
        + (select count(*) from marts.fct_filings where text_length > 0)
        + (select count(*) from marts.fct_exhibits where text_length > 0)
    """,
    "no loaded document has text: {days}",
)
_INDEX_ROWS = _Evidence(
    """
    select (select count(*) from raw_index)
        + (select coalesce(sum(index_rows - malformed_rows), 0) from marts.completeness_by_day)
    """,
    "no index lists a filing: {days}",
)
_INDEX_DAYS = _Evidence(
    "select count(*) from raw_parts where path like '%/index_date=%' and is_loaded",
    "nothing of an index day has landed: {days}",
)
_CHANGES = _Evidence(
    "select count(*) from raw_parts where source = 'index_change' and is_loaded",
    "no index has changed after it was read: {days}",
)
_REQUESTS = _Evidence(
    """
    select (select coalesce(sum(requests), 0) from raw_days)
        + (select count(*) from raw_parts where source <> 'fetch_outcome' and is_loaded)
    """,
    "nothing was requested: {days}",
)

#: Every other table must always have rows.
MAY_BE_EMPTY = {
    "fct_filings": _SUBMISSIONS,
    "fct_events": _SUBMISSIONS,
    "filing_companies": _SUBMISSIONS,
    "dim_companies": _SUBMISSIONS,
    "company_timeline": _SUBMISSIONS,
    "fct_exhibits": _EXHIBITS,
    "document_texts": _TEXTS,
    "index_entries": _INDEX_ROWS,
    "index_changes": _CHANGES,
    "completeness_by_day": _INDEX_DAYS,
    "fetch_outcomes": _REQUESTS,
}


def allowances(connection: duckdb.DuckDBPyConnection) -> dict[str, Allowance]:
    """The allowance of every table that may ever be empty. Needs the `raw_*` tables of the recount."""
    days = _days_in_words(connection)
    return {table: _allowance(connection, evidence, days) for table, evidence in MAY_BE_EMPTY.items()}


def _allowance(connection: duckdb.DuckDBPyConnection, evidence: _Evidence, days: str) -> Allowance:
    try:
        (count,) = connection.execute(evidence.count).fetchone()
    except duckdb.Error:
        # A renamed column or a missing table is named by the suite of columns; here it excuses nothing.
        return Allowance(1, "")
    return Allowance(1, "") if count else Allowance(0, evidence.reason.format(days=days))


def _days_in_words(connection: duckdb.DuckDBPyConnection) -> str:
    """The index days of this build by state, and what is to come: `2 index days (2 loaded), 9 filings not asked for yet`."""
    rows = connection.execute("select day_state, count(*) from raw_days group by all order by all").fetchall()
    states = ", ".join(f"{count} {state}" for state, count in rows)
    days = f"{sum(count for _, count in rows)} index days ({states})" if rows else "no index day"
    (waiting,) = connection.execute(
        "select count(*) from raw_states where state = 'pending' and not is_asked"
    ).fetchone()
    return days + (f", {waiting} filings not asked for yet" if waiting else "")
