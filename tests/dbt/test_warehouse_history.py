"""The warehouse is a function of the raw zone: in whatever order the days come, the tables are the same."""

import duckdb
import pytest
from edgar_pipeline.warehouse import build

from tests.dbt import scenario

#: Every public table but `publication`, which names the build itself.
TABLES = [
    "company_timeline",
    "completeness_by_day",
    "dim_companies",
    "dim_dates",
    "dim_event_types",
    "dim_exhibit_roles",
    "dim_forms",
    "document_texts",
    "fct_events",
    "fct_exhibits",
    "fct_filings",
    "fetch_outcomes",
    "filing_companies",
    "index_changes",
    "index_entries",
]


def differences(one, other, table):
    """Rows that are in a table of one file and not in that of the other, duplicates counted, both ways."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one.resolve()}' as one (read_only)")
        connection.execute(f"attach '{other.resolve()}' as other (read_only)")
        return connection.execute(
            f"(from one.marts.{table} except all from other.marts.{table}) union all by name "
            f"(from other.marts.{table} except all from one.marts.{table})"
        ).fetchall()


def test_every_public_table_is_compared(whole):
    found = whole.rows("select table_name from information_schema.tables where table_schema = 'marts' order by 1")
    assert [name for (name,) in found] == sorted([*TABLES, "publication"])


@pytest.mark.parametrize("table", TABLES)
def test_days_one_by_one_equal_a_full_load(whole, oldest_first, table):
    assert differences(whole.database, oldest_first.database, table) == []


@pytest.mark.parametrize("table", TABLES)
def test_newest_days_first_equal_a_full_load(whole, newest_first, table):
    assert differences(whole.database, newest_first.database, table) == []


def test_the_comparison_can_fail(whole, oldest_first, tmp_path):
    """Guard of the guard: a changed title, a lost exhibit and a duplicated event are seen."""
    changed = tmp_path / "edgar.duckdb"
    changed.write_bytes(oldest_first.database.read_bytes())
    with duckdb.connect(changed) as connection:
        connection.execute("update marts.fct_filings set title = 'x' where accession_number = ?", [scenario.NEWS])
        connection.execute("delete from marts.fct_exhibits where accession_number = ?", [scenario.EXHIBITS_ONLY])
        connection.execute("insert into marts.fct_events from marts.fct_events limit 1")
    assert len(differences(whole.database, changed, "fct_filings")) == 2
    assert len(differences(whole.database, changed, "fct_exhibits")) == 1
    assert len(differences(whole.database, changed, "fct_events")) == 1


def test_each_build_takes_only_what_is_new(oldest_first):
    # GIVEN days with two data parts (index, filings) and their two commits, and corrections with three and six
    counts = [len(build.new_parts) for build in oldest_first.builds]
    # THEN each build loaded its own and the books know which
    assert counts == [4, 4, 4, 9]
    loaded = oldest_first.rows("select build_id, count(*) from ops.loaded_parts group by all order by 1")
    assert loaded == [(build.build_id, count) for build, count in zip(oldest_first.builds, counts, strict=True)]


def test_a_build_reads_the_indexes_and_outcomes_of_its_partitions_but_only_new_submissions(oldest_first):
    read = oldest_first.rows(
        "select source, split_part(path, '/', 3), is_new, count(*) from ops.parts_to_load group by all order by all"
    )
    assert read == [
        ("daily_index", "index_date=2020-03-05", False, 1),
        ("daily_index", "index_date=2020-03-05", True, 1),
        ("fetch_outcome", "company=0001804583", True, 1),
        ("fetch_outcome", "index_date=2020-03-05", False, 2),
        ("fetch_outcome", "index_date=2020-03-05", True, 2),
        ("fetch_outcome", "index_date=2020-03-07", True, 1),
        ("fetch_outcome", "index_date=2020-03-09", True, 1),
        ("fetch_outcome", "index_date=2020-03-10", True, 1),
        ("submission", "company=0001804583", True, 1),
        ("submission", "index_date=2020-03-05", True, 1),
    ]


def test_nothing_new_builds_nothing(oldest_first):
    assert oldest_first.build() is None


def test_a_full_refresh_begins_from_nothing_and_ends_the_same(oldest_first):
    # WHEN everything is loaded anew although nothing is new
    refreshed = build(oldest_first.settings, full_refresh=True)
    # THEN all parts count as new, and no row differs
    assert len(refreshed.new_parts) == 21
    for table in TABLES:
        assert differences(oldest_first.database, refreshed.path, table) == [], table
