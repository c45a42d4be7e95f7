"""Reference data over the stand-in EDGAR: what is due is read once, what has not changed makes no record."""

import json
from datetime import date

import pytest
from edgar_pipeline import ingest
from edgar_pipeline.errors import Blocked, Incomplete, InputError
from edgar_pipeline.ingest.reference import finish_reference, land_reference
from edgar_pipeline.landing import OUTCOMES, committed_parts, read_records
from edgar_pipeline.originals import find_originals

from tests.integration.commands import one_line, run

ACME, BETA = "0000900001", "0000900002"
TICKERS, LISTING = "/files/company_tickers_exchange.json", "/Archives/edgar/daily-index/2025/QTR3/index.json"
DAY = date(2025, 9, 3)


@pytest.fixture
def edgar(archive):
    """GIVEN a ticker file, two companies and a day with its listing."""
    archive.put_tickers([(900001, "ACME CORP", "AB", "NYSE"), (900002, "BETA INC", "BB", None)])
    archive.put_company(ACME, [("0000900001-25-000001", "8-K", "2025-09-03")], name="ACME CORP", tickers=["AB"])
    archive.put_company(BETA, name="BETA INC")
    archive.put_day(DAY, 1)
    return archive


def paths(fake_edgar) -> list[str]:
    return sorted(entry["path"] for entry in fake_edgar.log())


def landed(settings, source: str, name: str) -> list[dict]:
    return list(read_records(settings, source, f"reference={name}"))


def test_what_is_due_is_read_once(settings, edgar, fake_edgar, clock):
    # GIVEN an index day that is here WHEN reference data is landed
    ingest.land_index(settings, DAY, clock=clock)
    fake_edgar.clear_log()
    first = land_reference(settings, [ACME, "900002"], clock)
    # THEN each file is one request and one record, or one of each row
    assert paths(fake_edgar) == [LISTING, TICKERS, f"/submissions/CIK{ACME}.json", f"/submissions/CIK{BETA}.json"]
    assert (dict(first.counts), first.problems, first.waiting) == ({"landed": 4}, [], 0)
    assert [(row["cik"], row["ticker"]) for row in landed(settings, "company_ticker", "tickers")] == [
        (ACME, "AB"),
        (BETA, "BB"),
    ]
    assert [row["company_name"] for row in landed(settings, "company_submissions", "companies")] == [
        "ACME CORP",
        "BETA INC",
    ]
    days = {row["index_date"]: row["is_listed"] for row in landed(settings, "index_listing", "listings")}
    assert (days["2025-09-03"], days["2025-09-02"], len(days)) == (True, False, 65)
    # WHEN it is run again THEN nothing is asked and nothing is written
    fake_edgar.clear_log()
    parts = committed_parts(settings, OUTCOMES)
    assert dict(land_reference(settings, [ACME, BETA], clock).counts) == {}
    assert fake_edgar.log() == []
    assert committed_parts(settings, OUTCOMES) == parts


def test_what_has_not_changed_makes_no_record(settings, edgar, fake_edgar, clock):
    # GIVEN a first reading WHEN a day later one company has another name
    land_reference(settings, [ACME, BETA], clock)
    clock.elapsed += 86_400
    edgar.put_company(BETA, name="BETA HOLDINGS")
    counts = dict(land_reference(settings, [ACME, BETA], clock).counts)
    # THEN that is one new record; every request has its row, and both versions are among the originals
    assert counts == {"landed": 1, "unchanged": 2}
    assert [row["company_name"] for row in landed(settings, "company_submissions", "companies")].count("ACME CORP") == 1
    assert len(landed(settings, "company_submissions", "companies")) == 3
    assert len(landed(settings, "company_ticker", "tickers")) == 2
    reasons = [row["reason"] for row in landed(settings, OUTCOMES, "companies")]
    assert sorted(map(str, reasons)) == ["None", "None", "None", "read again: unchanged"]
    assert len(find_originals(settings, "company_submissions", BETA)) == 2


def test_a_company_of_the_warehouse_waits_three_months(settings, edgar, fake_edgar, clock, monkeypatch):
    # GIVEN the companies of the warehouse
    monkeypatch.setattr("edgar_pipeline.ingest.reference.companies_seen", lambda settings: [ACME, BETA])
    land_reference(settings, clock=clock)
    for days, asked in ((89, []), (2, [f"/submissions/CIK{ACME}.json", f"/submissions/CIK{BETA}.json"])):
        clock.elapsed += days * 86_400
        fake_edgar.clear_log()
        land_reference(settings, clock=clock)
        assert paths(fake_edgar) == [TICKERS, *asked]


def test_a_run_takes_so_many_companies_and_the_next_goes_on(settings, edgar, fake_edgar, clock, monkeypatch):
    monkeypatch.setattr("edgar_pipeline.ingest.reference.MOST_COMPANIES", 1)
    first = land_reference(settings, [ACME, BETA], clock)
    second = land_reference(settings, [ACME, BETA], clock)
    assert (first.waiting, second.waiting) == (1, 0)
    assert sorted(row["cik"] for row in landed(settings, "company_submissions", "companies")) == [ACME, BETA]


