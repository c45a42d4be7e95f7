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


def test_few_appended_rows_stay_where_they_are(database):
    before = order(database)
    assert not keep_sorted(database, is_new=False)
    assert order(database) == before
    assert before != sorted(before)


def test_many_are_sorted_in_and_nothing_else_changes(database):
    # GIVEN a third day WHEN ten rows lie behind the sorted ones
    run(database, DAY.format(day=2))
    before = order(database)
    assert keep_sorted(database, is_new=False)
    # THEN all of them lie in order, with the comment and the constraint of the table, and no helper is left
    assert order(database) == sorted(before)
    assert run(database, "select comment from duckdb_columns() where column_name = 'cik'") == [("Central Index Key",)]
    with pytest.raises(duckdb.ConstraintException):
        run(database, "insert into marts.company_timeline values (null, '2020-01-01', 'a', 0)")
    assert run(database, "select table_name from duckdb_tables() where schema_name = 'ops'") == [("sorted_rows",)]
    # AND the next build finds nothing to sort
    assert run(database, "from ops.sorted_rows") == [("company_timeline", 15)]
    assert not keep_sorted(database, is_new=False)
