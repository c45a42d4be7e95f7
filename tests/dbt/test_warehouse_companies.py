"""Companies out of headers, reference data, schedules and delistings, in whatever order these come."""

from datetime import date

import pytest
from edgar_pipeline.landing import land_batch, reference_partition

from tests.dbt.conftest import Warehouse
from tests.dbt.raw_records import company, outcome, submission
from tests.dbt.test_warehouse_history import differences

ACME, BANK, CLOOPEN, HOLDER, ELSEWHERE = (f"{number:010d}" for number in (1000001, 1000003, 1804583, 716133, 999))
EARLIER, LATER = "2026-11-01T13:00:00.000000Z", "2026-11-08T13:00:00.000000Z"


def land_filings(settings):
    """Two schedules, a delisting, and an annual report, fetched with their companies' histories."""
    holder = company(HOLDER, "HOLDER LLC", "filed_by")
    acme = company(
        ACME, "ACME LABS", state_of_incorporation="DE", former_names=[{"name": "ACME", "changed_on": "2010-01-02"}]
    )
    filings = [
        submission("0000950123-20-000001", "10-K", [acme]),
        _schedule("0000950123-20-000002", company(ACME, "ACME LABS", "subject"), holder, "Common Stock", "037833100"),
        submission("0000950123-20-000003", "25-NSE", [company(CLOOPEN, "Cloopen Group Holding Ltd", "subject")]),
        _schedule(
            "0000950123-20-000004",
            company(CLOOPEN, "Cloopen", "subject", state_of_incorporation="E9"),
            holder,
            "American Depositary Shares",
            "18900M104",
        ),
        submission("0000950123-20-000005", "424B2", [company(BANK, "BANK")]),
    ]
    asked = [outcome("submission", "landed", None, filing["accession_number"], document_count=1) for filing in filings]
    land_batch(settings, f"company={ACME}", asked, "submission", filings)


def land_first_tickers(settings):
    _land_tickers(
        settings,
        EARLIER,
        [(CLOOPEN, "RAAS", "NYSE"), (ACME, "ACM", "NYSE"), (BANK, "BNK", None), (BANK, "BNK-PA", "NYSE")],
    )


def land_next_tickers(settings):
    """A week later: one company has moved, two are gone, one of which nobody has a filing."""
    _land_tickers(settings, LATER, [(ACME, "ACM", "Nasdaq"), (ELSEWHERE, "ELSE", "NYSE")])


def land_json(settings):
    """EDGAR's JSON of a company with filings here, and of one without; and the listing of a quarter."""
    facts = {
        "sic_code": "3720",
        "sic_description": "Aircraft & Parts",
        "fiscal_year_end": "0531",
        "business_state_or_country": "IL",
    }
    former = [{"name": "ACME LABS", "from": "2010-01-02", "to": "2026-10-01"}]
    companies = [_json(ACME, "ACME HOLDINGS", former_names=former, **facts), _json(ELSEWHERE, "ELSEWHERE INC")]
    asked = [outcome("company_submissions", "landed", None, requested_at=EARLIER)]
    land_batch(settings, reference_partition("companies"), asked, "company_submissions", companies)
    days = [{"index_date": f"2020-03-{day:02}", "is_listed": day < 7, "fetched_at": EARLIER} for day in (5, 6, 7, 8, 9)]
    listing = [outcome("index_listing", "landed", None, requested_at=EARLIER)]
    land_batch(settings, reference_partition("listings"), listing, "index_listing", days)


def _schedule(accession_number, subject, holder, title, cusip):
    schedule = {"security": title, "issuer": None, "filers": [], "intent": "passive"}
    return submission(accession_number, "SC 13G", [subject, holder], schedule=schedule, cusip=cusip)


def _json(cik, name, **facts):
    unknown = dict.fromkeys(
        ("sic_code", "sic_description", "state_of_incorporation", "fiscal_year_end", "business_state_or_country")
    )
    lists = {"tickers": [], "exchanges": [], "former_names": []}
    return {"cik": cik, "company_name": name, **unknown, **lists, "fetched_at": EARLIER, **facts}


def _land_tickers(settings, fetched_at, rows):
    records = [
        {
            "position": position,
            "cik": cik,
            "company_name": "A",
            "ticker": ticker,
            "exchange": exchange,
            "fetched_at": fetched_at,
        }
        for position, (cik, ticker, exchange) in enumerate(rows, 1)
    ]
    asked = [outcome("company_ticker", "landed", None, requested_at=fetched_at)]
    land_batch(settings, reference_partition("tickers"), asked, "company_ticker", records)


def land_changes(settings):
    """A quarterly index that had lost the delisting and got another date for the prospectus."""
    facts = {"index_name": "2020Q1", "noticed_at": LATER, "evidence": "full-index 2020Q1 of 2026-11-08"}
    changes = [
        _change("removed", "0000950123-20-000003", CLOOPEN, "25-NSE", "2020-03-05", "2020-03-05") | facts,
        _change("changed", "0000950123-20-000005", BANK, "424B2", "2020-03-06", "2020-03-05") | facts,
    ]
    gone = outcome(
        "submission", "gone", None, "0000950123-20-000003", requested_at=LATER, reason="not found", status=404
    )
    asked = [outcome("quarterly_index", "landed", None, requested_at=LATER), gone]
    land_batch(settings, "quarter=2020Q1", asked, "index_change", changes)


