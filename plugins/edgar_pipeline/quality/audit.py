"""What the audit brings along, whatever the build has touched: the time, EDGAR's calendar, the last publication's numbers.

Temporary tables beside the marts, as those of `recount`:

    audit            (today, next_day, last_ready_day)   New York's today, the next index day, the last one that is complete
    edgar_days       (index_date)                        EDGAR's index days since the first day that is known
    raw_index_days   (index_date)                        days of which raw holds an index that is loaded
    last_numbers     (number, found)                     `numbers` of the publication that this build would replace
    missing_filings  (accession_number, is_taken_down)   filings of that publication that are not in this build; looked for
                                                         only where this build is the first to know of a takedown
"""

import logging
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import duckdb

from edgar_pipeline.edgar_days import index_days, index_ready_at, new_york_day, next_index_day, previous_index_day
from edgar_pipeline.quality.contract import KEYS
from edgar_pipeline.quality.recount import insert
from edgar_pipeline.takedowns import PARTITION as TAKEDOWNS

logger = logging.getLogger(__name__)

_INDEX_PART = re.compile(r"daily_index/index_date=(\d{4}-\d{2}-\d{2})/")


def prepare(
    connection: duckdb.DuckDBPyConnection, now: datetime, last: Mapping[str, float], published: Path | None
) -> None:
    """Make the temporary tables of the audit. Needs those of the recount."""
    connection.execute(
        """
        create temp table audit (today date, next_day date, last_ready_day date);
        create temp table edgar_days (index_date date);
        create temp table raw_index_days (index_date date);
        create temp table last_numbers (number varchar, found double);
        create temp table missing_filings (accession_number varchar, is_taken_down boolean);
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
    if published is not None:
        _look_for_missing_filings(connection, published)


def _look_for_missing_filings(connection: duckdb.DuckDBPyConnection, published: Path) -> None:
    """Which filings of the last publication this build has no more, and whether each of them was taken down."""
    new = "select count(*) from ops.parts_to_load where is_new and path like $1"
    if not connection.execute(new, [f"%/{TAKEDOWNS}/%"]).fetchone()[0]:
        return
    try:
        connection.execute(f"attach $${published}$$ as last_publication (read_only)")
    except duckdb.Error as error:
        # Somebody has it open for writing. Without it no filing may be missing, so this can only be too strict.
        logger.warning("the last publication cannot be compared with: %s", str(error).strip().splitlines()[0])
        return
    connection.execute(
        """
        insert into missing_filings
        select accession_number, ledger.taken_down_at is not null
        from last_publication.marts.fct_filings
        anti join marts.fct_filings using (accession_number)
        left join ops.accession_ledger as ledger using (accession_number)
        """
    )
    connection.execute("detach last_publication")


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
