"""`make demo`, as a newcomer starts it: Airflow's components, both DAGs, dbt, Great Expectations, the publication, the page."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from demo.archive import DAYS, expected_counts
from scripts.data_dictionary import data_dictionary

ROOT = Path(__file__).parents[2]
COMPANY = "0001804583"


def example_queries() -> list[tuple[str, str]]:
    """The queries of docs/queries.md by their headings."""
    text = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")
    return re.findall(r"^## (.+?)\n\n```sql\n(.+?)```", text, re.MULTILINE | re.DOTALL)


def run_demo(folder: Path) -> str:
    """Run the demo below a folder; return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "plugins"), "EDGAR_HOME": str(folder), "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, "-m", "demo"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def printed(folder) -> str:
    """GIVEN an empty folder, WHEN the demo is run."""
    return run_demo(folder)


@pytest.fixture
def warehouse(printed, folder):
    with duckdb.connect(str(folder / "demo/published/edgar.duckdb"), read_only=True) as connection:
        yield connection


def test_every_day_has_what_its_specification_says(warehouse):
    expected = [
        (day, n.index_rows, n.filings, n.filings, n.documents, True) for day, n in sorted(expected_counts().items())
    ]
    assert len(expected) == len(DAYS) == 21
    found = warehouse.sql(
        "select index_date, index_rows, filings, loaded, documents_loaded, is_complete"
        " from marts.completeness_by_day order by index_date"
    ).fetchall()
    assert found == expected


def test_exhibits_and_companies_are_those_of_the_specification(warehouse):
    counts = expected_counts().values()
    assert warehouse.sql("select count(*) from marts.fct_exhibits").fetchone() == (sum(n.exhibits for n in counts),)
    companies = warehouse.sql("select accession_number, cik, role from marts.filing_companies").fetchall()
    assert sorted(companies) == sorted(entry for n in counts for entry in n.companies)


def test_a_released_letter_keeps_its_own_date_and_shows_when_it_became_public(warehouse):
    rows = warehouse.sql(
        "select filed_date < first_public_date from marts.fct_filings where form_type in ('CORRESP', 'DRS')"
    )
    assert set(rows.fetchall()) == {(True,)}


def test_a_person_sees_what_came_out(printed, folder):
    for shown in (
        "2025-03-24",
        "Cloopen Group Holding",
        "EX-99.1",
        "published/edgar.duckdb",
        f"company-{COMPANY}.html",
    ):
        assert shown in printed
    page = (folder / "demo/reports" / f"company-{COMPANY}.html").read_text()
    assert "Cloopen Files Annual Report" in page and "<script src" not in page


def test_the_data_dictionary_says_what_the_file_says(printed, folder):
    written = (ROOT / "docs/data-dictionary.md").read_text()
    assert written == data_dictionary(folder / "demo/published/edgar.duckdb"), "run scripts/data_dictionary.py"


def test_a_second_run_asks_nothing_and_changes_nothing(printed, folder):
    before = fingerprint(folder / "demo")
    again = run_demo(folder)
    assert "nothing to request" in again
    assert fingerprint(folder / "demo") == before


def fingerprint(folder: Path) -> dict[str, str]:
    """The hash of every raw part, original and publication."""
    files = [
        path for name in ("raw", "originals", "published") for path in (folder / name).rglob("*") if path.is_file()
    ]
    assert files
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("query", example_queries(), ids=lambda query: query[0])
def test_every_example_query_runs_on_the_demo(warehouse, query):
    _, sql = query
    found = warehouse.sql(sql)
    assert len(found.columns) >= 3


def test_the_example_of_a_companys_history_is_its_page(warehouse):
    queries = dict(example_queries())
    assert len(queries) == 10
    assert len(warehouse.sql(queries["A company's history, as its page shows it"]).fetchall()) > 10