def _change(change, accession_number, cik, form_type, filed_date, previous):
    return {
        "change": change,
        "accession_number": accession_number,
        "cik": cik,
        "form_type": form_type,
        "filed_date": filed_date,
        "company_name": "A",
        "previous_form_type": form_type,
        "previous_filed_date": previous,
    }


BATCHES = [land_filings, land_first_tickers, land_next_tickers, land_json, land_changes]


def built(warehouse: Warehouse, *nights) -> Warehouse:
    for night in nights:
        for land in night:
            land(warehouse.settings)
        warehouse.build()
    return warehouse


@pytest.fixture(scope="module")
def companies(tmp_path_factory) -> Warehouse:
    """GIVEN all of it, loaded at once."""
    return built(Warehouse(tmp_path_factory.mktemp("at_once"), tmp_path_factory), BATCHES)


def test_a_company_has_what_headers_json_tickers_and_schedules_say(companies):
    rows = companies.rows(
        "select cik, company_name, former_names, ticker, exchange, country, country_name, cusip, isin, sic_code, "
        "state_of_incorporation, fiscal_year_end from marts.dim_companies order by cik"
    )
    assert rows == [
        (HOLDER, "HOLDER LLC", *[None] * 10),
        (
            *(
                ACME,
                "ACME HOLDINGS",
                ["ACME LABS"],
                "ACM",
                "Nasdaq",
                "US",
                "United States",
                "037833100",
                "US0378331005",
            ),
            *("3720", "DE", "0531"),
        ),
        (BANK, "BANK", None, "BNK", None, *[None] * 7),
        (
            *(CLOOPEN, "Cloopen", None, "RAAS", "NYSE", "KY", "Cayman Islands", "18900M104", "US18900M1045"),
            *(None, "E9", None),
        ),
    ]


def test_a_former_name_has_its_days(companies):
    assert companies.rows("select former_name_periods from marts.dim_companies where cik = ?", ACME) == [
        (
            [
                {
                    "company_name": "ACME LABS",
                    "valid_from": date.fromisoformat("2010-01-02"),
                    "valid_to": date.fromisoformat("2026-10-01"),
                }
            ],
        )
    ]
    assert companies.rows(
        "select former_names, former_names_until from marts.filing_companies where former_names is not null"
    ) == [(["ACME"], [date.fromisoformat("2010-01-02")])]


def test_a_symbol_is_traded_or_not_with_its_evidence(companies):
    rows = companies.rows(
        "select cik, is_symbol_active, symbol_evidence from marts.dim_companies where cik <> ? order by 1", HOLDER
    )
    dropped = "listed in company_tickers_exchange.json of 2026-11-01, not in that of 2026-11-08"
    assert rows == [
        (ACME, True, "listed in company_tickers_exchange.json of 2026-11-08"),
        (BANK, False, dropped),
        (CLOOPEN, False, "Form 25-NSE of 2020-03-05, 0000950123-20-000003"),
    ]


def test_a_schedule_gives_its_filing_the_security(companies):
    assert companies.rows("select security_title, cusip from marts.fct_filings where cusip is not null order by 2") == [
        ("Common Stock", "037833100"),
        ("American Depositary Shares", "18900M104"),
    ]


def test_a_filing_that_no_index_day_listed_was_public_we_do_not_know_when(companies):
    assert companies.rows("select distinct first_public_date, accepted_at is not null from marts.fct_filings") == [
        (None, True)
    ]
    assert companies.rows("select count(*) from marts.index_entries") == [(0,)]


def test_what_changed_in_an_index_is_history_and_what_is_gone_stays(companies):
    rows = companies.rows(
        "select accession_number, change, filed_date::varchar, previous_filed_date::varchar, noticed_at::varchar "
        "from marts.index_changes order by 1"
    )
    assert rows == [
        ("0000950123-20-000003", "removed", "2020-03-05", "2020-03-05", "2026-11-08 13:00:00+00"),
        ("0000950123-20-000005", "changed", "2020-03-06", "2020-03-05", "2026-11-08 13:00:00+00"),
    ]
    # THEN the header's word counts for the filing, and the one that EDGAR has no more is flagged; evidence of a symbol it stays
    gone = companies.rows("select accession_number, filed_date::varchar from marts.fct_filings where is_removed")
    assert gone == []
    asked = companies.rows("select fetched_at::varchar from marts.fct_filings limit 1")
    assert asked == [("2026-11-22 03:00:00+00",)]


def test_the_listing_says_which_days_were_open(companies):
    rows = companies.rows(
        "select calendar_date::varchar, is_index_day, closed_reason, is_listed, day_state from marts.dim_dates "
        "where calendar_date between '2020-03-06' and '2020-03-10' order by 1"
    )
    assert rows == [
        ("2020-03-06", True, None, True, None),
        ("2020-03-07", False, "Saturday", False, None),
        ("2020-03-08", False, "Sunday", False, None),
        ("2020-03-09", True, None, False, None),
        ("2020-03-10", True, None, None, None),
    ]
    assert companies.rows(
        "select count(*), min(calendar_date)::varchar, max(calendar_date)::varchar from marts.dim_dates"
    ) == [(15705, "1993-01-01", "2035-12-31")]


def test_the_order_of_the_nights_does_not_matter(companies, warehouse):
    # WHEN the newest ticker file comes first, then the filings, then the rest
    other = built(warehouse, [land_next_tickers, land_json, land_changes], [land_filings], [land_first_tickers])
    for table in ("dim_companies", "dim_dates", "fct_filings", "filing_companies", "index_changes"):
        assert differences(companies.database, other.database, table) == [], table
