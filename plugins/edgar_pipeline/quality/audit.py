"""What the audit brings along, whatever the build has touched: the time, EDGAR's calendar, the last publication's numbers.

Temporary tables beside the marts, as those of `recount`:

    audit            (today, next_day, last_ready_day)   New York's today, the next index day, the last one that is complete
    edgar_days       (index_date)                        EDGAR's index days since the first day that is known
    raw_index_days   (index_date)                        days of which raw holds an index that is loaded
    last_numbers     (number, found)                     `numbers` of the publication that this build would replace
"""

import re
from collections.abc import Mapping
from datetime import date, datetime

import duckdb

from edgar_pipeline.edgar_days import index_days, index_ready_at, new_york_day, next_index_day, previous_index_day
from edgar_pipeline.quality.contract import KEYS
from edgar_pipeline.quality.recount import insert

_INDEX_PART = re.compile(r"daily_index/index_date=(\d{4}-\d{2}-\d{2})/")


def prepare(connection: duckdb.DuckDBPyConnection, now: datetime, last: Mapping[str, float]) -> None:
    """Make the temporary tables of the audit. Needs those of the recount."""
    connection.execute(
        """
        create temp table audit (today date, next_day date, last_ready_day date);
        create temp table edgar_days (index_date date);
        create temp table raw_index_days (index_date date);
        create temp table last_numbers (number varchar, found double);
        """
    )
    today = new_york_day(now)
    ready = today
    while now < index_ready_at(ready):
        ready = previous_index_day(ready)
    first, last_known = _known_range(connection)
    connection.execute("insert into audit values (?, ?, ?)", [today, next_index_day(today), ready])
    if first:
        insert(connection, "edgar_days", [(day,) for day in index_days(first, max(last_known, ready))])
    paths = connection.execute("select path from raw_parts where source = 'daily_index' and is_loaded").fetchall()
    landed = {date.fromisoformat(match[1]) for (path,) in paths if (match := _INDEX_PART.match(path))}
    insert(connection, "raw_index_days", [(day,) for day in sorted(landed)])
    insert(connection, "last_numbers", last.items())


def _known_range(connection: duckdb.DuckDBPyConnection) -> tuple[date | None, date | None]:
    try:
        return connection.execute("select min(index_date), max(index_date) from marts.completeness_by_day").fetchone()
    except duckdb.Error:
        # A table or a column that is missing is named by the suite of columns.
        return None, None


def numbers(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """What the next build is compared with: the rows of every table, and the share of weak titles in percent."""
    found = {f"rows of {table}": _number(connection, f"select count(*) from marts.{table}") for table in KEYS}
    share = "select 100 * avg(cast(title_quality = 'weak' as integer)) from marts.fct_exhibits"
    return {**found, "percent of weak titles": _number(connection, share)}


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    try:
        (found,) = connection.execute(query).fetchone()
    except duckdb.Error:
        return 0.0
    return round(float(found or 0), 3)
