"""The timeline is sorted by company again once too much has been appended, and never loses a row, a comment or a constraint."""

from pathlib import Path

import duckdb
import pytest
from edgar_pipeline.warehouse import sorting
from edgar_pipeline.warehouse.sorting import keep_sorted

CREATE = """
    create schema marts; create schema ops;
    create table marts.company_timeline (
        cik varchar not null, entry_date date not null, accession_number varchar not null, sequence integer not null
    );
    comment on column marts.company_timeline.cik is 'Central Index Key';
    comment on column marts.company_timeline.sequence is 'A filer''s own number';
    comment on table marts.company_timeline is 'One row per filing, and each exhibit''s';
"""
#: Three days of five companies each.
DAY = """
    insert into marts.company_timeline
    select printf('%010d', range), date '2020-03-01' + {day}, 'a' || range, 0 from range(5)
"""


@pytest.fixture
def database(tmp_path: Path, monkeypatch) -> Path:
    """GIVEN a timeline of two days, of which at most seven rows may lie unsorted."""
    monkeypatch.setattr(sorting, "MOST_UNSORTED_ROWS", 7)
    path = tmp_path / "edgar.duckdb"
    run(path, CREATE + DAY.format(day=0))
    assert not keep_sorted(path, is_new=True)
    run(path, DAY.format(day=1))
    return path


def run(path: Path, sql: str) -> list[tuple]:
    with duckdb.connect(path) as connection:
        return connection.execute(sql).fetchall()


def order(path: Path) -> list[tuple]:
    return run(path, "select cast(right(cik, 1) as integer), day(entry_date) from marts.company_timeline")


def described(path: Path) -> tuple[list[tuple], list[tuple]]:
    """Definition and comment of the table, and comments of its columns, in their order."""
    of_table = "where schema_name = 'marts' and table_name = 'company_timeline'"
    return (
        run(path, f"select sql, comment from duckdb_tables() {of_table}"),
        run(
            path,
            f"select column_name, comment, data_type, is_nullable from duckdb_columns() {of_table} order by column_index",
        ),
    )


def test_few_appended_rows_stay_where_they_are(database):
    before = order(database)
    assert not keep_sorted(database, is_new=False)
    assert order(database) == before
    assert before != sorted(before)


def test_many_are_sorted_in_and_nothing_else_changes(database):
    # GIVEN a third day WHEN ten rows lie behind the sorted ones
    run(database, DAY.format(day=2))
    before, definition = order(database), described(database)
    assert keep_sorted(database, is_new=False)
    # THEN all of them lie in order, with the comments and the constraints of the table, and no helper is left
    assert order(database) == sorted(before)
    assert described(database) == definition
    assert [row[1] for row in definition[1] if row[1]] == ["Central Index Key", "A filer's own number"]
    with pytest.raises(duckdb.ConstraintException):
        run(database, "insert into marts.company_timeline values (null, '2020-01-01', 'a', 0)")
    tables = run(database, "select schema_name, table_name from duckdb_tables() order by all")
    assert tables == [("marts", "company_timeline"), ("ops", "sorted_rows")]
    # AND the next build finds nothing to sort
    assert run(database, "from ops.sorted_rows") == [("company_timeline", 15)]
    assert not keep_sorted(database, is_new=False)
