"""Keeping the timeline sorted by company, though each day appends to it.

A company's page reads `company_timeline` by CIK. DuckDB has no clustered index; what makes such a query quick is that the rows
lie together, so that all but a few row groups are passed over. Measured on 6,000,000 rows: 6 ms of CPU in a table sorted by CIK,
90 ms in one that is appended day by day, 76 ms in that with an index (a company's rows still lie in every row group).

Sorting takes half a minute of CPU at that size, too much for every night. So new rows are appended, and the table is sorted anew
once they fill five row groups: every twentieth night or so, or once after a backfill.
"""

from pathlib import Path

import duckdb

#: Rows that may lie behind the sorted ones: five row groups of DuckDB's.
MOST_UNSORTED_ROWS = 5 * 122_880
MEMORY_LIMIT = "2GB"

_ORDER = "cik, entry_date, accession_number, sequence"

_SCHEMA = """
    create table if not exists ops.sorted_rows (table_name varchar not null, row_count bigint not null);
    comment on table ops.sorted_rows is 'One row per table that is kept sorted: its rows when it was last sorted.';
"""


def keep_sorted(database: Path, is_new: bool) -> bool:
    """Sort the timeline of a build if too much of it is unsorted; say whether it was. A new file comes sorted from dbt."""
    config = {"memory_limit": MEMORY_LIMIT, "temp_directory": str(database.parent / "temp"), "threads": 2}
    with duckdb.connect(database, config=config) as connection:
        connection.execute(_SCHEMA)
        (rows,) = connection.execute("select count(*) from marts.company_timeline").fetchone()
        (known,) = connection.execute("select coalesce(sum(row_count), 0) from ops.sorted_rows").fetchone()
        must_sort = not is_new and rows - known > MOST_UNSORTED_ROWS
        if must_sort:
            _sort(connection)
        if must_sort or is_new:
            connection.execute("delete from ops.sorted_rows")
            connection.execute("insert into ops.sorted_rows values ('company_timeline', ?)", [rows])
        return must_sort


def _sort(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the table anew in the place of the old one, with its constraints and comments from dbt.

    To fill the old table again would write every row twice. The build is private, so nobody sees it in between.
    """
    sql, comment = connection.execute(
        "select sql, comment from duckdb_tables() where schema_name = 'marts' and table_name = 'company_timeline'"
    ).fetchone()
    columns = connection.execute(
        """
        select column_name, comment from duckdb_columns()
        where schema_name = 'marts' and table_name = 'company_timeline' and comment is not null
        """
    ).fetchall()
    connection.execute(sql.replace("company_timeline", "timeline_in_order", 1))
    connection.execute(f"insert into marts.timeline_in_order from marts.company_timeline order by {_ORDER}")
    connection.execute("drop table marts.company_timeline")
    connection.execute("alter table marts.timeline_in_order rename to company_timeline")
    _comment(connection, "table marts.company_timeline", comment)
    for name, text in columns:
        _comment(connection, f"column marts.company_timeline.{name}", text)


def _comment(connection: duckdb.DuckDBPyConnection, what: str, text: str | None) -> None:
    if text is not None:
        connection.execute("comment on {} is '{}'".format(what, text.replace("'", "''")))
