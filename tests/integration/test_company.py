"""A company's history over the stand-in EDGAR: all pages, every filing once, and what is missing said."""

from dataclasses import replace
from datetime import date

import pytest
from edgar_pipeline import ingest
from edgar_pipeline.errors import InputError, NotFound, Unavailable
from edgar_pipeline.landing import OUTCOMES, committed_parts, read_records
from edgar_pipeline.quarter_ledger import Quarter

from tests.integration.commands import one_line, run
from tests.small_archive import filings, index_file, index_row
from tests.submissions import Company

ACME = "0000900001"
JSON, FIRST, SECOND = (f"CIK{ACME}{page}.json" for page in ("", "-submissions-001", "-submissions-002"))
DAY = date(2025, 9, 3)


def made(day: date, count: int, first: int = 1):
    """So many filings of ACME, of one day."""
    acme = Company(name="ACME CORP", cik=ACME)
    found = filings(day, first + count - 1, prefix=900001)[first - 1 :]
    return [replace(filing, companies=(acme,)) for filing in found]


def rows(submissions) -> list[tuple]:
    return [(one.accession_number, one.form_type, one.filed.isoformat()) for one in submissions]


@pytest.fixture
def history(archive):
    """GIVEN five filings of a company: two in the main file, two on a page, one on another; and the ticker file."""
    newest, older, oldest = made(DAY, 2), made(date(2010, 5, 4), 2), made(date(1999, 3, 1), 1)
    for filing in (*newest, *older, *oldest):
        archive.put_submission(filing)
    archive.put_company(ACME, rows(newest), {FIRST: rows(older), SECOND: rows(oldest)}, name="ACME CORP")
    archive.put_tickers(
        [(900001, "ACME CORP", "ACM", "NYSE"), (900002, "BETA INC", "BETA", None), (900003, "ACT ONE", "ACT", None)]
    )
    return [*newest, *older, *oldest]


def paths(fake_edgar) -> list[str]:
    return sorted(entry["path"].rpartition("/")[2] for entry in fake_edgar.log())


def test_the_whole_history_lands_through_all_pages(settings, history, fake_edgar, clock):
    status = ingest.land_company(settings, ACME, clock=clock)
    assert (status.company_name, status.filings, status.loaded, status.is_complete) == ("ACME CORP", 5, 5, True)
    assert paths(fake_edgar) == sorted([JSON, FIRST, SECOND, *(f"{one.accession_number}.txt" for one in history)])
    records = list(read_records(settings, "submission", f"company={ACME}"))
    assert {record["accession_number"] for record in records} == {one.accession_number for one in history}
    listed = list(read_records(settings, "company_filing", f"company={ACME}"))
    assert [(row["page"], row["accession_number"]) for row in listed if row["page"] == SECOND] == [
        (SECOND, history[4].accession_number)
    ]
    # WHEN it is run again THEN the JSON is the only request, and no new record lands
    before = committed_parts(settings, "company_filing"), committed_parts(settings, "submission")
    fake_edgar.clear_log()
    assert ingest.land_company(settings, ACME, clock=clock).is_complete
    assert paths(fake_edgar) == [JSON]
    assert (committed_parts(settings, "company_filing"), committed_parts(settings, "submission")) == before


def test_what_its_index_day_has_landed_is_not_asked_for_again(settings, archive, history, fake_edgar, clock):
    # GIVEN an index day that has landed two of the filings
    archive.put_index(DAY, index_file(DAY, [index_row(filing) for filing in history[:2]]))
    assert ingest.land_day(settings, DAY, clock).loaded == 2
    fake_edgar.clear_log()
    status = ingest.land_company(settings, ACME, clock=clock)
    # THEN they count as loaded, and the partition of the company holds the others
    assert (status.filings, status.loaded) == (5, 5)
    assert paths(fake_edgar) == sorted([JSON, FIRST, SECOND, *(f"{one.accession_number}.txt" for one in history[2:])])
    landed = {record["accession_number"] for record in read_records(settings, "submission", f"company={ACME}")}
    assert landed == {one.accession_number for one in history[2:]}


def test_a_date_leaves_out_what_is_older(settings, history, fake_edgar, clock):
    status = ingest.land_company(settings, ACME, date(2010, 5, 4), clock)
    assert (status.filings, status.loaded, status.is_complete) == (4, 4, True)
    assert f"{history[4].accession_number}.txt" not in paths(fake_edgar)


def test_a_new_filing_moves_others_to_a_page(settings, archive, history, fake_edgar, clock):
    # GIVEN a landed history WHEN a filing comes, and EDGAR moves one from the main file to the first page
    ingest.land_company(settings, ACME, clock=clock)
    (new,) = made(date(2025, 9, 4), 1, first=7)
    archive.put_submission(new)
    pages = {FIRST: rows([history[1], history[2], history[3]]), SECOND: rows([history[4]])}
    archive.put_company(ACME, rows([new, history[0]]), pages, name="ACME CORP")
    fake_edgar.clear_log()
    clock.elapsed += 86_400
    status = ingest.land_company(settings, ACME, clock=clock)
    # THEN the page that changed is read again, and the new filing is the only one that is fetched
    assert (status.filings, status.loaded) == (6, 6)
    assert paths(fake_edgar) == sorted([JSON, FIRST, f"{new.accession_number}.txt"])
    fake_edgar.clear_log()
    ingest.land_company(settings, ACME, clock=clock)
    assert paths(fake_edgar) == [JSON]