def test_an_unknown_company_is_absent_while_something_certain_is_found(settings, edgar, fake_edgar, clock):
    result = land_reference(settings, ["0000999999"], clock)
    assert dict(result.counts) == {"landed": 1, "absent": 1}
    (row,) = [row for row in landed(settings, OUTCOMES, "companies") if row["kind"] == "company_submissions"]
    assert (row["status"], row["outcome"]) == (404, "absent")
    assert row["reason"].startswith("not found, while http") and row["reason"].endswith("index.json was served")
    # WHEN everything is refused THEN nobody is absent
    fake_edgar.rule("index.json|999998", "status", status=404)
    with pytest.raises(Blocked):
        land_reference(settings, ["0000999998"], clock)


def test_a_file_of_another_shape_is_quarantined_and_the_others_land(settings, edgar, fake_edgar, clock):
    # GIVEN another company's file under a name, and a ticker file that is cut
    edgar.put_json(f"CIK{BETA}.json", {"cik": "1", "name": "EVIL", "filings": {}})
    edgar.put("files/company_tickers_exchange.json", b'{"fields": ["cik"')
    result = land_reference(settings, [ACME, BETA], clock)
    # THEN each was tried three times, and nothing of them has landed
    assert dict(result.counts) == {"landed": 1, "failed": 2}
    assert [row["cik"] for row in landed(settings, "company_submissions", "companies")] == [ACME]
    assert landed(settings, "company_ticker", "tickers") == []
    assert [row["outcome"] for row in landed(settings, OUTCOMES, "tickers")] == ["damaged", "damaged", "quarantined"]
    with pytest.raises(
        Incomplete, match=r"^2 files of reference data could not be read \(company_tickers_exchange.json: not JSON"
    ):
        finish_reference(result.counts, result.problems)


def test_a_page_name_that_leads_elsewhere_is_never_asked_for(settings, edgar, fake_edgar, clock):
    edgar.put_json(
        f"CIK{ACME}.json",
        {"cik": ACME, "name": "A", "filings": {"recent": {}, "files": [{"name": "../../evil", "filingCount": 1}]}},
    )
    assert dict(land_reference(settings, [ACME], clock).counts) == {"landed": 1, "failed": 1}
    assert {path for path in paths(fake_edgar) if "evil" in path} == set()


def test_a_block_ends_the_run_and_what_came_stays(settings, edgar, fake_edgar, clock):
    fake_edgar.rule("submissions", "block_page", after_n=1)
    with pytest.raises(Blocked):
        land_reference(settings, [ACME, BETA, "0000900003", "0000900004", "0000900005"], clock)
    assert len(landed(settings, "company_submissions", "companies")) == 1
    # WHEN it is over THEN the next run reads the others
    fake_edgar.clear()
    clock.elapsed += 7200
    assert dict(land_reference(settings, [ACME, BETA], clock).counts) == {"landed": 1}


def test_a_killed_run_is_continued_without_a_request(settings, edgar, fake_edgar, clock, monkeypatch):
    # GIVEN a run that was killed after it had received everything, before it landed anything
    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("edgar_pipeline.ingest.reference.land_batch", killed)
        with pytest.raises(KeyboardInterrupt):
            land_reference(settings, [ACME], clock)
    assert committed_parts(settings, OUTCOMES) == []
    asked = paths(fake_edgar)
    # WHEN it is run again THEN what had been received is not asked for again
    land_reference(settings, [ACME], clock)
    assert paths(fake_edgar) == sorted([*asked, f"/submissions/CIK{ACME}.json"])
    assert [row["ticker"] for row in landed(settings, "company_ticker", "tickers")] == ["AB", "BB"]


def test_the_command_says_what_it_read(settings, edgar):
    done = run(settings, "reference", "--cik", "900001", "--cik", BETA)
    assert (done.returncode, done.stdout.strip()) == (0, "Reference data: 3 landed")
    assert run(settings, "reference", "--cik", ACME).stdout.strip() == "Reference data: nothing was due"


def test_the_command_refuses_what_is_no_cik_before_any_request(settings, edgar, fake_edgar):
    done = run(settings, "reference", "--cik", "AAPL'; DROP TABLE")
    assert done.returncode == 2
    assert one_line(done) == (
        'error: not a CIK (1 to 10 digits): "AAPL\'; DROP TABLE". Write it like 0001804583 or 1804583.'
    )
    assert fake_edgar.log() == []
    with pytest.raises(InputError):
        land_reference(settings, ["1804583", "x"])


def test_a_nested_bomb_is_no_crash(settings, edgar, fake_edgar, clock):
    edgar.put_json(f"CIK{ACME}.json", json.loads("[" * 900 + "]" * 900))
    assert dict(land_reference(settings, [ACME], clock).counts) == {"landed": 1, "failed": 1}
