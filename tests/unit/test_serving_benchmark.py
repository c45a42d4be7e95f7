"""The measurement of ways to serve counts what it must: a torn warehouse, a failed read, a commit that did not happen."""

import sys
import time
from pathlib import Path

import duckdb
import pytest
from edgar_pipeline.settings import Settings

from benchmarks.serving.client import compare, read, write
from benchmarks.serving.load import Served, one_writer
from benchmarks.serving.main import Warehouse
from tests.small_marts import COMPANIES, DAYS, EXHIBITS, NEW_DAYS, make_days_file, publish_small_marts

TABLES = ["company_timeline", "completeness_by_day", "document_texts", "fct_exhibits", "fct_filings"]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """GIVEN a publication of two days, and two days to come."""
    settings = Settings.from_environment({"EDGAR_HOME": str(tmp_path)})
    publish_small_marts(settings.published_dir)
    return Warehouse(settings, DAYS, NEW_DAYS, make_days_file(tmp_path / "days.duckdb"), seconds=0.5)


def served(warehouse: Warehouse) -> Served:
    return Served({"name": "file", "path": str(warehouse.link)}, Path(sys.executable))


def reading(warehouse: Warehouse) -> dict:
    facts = {"companies": COMPANIES, "days": DAYS, "exhibits": EXHIBITS}
    return {"way": served(warehouse).way, "seed": 1, "until": time.time() + 0.3, **facts}


def writing(warehouse: Warehouse, **changed: object) -> dict:
    facts = {"days": NEW_DAYS, "days_file": str(warehouse.days_file), "pause": 0.0, "is_replaced": False}
    return {"way": served(warehouse).way, **facts, **changed}


def change(path: Path, sql: str) -> None:
    with duckdb.connect(path.resolve()) as connection:
        connection.execute(sql)


def filings_by_day(warehouse: Warehouse) -> dict[str, int]:
    with duckdb.connect(warehouse.link.resolve(), read_only=True) as connection:
        sql = "select filed_date::varchar, count(*) from marts.fct_filings group by all"
        return dict(connection.execute(sql).fetchall())


def test_readers_and_a_publisher_at_once(warehouse: Warehouse):
    # WHEN two processes read while one publishes both days
    load = one_writer(served(warehouse), warehouse, readers=2, batch=NEW_DAYS)
    # THEN nothing failed or was seen in parts, each day was one publication, and the newest has all
    assert (load.failed, load.torn, load.lost, len(load.commits)) == (0, 0, [], 2)
    assert load.rounds > 0 and all(len(load.times[name]) == load.rounds for name in ("timeline", "day", "aggregate"))
    assert len(list((warehouse.link.parent / "versions").iterdir())) == 3
    assert filings_by_day(warehouse) == dict.fromkeys(DAYS + NEW_DAYS, 3)


def test_a_torn_warehouse_is_counted(warehouse: Warehouse):
    # GIVEN a filing whose exhibits are not there
    change(warehouse.link, "delete from marts.fct_exhibits where accession_number = '2024-06-11-1'")
    # WHEN it is read THEN every round says so
    done = read(reading(warehouse))
    assert done["torn"] == len(done["times"]["balance"]) > 0
    assert not done["failures"]


def test_a_read_that_fails_is_counted(warehouse: Warehouse):
    # GIVEN a link that points nowhere
    warehouse.link.unlink()
    # WHEN it is read THEN nothing is answered, and the message is there with its number
    done = read(reading(warehouse))
    assert not done["times"]["balance"]
    (message,) = done["failures"]
    assert done["failures"][message] > 0 and "edgar.duckdb" in message


def test_a_day_is_replaced_and_not_doubled(warehouse: Warehouse):
    # WHEN the days are written and written again
    for is_replaced in (False, True):
        assert write(writing(warehouse, is_replaced=is_replaced))["lost"] == []
    # THEN they are there once
    assert filings_by_day(warehouse) == dict.fromkeys(DAYS + NEW_DAYS, 3)


def test_a_day_that_breaks_the_contract_leaves_nothing(warehouse: Warehouse, monkeypatch):
    # GIVEN a day to come with a filing without number
    monkeypatch.setattr("benchmarks.serving.client.ATTEMPTS", 1)
    change(warehouse.days_file, "alter table fct_filings alter accession_number drop not null")
    change(warehouse.days_file, "update fct_filings set accession_number = null where filed_date = '2024-06-14'")
    # WHEN both days are written THEN the good one is published, and of the other nothing
    done = write(writing(warehouse))
    assert done["lost"] == ["2024-06-14"]
    assert [message.split(":")[0] for message in done["failures"]] == ["ConstraintException"]
    assert filings_by_day(warehouse) == dict.fromkeys([*DAYS, "2024-06-13"], 3)


@pytest.mark.parametrize(
    "sql",
    [
        "update marts.fct_filings set title = 'Another' where accession_number = '2024-06-11-1'",
        "delete from marts.fct_filings where accession_number = '2024-06-11-1'",
        "insert into marts.fct_filings from marts.fct_filings limit 1",
    ],
)
def test_tables_are_compared_by_their_rows(warehouse: Warehouse, sql: str):
    # GIVEN the fingerprints, the same for rows in another order
    before = compare({"way": served(warehouse).way, "tables": TABLES})
    change(warehouse.link, "create or replace table marts.fct_exhibits as from marts.fct_exhibits order by random()")
    assert compare({"way": served(warehouse).way, "tables": TABLES}) == before
    # WHEN one row is another THEN that table differs and no other
    change(warehouse.link, sql)
    after = compare({"way": served(warehouse).way, "tables": TABLES})
    assert {table for table in TABLES if after[table] != before[table]} == {"fct_filings"}