def test_what_could_not_be_fetched_is_pending_with_its_reason(settings, history, fake_edgar, clock):
    fake_edgar.rule(history[2].accession_number, "status", status=503)
    fake_edgar.rule(SECOND, "status", status=503)
    status = ingest.land_company(settings, ACME, clock=clock)
    assert (status.filings, status.loaded, status.pending, status.missing_pages) == (4, 3, 1, 1)
    assert status.problem.startswith(
        f"{ACME}: 3 of 4 filings loaded, 1 pending, 0 quarantined, 1 pages of older filings not read (1 × pending: unavailable: "
    )
    # WHEN EDGAR is well again THEN the next run fetches what is missing and nothing else
    fake_edgar.clear()
    fake_edgar.clear_log()
    assert ingest.land_company(settings, ACME, clock=clock).is_complete
    expected = [JSON, SECOND, f"{history[2].accession_number}.txt", f"{history[4].accession_number}.txt"]
    assert paths(fake_edgar) == sorted(expected)


def test_a_filing_that_edgar_denies_is_gone_after_three_days(settings, archive, history, fake_edgar, clock):
    fake_edgar.rule(history[0].accession_number, "status", status=404)
    for _ in range(3):
        status = ingest.land_company(settings, ACME, clock=clock)
        clock.elapsed += 86_400
    assert (status.loaded, status.gone, status.is_complete) == (4, 1, True)


def test_the_scope_is_a_rule_and_is_counted(settings, history, clock):
    (status,) = [ingest.land_company(replace(settings, form_types=frozenset({"10-K"})), ACME, clock=clock)]
    assert (status.filings, status.loaded, status.out_of_scope, status.is_complete) == (5, 0, 5, True)


def test_an_unknown_company_and_a_broken_json_raise(settings, archive, history, fake_edgar, clock):
    with pytest.raises(NotFound):
        ingest.land_company(settings, "0000999999", clock=clock)
    fake_edgar.rule(JSON, "status", status=500)
    with pytest.raises(Unavailable):
        ingest.land_company(settings, ACME, clock=clock)
    outcomes = [row["outcome"] for row in read_records(settings, OUTCOMES, f"company={ACME}")]
    assert set(outcomes) == {"unavailable"}


def test_companies_are_named_by_cik_or_ticker(settings, history, fake_edgar, clock):
    # GIVEN only CIKs THEN nothing is asked
    assert ingest.resolve_companies(settings, ["900001", ACME, "7"], clock) == [ACME, "0000000007"]
    assert fake_edgar.log() == []
    # GIVEN tickers THEN the ticker file is read, once
    assert ingest.resolve_companies(settings, ["acm", " BETA", ACME], clock) == [ACME, "0000900002"]
    assert ingest.resolve_companies(settings, ["ACM"], clock) == [ACME]
    assert paths(fake_edgar) == ["company_tickers_exchange.json"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ACNE", "'ACNE' is no ticker that EDGAR lists; did you mean ACT (ACT ONE), ACM (ACME CORP)?"),
        ("ACME", "'ACME' is no ticker that EDGAR lists; did you mean ACM (ACME CORP), ACT (ACT ONE)?"),
        ("BET", "'BET' is no ticker that EDGAR lists; did you mean BETA (BETA INC)?"),
        ("ZZZZZ", "'ZZZZZ' is no ticker that EDGAR lists. Give the CIK instead."),
        ("{{ 7*7 }}", "'{{ 7*7 }}' is no ticker that EDGAR lists. Give the CIK instead."),
        ("12345678901", "not a CIK (1 to 10 digits): '12345678901'. Give a CIK or a ticker, like 1804583 or AAPL."),
    ],
)
def test_an_unknown_ticker_is_refused_with_suggestions(settings, history, clock, name, message):
    with pytest.raises(InputError) as caught:
        ingest.resolve_companies(settings, [name], clock)
    assert str(caught.value) == message


def test_the_ticker_of_a_delisted_company_is_known_from_older_files(settings, archive, history, clock):
    ingest.resolve_companies(settings, ["ACM"], clock)
    archive.put_tickers([(900002, "BETA INC", "BETA", None)])
    clock.elapsed += 2 * 86_400
    assert ingest.resolve_companies(settings, ["ACM", "BETA"], clock) == [ACME, "0000900002"]


def test_the_command_lands_and_says_the_numbers(settings, history, fake_edgar):
    done = run(settings, "company", "ACM", "--since", "2010-05-04")
    assert done.returncode == 0, done.stderr
    assert " ".join(done.stdout.split()).endswith(f"✓ {ACME} ACME CORP 4 4 0 0 0 0")
    unknown = run(settings, "company", "ACNE")
    assert (unknown.returncode, one_line(unknown)) == (
        2,
        "error: 'ACNE' is no ticker that EDGAR lists; did you mean ACT (ACT ONE), ACM (ACME CORP)?",
    )
    fake_edgar.clear_log()
    assert run(settings, "company", ACME, "--since", "2024-02-30").returncode == 2
    assert fake_edgar.log() == []


def test_a_filing_that_only_the_quarterly_index_has_is_part_of_the_history(
    settings, archive, history, fake_edgar, clock
):
    # GIVEN a quarterly index that was read here and lists a filing that the JSON has not, beside those that it has
    (unlisted,) = made(date(2025, 9, 5), 1, first=8)
    other = replace(unlisted, accession_number="0000900001-25-000099", companies=(Company(cik="0009000010"),))
    archive.put_submission(unlisted)
    archive.put_quarter(date(2025, 9, 30), [*history[:2], unlisted, other])
    ingest.reconcile(settings, Quarter(2025, 3), clock)
    # WHEN the company is asked for THEN that filing is fetched too
    status = ingest.land_company(settings, ACME, clock=clock)
    assert (status.filings, status.loaded, status.only_indexed) == (6, 6, 1)
    assert f"{unlisted.accession_number}.txt" in paths(fake_edgar) and f"{other.accession_number}.txt" not in paths(
        fake_edgar
    )
