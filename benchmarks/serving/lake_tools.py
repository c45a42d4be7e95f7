"""DuckLake's side: the tables with their contract, and what it says of itself. `python -m benchmarks.serving.lake_tools`."""

import json
import sys
import time

import duckdb

from benchmarks.serving.ways import open_session


def build(task: dict) -> dict:
    """Copy every table of the published file into a new lake: types, NOT NULL, comments, rows in their order."""
    start = time.monotonic()
    lake = open_session(task["way"], is_writer=True).connection
    lake.execute("call lake.set_option('parquet_compression', 'zstd')")
    lake.execute(f"attach '{task['database']}' as edgar (read_only)")
    lake.execute("begin")
    lake.execute("create schema lake.marts")
    tables = lake.execute(
        "select table_name, sql from duckdb_tables() where database_name = 'edgar' and schema_name = 'marts' order by 1"
    ).fetchall()
    refused = []
    for table, definition in tables:
        _try(lake, definition.replace("CREATE TABLE marts.", "create table lake.marts.", 1), refused)
        lake.execute(f"insert into lake.marts.{table} select * from edgar.marts.{table}")
    for statement in _comments(lake):
        _try(lake, statement, refused)
    lake.execute("commit")
    seconds = time.monotonic() - start
    (version,) = lake.execute("select max(snapshot_id) from lake.snapshots()").fetchone()
    return {"seconds": seconds, "refused": refused, "contract": _contract(lake), "version": version}


def _try(lake: duckdb.DuckDBPyConnection, statement: str, refused: list[str]) -> None:
    try:
        lake.execute(statement)
    except duckdb.Error as error:
        refused.append(f"{statement[:60]}: {error}")


def _comments(lake: duckdb.DuckDBPyConnection) -> list[str]:
    of_edgar = "where database_name = 'edgar' and schema_name = 'marts' and comment is not null"
    tables = lake.execute(f"select table_name, comment from duckdb_tables() {of_edgar}").fetchall()
    columns = lake.execute(f"select table_name, column_name, comment from duckdb_columns() {of_edgar}").fetchall()
    return [f"comment on table lake.marts.{table} is {_quoted(comment)}" for table, comment in tables] + [
        f'comment on column lake.marts.{table}."{column}" is {_quoted(comment)}' for table, column, comment in columns
    ]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _contract(lake: duckdb.DuckDBPyConnection) -> dict:
    """Columns, and of them those whose type, NOT NULL or comment is another one in the lake."""
    (row,) = lake.execute("""
        with described as (
            select database_name, table_name, column_name, data_type, is_nullable, comment
            from duckdb_columns() where database_name in ('edgar', 'lake') and schema_name = 'marts'
        )
        select
            count(*), count(*) filter (not file.is_nullable), count(*) filter (file.comment is not null),
            count(*) filter (file.data_type is distinct from lake.data_type),
            count(*) filter (file.is_nullable is distinct from lake.is_nullable),
            count(*) filter (file.comment is distinct from lake.comment)
        from (from described where database_name = 'edgar') file
        left join (from described where database_name = 'lake') lake using (table_name, column_name)
    """).fetchall()
    return dict(
        zip(["columns", "not_null", "comments", "types_lost", "not_null_lost", "comments_lost"], row, strict=True)
    )


def look(task: dict) -> dict:
    """Snapshots, files, and the counts as of the first snapshot that has everything; merged into fewer files if told to."""
    lake, seconds = open_session(task["way"], is_writer=True).connection, 0.0
    if task["is_merged"]:
        start = time.monotonic()
        lake.execute("call ducklake_merge_adjacent_files('lake')")
        lake.execute("call ducklake_expire_snapshots('lake', older_than => now())")
        lake.execute("call ducklake_cleanup_old_files('lake', cleanup_all => true)")
        seconds = time.monotonic() - start
    snapshots = lake.execute("select count(*), min(snapshot_id), max(snapshot_id) from lake.snapshots()").fetchone()
    files = lake.execute(
        "select sum(file_count), sum(file_size_bytes), sum(delete_file_count) from ducklake_table_info('lake')"
    )
    return {"snapshots": snapshots, "files": files.fetchone(), "seconds": seconds, "past": _past(lake, task["version"])}


def _past(lake: duckdb.DuckDBPyConnection, version: int | None) -> int | str | None:
    if version is None:
        return None
    try:
        return lake.execute(f"select count(*) from lake.marts.fct_filings at (version => {version})").fetchone()[0]
    except duckdb.Error as error:
        return " ".join(str(error).split())


def main() -> None:
    """Do what the line on standard input says; answer with a line of JSON."""
    task = json.loads(sys.stdin.readline())
    print(json.dumps({"build": build, "look": look}[task["do"]](task)))


if __name__ == "__main__":
    main()
