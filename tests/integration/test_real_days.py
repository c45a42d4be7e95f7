"""Two real days of EDGAR, from the index to the publication, counted by other means than the pipeline's parser."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from local_airflow import LocalAirflow
from tests.airflow_homes import airflow_home
from tests.fake_edgar import FakeEdgar
from tests.integration.counting import count_day
from tests.pipeline_homes import pipeline_environment
from tests.publications import content, without_circumstances

ROOT = Path(__file__).parents[2]
ARCHIVE = ROOT.parent / "shared" / "edgar-archive"
DAYS = [date(2020, 3, 5), date(2020, 2, 12)]

pytestmark = pytest.mark.skipif(not ARCHIVE.is_dir(), reason="needs the archive of real submissions in ../shared")

#: The texts of ITEM INFORMATION on these days, with the numbers that Form 8-K gives them.
ITEM_NUMBERS = {
    "Entry into a Material Definitive Agreement": "1.01",
    "Results of Operations and Financial Condition": "2.02",
    "Cost Associated with Exit or Disposal Activities": "2.05",
    "Material Modifications to Rights of Security Holders": "3.03",
    "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers: "
    "Compensatory Arrangements of Certain Officers": "5.02",
    "Amendments to Articles of Incorporation or Bylaws; Change in Fiscal Year": "5.03",
    "Submission of Matters to a Vote of Security Holders": "5.07",
    "Regulation FD Disclosure": "7.01",
    "Other Events": "8.01",
    "Financial Statements and Exhibits": "9.01",
}


def run_pipeline(server: FakeEdgar, home: Path, *arguments: str) -> subprocess.CompletedProcess:
    """`python -m edgar_pipeline …` as a person would start it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "plugins"), **pipeline_environment(home.parent, server)}
    command = [sys.executable, "-m", "edgar_pipeline", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def server():
    with FakeEdgar(ARCHIVE) as server:
        yield server


@pytest.fixture(scope="module")
def home(server, tmp_path_factory) -> Path:
    """GIVEN the stand-in server over the archive, WHEN both days are run."""
    home = tmp_path_factory.mktemp("real") / "home"
    done = run_pipeline(server, home, "run", *map(str, DAYS))
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="module")
def counted():
    return {day: count_day(ARCHIVE, day) for day in DAYS}


@pytest.fixture
def warehouse(home):
    with duckdb.connect(str(home / "published/edgar.duckdb"), read_only=True) as connection:
        yield connection


def test_every_index_row_is_loaded(warehouse, counted):
    rows = warehouse.sql(
        "from marts.index_entries select index_date, accession_number, cik, form_type, state"
    ).fetchall()
    assert sorted(rows) == sorted((day, *row, "loaded") for day in DAYS for row in counted[day].rows)


def test_one_row_per_accession_number_with_all_its_documents(warehouse, counted):
    rows = warehouse.sql("from marts.fct_filings select accession_number, document_count").fetchall()
    assert sorted(rows) == sorted(pair for day in DAYS for pair in counted[day].documents.items())
    assert len(rows) == 49


def test_one_row_per_exhibit(warehouse, counted):
    rows = warehouse.sql("from marts.fct_exhibits select accession_number, sequence::varchar").fetchall()
    assert sorted(rows) == sorted(pair for day in DAYS for pair in counted[day].exhibits)


def test_every_filer_keeps_its_role(warehouse, counted):
    rows = warehouse.sql("from marts.filing_companies select accession_number, cik, role").fetchall()
    assert sorted(rows) == sorted(triple for day in DAYS for triple in counted[day].companies)


def test_8k_items_are_events(warehouse, counted):
    expected = {
        a: [ITEM_NUMBERS[text] for text in texts] for day in DAYS for a, texts in counted[day].items.items() if texts
    }
    found = dict(warehouse.sql("from marts.fct_filings select accession_number, items where len(items) > 0").fetchall())
    assert found == expected
    # Every item that names a specific event has its row; 9.01 (exhibits) names none, 7.01 and 8.01 only without a specific one.
    specific = {(a, i) for a, items in expected.items() for i in items if i not in ("7.01", "8.01", "9.01")}
    events = set(
        warehouse.sql("from marts.fct_events select accession_number, rule_id where method = 'item'").fetchall()
    )
    assert specific and {a for a, _ in specific} == {a for a, rule in events}


def test_a_second_run_asks_nothing_and_changes_nothing(server, home):
    before = content(home)
    asked = len(server.log())
    publication = (home / "published/edgar.duckdb").resolve()

    done = run_pipeline(server, home, "run", *map(str, DAYS))

    assert done.returncode == 0, done.stderr
    assert len(server.log()) == asked
    assert (home / "published/edgar.duckdb").resolve() == publication
    assert content(home) == before


def test_a_full_refresh_gives_the_same_content(server, home):
    """The marts are a function of the raw zone: no request, and nothing but the publication's own row differs."""
    before = content(home)
    asked = len(server.log())

    for command in (["build", "--full-refresh"], ["validate"], ["publish"]):
        done = run_pipeline(server, home, *command)
        assert done.returncode == 0, done.stderr

    assert len(server.log()) == asked
    assert content(home) == before


def test_the_same_through_airflow(server, home, tmp_path, tmp_path_factory):
    """GIVEN both days run by the command line, WHEN Airflow runs them, THEN every table has the same rows."""
    other = tmp_path / "home"
    with LocalAirflow(
        airflow_home(tmp_path / "airflow", tmp_path_factory), pipeline_environment(tmp_path, server)
    ) as airflow:
        progress = airflow.wait_until_done(airflow.trigger_days(DAYS), timeout_seconds=400)

    assert [run for run in (*progress.daily, *progress.warehouse) if run.state != "success"] == []
    assert len(progress.daily) == len(progress.warehouse) == 2
    assert without_circumstances(content(other)) == without_circumstances(content(home))
