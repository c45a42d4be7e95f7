"""A full refresh equals thirty incremental days, table by table.

Thirty builds take minutes, so the suite loads the thirty days ten at a time; EDGAR_TEST_EVERY_DAY=1 builds after each.
"""

import os

import pytest
from edgar_pipeline.warehouse import build

from tests.dbt import thirty_days
from tests.dbt.conftest import Warehouse
from tests.dbt.test_warehouse_history import TABLES, differences

DAYS_A_BUILD = 1 if os.environ.get("EDGAR_TEST_EVERY_DAY") else 10


@pytest.fixture(scope="module")
def incremental(tmp_path_factory):
    """GIVEN thirty days, loaded as they come."""
    made = Warehouse(tmp_path_factory.mktemp("thirty"), tmp_path_factory)
    for number in range(len(thirty_days.DAYS)):
        thirty_days.land(made.settings, number)
        if (number + 1) % DAYS_A_BUILD == 0:
            made.build()
    return made


def test_a_full_refresh_equals_thirty_incremental_days(incremental):
    # WHEN everything is built anew from nothing
    refreshed = build(incremental.settings, full_refresh=True)
    # THEN every table has the same rows, both ways
    assert len(incremental.builds) == 30 // DAYS_A_BUILD
    assert {table: differences(incremental.database, refreshed.path, table) for table in TABLES} == {
        table: [] for table in TABLES
    }


def test_the_days_hold_what_makes_later_days_change_earlier_ones(incremental):
    (counts,) = incremental.rows(
        "select count(*), count(*) filter (is_removed), count(*) filter (parser_version = '2') from marts.fct_filings"
    )
    # Four filings a day; asked for in vain on days 14, 21 and 28; parsed anew on days 10, 15, 20, 25 and 30.
    assert counts == (120, 3, 5)
    assert incremental.rows("select count(*) from marts.completeness_by_day where pending = 1") == [(30 - 3,)]
    codes = incremental.rows("select distinct event_code from marts.fct_events where method = 'headline' order by 1")
    assert [code for (code,) in codes] == [
        "ACQUISITION_ANNOUNCED",
        "DIRECTOR_OFFICER_CHANGE",
        "DIVIDEND",
        "EARNINGS_RELEASE",
    ]
