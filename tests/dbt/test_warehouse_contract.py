"""The public contract: tables, columns, types, NOT NULL and comments of a published file, against contract.sql."""

from pathlib import Path

import duckdb

CONTRACT = Path(__file__).parents[2] / "plugins/edgar_pipeline/quality/contract.sql"

COLUMNS = """
    select table_name, column_name, data_type, is_nullable
    from duckdb_columns() where schema_name = 'marts' order by table_name, column_index
"""


def promised_columns():
    """What contract.sql makes of an empty database: {(table, column): (type, whether it may be NULL)}."""
    with duckdb.connect() as connection:
        connection.execute(CONTRACT.read_text())
        return {(table, column): rest for table, column, *rest in connection.execute(COLUMNS).fetchall()}


def test_every_promised_column_is_there_with_its_type_and_constraint(whole):
    promised = promised_columns()
    found = {(table, column): rest for table, column, *rest in whole.rows(COLUMNS)}
    assert len(promised) == 121
    assert {key: found.get(key) for key in promised} == promised


def test_more_columns_are_added_only_on_purpose(whole):
    found = {(table, column) for table, column, *_ in whole.rows(COLUMNS)}
    own = ("dim_forms", "dim_exhibit_roles", "dim_event_types", "dim_dates", "index_changes")
    more = {(table, column) for table, column in found - set(promised_columns()) if table not in own}
    assert more == {
        ("completeness_by_day", "malformed_rows"),
        *(("fct_events", column) for column in ("evidence_field", "evidence_start")),
        *(
            ("dim_companies", column)
            for column in ("country_name", "cusip_evidence", "former_name_periods", "symbol_evidence")
        ),
        *(
            ("fct_filings", column)
            for column in ("cusip", "document_count_landed", "fetched_at", "item_texts", "remarks", "security_title")
        ),
        *(("fetch_outcomes", column) for column in ("kind", "index_date", "accession_number", "attempt", "raw_path")),
        *(
            ("filing_companies", column)
            for column in (
                *("position", "filed_date", "accepted_at", "file_number", "sic_code", "sic_description"),
                *("state_of_incorporation", "fiscal_year_end", "former_names", "former_names_until"),
            )
        ),
    }


def test_every_table_and_column_is_described_in_the_file(whole):
    tables = whole.rows("select table_name, comment from duckdb_tables() where schema_name = 'marts'")
    assert len(tables) == 16
    assert [name for name, comment in tables if not (comment or "").startswith("One row")] == []
    undescribed = whole.rows(
        "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and length(comment) > 10 is not true"
    )
    assert undescribed == []


def test_comments_survive_incremental_builds(whole, oldest_first):
    comments = "select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts' order by all"
    assert oldest_first.rows(comments) == whole.rows(comments)


def test_the_file_holds_tables_of_two_schemas_and_nothing_else(oldest_first):
    assert oldest_first.rows("select distinct schema_name from duckdb_tables() order by 1") == [("marts",), ("ops",)]
    assert oldest_first.rows("select view_name from duckdb_views() where not internal") == []
    assert oldest_first.rows("select table_name from duckdb_tables() where schema_name = 'ops' order by 1") == [
        ("accession_ledger",),
        ("build",),
        ("company_facts",),
        ("listed_days",),
        ("loaded_parts",),
        ("parts_to_load",),
        ("sorted_rows",),
        ("ticker_listings",),
    ]


def test_older_clients_can_open_the_file_after_every_build(whole, oldest_first):
    version = "select tags['storage_version'] from duckdb_databases() where database_name = 'edgar'"
    assert whole.rows(version) == [("v1.4.0+",)]
    assert oldest_first.rows(version) == [("v1.4.0+",)]


def test_publication_names_its_build_and_its_newest_day(oldest_first):
    (row,) = oldest_first.rows("from marts.publication select publication_id, as_of_date::varchar, storage_version")
    assert row == (oldest_first.builds[-1].build_id, "2020-03-06", "v1.4.0")
