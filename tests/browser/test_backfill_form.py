"""A person backfills a window in Airflow's UI, with nothing but a browser, and gets its index days loaded and published."""

from datetime import UTC, date, datetime

import duckdb
import pytest

from local_airflow.runs import Batch
from tests.browser.conftest import Served, log_in
from tests.browser.days import DAYS, FIRST, LAST

pytestmark = pytest.mark.timeout(900)


def fill_in(page, first: date, last: date) -> None:
    """Open the backfill form of the DAG whose page is shown, and pick a window."""
    page.get_by_role("button", name="Trigger").first.click()
    page.get_by_text("Run this Dag for a range of dates").click()
    for day in (first, last):
        page.get_by_text("Select date and time").first.click()
        page.get_by_placeholder("YYYY/MM/DD").last.fill(f"{day:%Y/%m/%d}")
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")


def test_a_window_with_a_weekend_and_a_holiday_is_backfilled_and_published(served: Served, page, picture):
    since = datetime.now(UTC)
    # GIVEN the form for a window of seven days, WHEN a person fills it in
    log_in(page, served.airflow, "/dags/edgar_daily")
    fill_in(page, FIRST, LAST)
    # THEN it says how many runs there will be: the weekend and the holiday are none
    page.get_by_text("4 runs will be triggered").wait_for()
    page.locator("input[name=max_active_runs]").fill("4")
    picture("backfill-form")
    # WHEN it is started
    page.get_by_role("button", name="Run Backfill").click()
    page.get_by_role("dialog").wait_for(state="hidden")

    # THEN the UI shows its runs; all end green, and so do the warehouse's
    page.goto(served.airflow.configuration.url + "/dags/edgar_daily/runs")
    for day in DAYS:
        page.get_by_text(str(day)).first.wait_for()
    rows = served.airflow.api.get("/dags/edgar_daily/dagRuns")["dag_runs"]
    assert sorted(row["partition_key"] for row in rows) == [str(day) for day in DAYS]
    batch = Batch({row["partition_key"]: row["dag_run_id"] for row in rows}, since)
    done = served.airflow.wait_until_done(batch, timeout_seconds=800)
    assert {run.state for run in (*done.daily, *done.warehouse)} == {"success"}
    page.reload()
    page.get_by_text("Success").first.wait_for()
    picture("backfill-runs")

    # THEN every day is complete in the publication, for one request for each index and filing
    with duckdb.connect(str(served.home / "published/edgar.duckdb"), read_only=True) as warehouse:
        rows = warehouse.execute("select index_date, loaded, is_complete from marts.completeness_by_day order by 1")
        assert rows.fetchall() == [(day, 3, True) for day in DAYS]
    assert len(served.edgar.log()) == len(DAYS) * (1 + 3)
    # THEN the UI's page of progress says so, too
    page.goto(served.airflow.configuration.url + "/plugin/edgar-progress")
    page.frame_locator("iframe").get_by_text("4 of 4 (2026-01-15 to 2026-01-21)").wait_for()
    picture("backfill-progress")
    report = served.home / "reports" / "validation" / "index.html"
    page.goto(report.as_uri())
    picture("validation-report")


def test_days_that_are_there_already_are_not_offered_again(served: Served, page):
    # GIVEN the window of the test above, WHEN a person fills in the form once more, THEN it says that nothing is missing
    log_in(page, served.airflow, "/dags/edgar_daily")
    fill_in(page, FIRST, LAST)
    page.get_by_text("No runs matching selected criteria").wait_for()


def test_a_bad_window_is_refused_with_the_reason_in_the_form(served: Served, page):
    log_in(page, served.airflow, "/dags/edgar_daily")
    fill_in(page, date(1850, 1, 1), date(1994, 1, 1))
    page.get_by_text("The window begins on 1850-01-01; EDGAR's first filings are of 1993-01-01.").wait_for()


def test_the_reports_of_a_publication_are_read_in_the_ui(served: Served, page, picture):
    # GIVEN the publications of the first test, WHEN a person looks for their reports
    log_in(page, served.airflow, "/plugin/edgar-reports")
    frame = page.frame_locator("iframe")
    frame.get_by_role("link", name="Validation").first.wait_for()
    picture("reports")
    # THEN the validation opens, and every expectation behind it
    frame.get_by_role("link", name="Validation").first.click()
    frame.get_by_text("58 of 58").first.wait_for()
    page.goto(served.airflow.configuration.url + "/plugin/edgar-reports")
    frame.get_by_role("link", name="Every expectation").first.click()
    frame.get_by_role("link", name="results").first.click()
    frame.get_by_text("Filings, exhibits and texts of a sample of earlier parts are all compared.").first.wait_for()
    # THEN dbt's documentation, a program that may not know who is logged in, works all the same
    page.goto(served.airflow.configuration.url + "/plugin/edgar-reports")
    frame.get_by_role("link", name="Models").first.click()
    frame.get_by_role("heading", name="Welcome!").wait_for()
    # THEN the task of a run leads to the report of its own build
    run = served.airflow.api.get("/dags/edgar_warehouse/dagRuns", order_by="-id", state="success")["dag_runs"][-1]
    page.goto(f"{served.airflow.configuration.url}/dags/edgar_warehouse/runs/{run['dag_run_id']}/tasks/validate")
    page.get_by_role("link", name="Details").click()
    page.get_by_role("link", name="Report", exact=True).wait_for()
    picture("report-button")
    address = page.get_by_role("link", name="Report", exact=True).get_attribute("href")
    page.goto(served.airflow.configuration.url + address)
    page.get_by_text("58 of 58").first.wait_for()
