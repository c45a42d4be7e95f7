"""A small EDGAR history, made by hand, in which every rule of the warehouse has a case.

Four batches land in the raw zone. The warehouse must come out the same whether they are loaded one by one, in any order, or
all at once:

    first_day    2020-03-04: an 8-K of 2003, a filing that EDGAR will remove, a letter first listed here
    second_day   2020-03-05: co-filers, a Form 4, an 8-K with items, every state that a row of an index can have
    third_day    2020-03-06: a foreign annual report, an unknown form, Feed item numbers, the letter again
    corrections  2020-03-05 again: a re-read index and a filing parsed anew, with other documents and companies;
                 a filing of 2020-03-05 that came with its company's history; days without an index
"""

from datetime import date

from edgar_pipeline.landing import land_batch

from tests.dbt.raw_records import (
    company,
    document,
    index_line,
    land_index,
    land_submissions,
    malformed_line,
    outcome,
    submission,
)

FIRST, SECOND, THIRD = date(2020, 3, 4), date(2020, 3, 5), date(2020, 3, 6)
SATURDAY, REFUSED, LOST = date(2020, 3, 7), date(2020, 3, 9), date(2020, 3, 10)

OLD_8K = "0000950123-03-000001"
REMOVED = "0000950123-20-000002"
LETTER = "0000950123-20-000003"
SCHEDULE = "0000807249-20-000047"
INSIDER = "0000950123-20-000005"
NEWS = "0000950123-20-000006"
REPARSED = "0000950123-20-000007"
BY_COMPANY = "0000950123-20-000008"
FOREIGN = "0000950123-20-000009"
UNKNOWN_FORM = "0000950123-20-000010"
FEED = "0000950123-20-000011"
EXHIBITS_ONLY = "0000950123-20-000012"

DAMAGED = "0000950123-20-000021"
LEFT_OUT = "0000950123-20-000022"
GONE = "0000950123-20-000023"
UNAVAILABLE = "0000950123-20-000024"
NOT_ASKED = "0000950123-20-000025"
UNDATED = "0000950123-20-000026"
ADDED_LATER = "0000950123-20-000027"
WITHDRAWN = "0000950123-20-000028"

ACME = company(
    1000001,
    "ACME CORP",
    file_number="001-00001",
    sic="PHARMACEUTICAL PREPARATIONS [2834]",
    state_of_incorporation="DE",
    fiscal_year_end="1231",
    former_names=[{"name": "ACME LABS", "changed_on": "2010-01-01"}],
)
ACME_IN_2003 = company(1000001, "ACME LABS", sic="2834", state_of_incorporation="NY")
FAIR = company(814547, "FAIR ISAAC CORP", "subject", sic="SERVICES-BUSINESS SERVICES, NEC [7389]")
HOLDER = company(716133, "HOLDER LLC", "filed_by")
CLOOPEN = company(1804583, "Cloopen Group Holding Ltd", state_of_incorporation="E9", fiscal_year_end="1231")


def land_first_day(settings):
    """2020-03-04."""
    lines = [
        index_line(9, OLD_8K, 1000001, "8-K", "ACME LABS", FIRST, filed_date="2003-05-05"),
        index_line(10, REMOVED, 1000001, "8-K", "ACME CORP", FIRST, filed_date="2020-03-04"),
        index_line(11, LETTER, 1804583, "CORRESP", "Cloopen Group Holding Ltd", FIRST, filed_date="2020-01-13"),
    ]
    land_index(settings, FIRST, lines)
    old = submission(
        OLD_8K,
        "8-K",
        [ACME_IN_2003],
        [document(1, "8-K", filename=None, description="8-K DATED MAY 5, 2003")],
        filed_date="2003-05-05",
        accepted_at=None,
        items=["Other events", "", "Financial statements and exhibits"],
    )
    removed = submission(
        REMOVED,
        "8-K",
        [ACME],
        [document(1, "8-K"), document(2, "EX-16.1", description="Letter of the former auditor")],
        filed_date="2020-03-04",
        items=["Changes in Registrant's Certifying Accountant", "Other Events"],
    )
    land_submissions(settings, FIRST, [old, removed, _letter()])


def land_second_day(settings):
    """2020-03-05."""
    lines = [
        index_line(9, SCHEDULE, 716133, "SC 13D/A", "HOLDER LLC", SECOND),
        index_line(10, SCHEDULE, 814547, "SC 13D/A", "FAIR ISAAC CORP", SECOND),
        index_line(11, INSIDER, 1000001, "4", "ACME CORP", SECOND),
        index_line(12, INSIDER, 1000002, "4", "DOE JANE", SECOND),
        index_line(13, NEWS, 1000001, "8-K", "ACME CORP", SECOND),
        index_line(14, NEWS, 1000001, "8-K", "ACME CORP", SECOND),
        index_line(15, REPARSED, 1000001, "10-K", "ACME CORP", SECOND),
        index_line(16, BY_COMPANY, 1804583, "6-K", "Cloopen Group Holding Ltd", SECOND),
        *(
            index_line(20 + number, accession, 1000003, "424B2", "BANK", SECOND)
            for number, accession in enumerate(
                [DAMAGED, LEFT_OUT, GONE, UNAVAILABLE, NOT_ASKED, UNDATED, EXHIBITS_ONLY, WITHDRAWN]
            )
        ),
        malformed_line(40, day=SECOND),
        malformed_line(41, day=SECOND),
    ]
    land_index(settings, SECOND, lines)
    news = submission(
        NEWS,
        "8-K",
        [ACME],
        [
            document(1, "8-K", description="FORM 8-K", excerpt="On March 4, 2020, Acme reported its results."),
            document(2, "EX-99.1", headline="Acme Announces Fourth Quarter Results", filename="ex991.htm"),
            document(3, "GRAPHIC", None, filename="logo.jpg", text_status="binary"),
            document(4, "EX-101.INS", None, filename="../acme.xml"),
        ],
        period_of_report="2020-03-04",
        document_count_declared=5,
        remarks=["it declares 5 documents and ships 4"],
        items=[
            "Results of Operations and Financial Condition",
            "Regulation FD Disclosure",
            "Financial Statements and Exhibits",
        ],
    )
    insider = submission(
        INSIDER,
        "4",
        [company(1000002, "DOE JANE", "reporting_owner"), company(1000001, "ACME CORP", "issuer")],
        period_of_report="2020-03-03",
    )
    exhibits_only = submission(EXHIBITS_ONLY, "424B2", [company(1000003, "BANK")], [document(3, "EX-99", None)])
    undated = submission(UNDATED, "424B2", [company(1000003, "BANK")], filed_date=None)
    not_landed = [
        outcome("submission", "quarantined", SECOND, DAMAGED, reason="damaged: cut"),
        outcome("plan", "out_of_scope", SECOND, LEFT_OUT, reason="EDGAR_FORM_TYPES leaves out 424B2", status=None),
        outcome("submission", "gone", SECOND, GONE, reason="404 on three days", status=404),
        outcome("submission", "unavailable", SECOND, GONE, reason="503", status=503, attempt=2),
        outcome("submission", "unavailable", SECOND, UNAVAILABLE, reason="503", status=503, sha256=None),
        outcome("submission", "unavailable", SECOND, UNAVAILABLE, reason="timeout", status=None, attempt=2),
    ]
    landed = [_schedule(), insider, news, _reparsed_before(), exhibits_only, undated]
    land_submissions(settings, SECOND, landed, not_landed)


def land_third_day(settings):
    """2020-03-06."""
    lines = [
        index_line(9, FOREIGN, 1804583, "20-F", "Cloopen Group Holding Ltd", THIRD, filed_date="2020-03-06"),
        index_line(10, UNKNOWN_FORM, 1000001, "ZZ-1/A", "ACME CORP", THIRD, filed_date="2020-03-06"),
        index_line(11, FEED, 1000001, "8-K", "ACME CORP", THIRD, filed_date="2020-03-06"),
        index_line(12, LETTER, 1804583, "CORRESP", "Cloopen Group Holding Ltd", THIRD, filed_date="2020-01-13"),
        index_line(13, REMOVED, 1000001, "8-K", "ACME CORP", THIRD, filed_date="2020-03-04"),
    ]
    land_index(settings, THIRD, lines)
    foreign = submission(
        FOREIGN,
        "20-F",
        [CLOOPEN],
        [
            document(1, "20-F"),
            document(2, "EX-12.1", headline="Certification by the Chief Executive Officer"),
            document(3, "EX-13.1", description="EX-13.1"),
            document(4, "EX-15.2", description="Consent of Kaimeng & Partners", text_status="quarantined", text=None),
        ],
        filed_date="2020-03-06",
        period_of_report="2019-12-31",
    )
    unknown = submission(UNKNOWN_FORM, "ZZ-1/A", [ACME], [document(1, "ZZ-1/A")], filed_date="2020-03-06")
    feed = submission(FEED, "8-K", [ACME], filed_date="2020-03-06", items=["5.02", "Something quite new", "9.01"])
    removal = outcome(
        "submission", "gone", THIRD, REMOVED, reason="404 on three days", requested_at="2026-11-25T03:00:00.000000Z"
    )
    land_submissions(settings, THIRD, [foreign, unknown, feed, _letter()], [removal])


def land_corrections(settings):
    """The second day read again, a filing parsed again, one company's history, and three days without an index."""
    reread = {"fetched_at": "2026-11-23T03:00:00.000000Z"}
    lines = [
        index_line(9, SCHEDULE, 716133, "SC 13D/A", "HOLDER LLC", SECOND, **reread),
        index_line(10, SCHEDULE, 814547, "SC 13D/A", "FAIR ISAAC CORP", SECOND, **reread),
        index_line(11, INSIDER, 1000001, "4", "ACME CORP", SECOND, **reread),
        index_line(12, INSIDER, 1000002, "4", "DOE JANE", SECOND, **reread),
        index_line(13, NEWS, 1000001, "8-K", "ACME CORP", SECOND, **reread),
        index_line(14, REPARSED, 1000001, "10-K", "ACME CORP", SECOND, **reread),
        index_line(15, BY_COMPANY, 1804583, "6-K", "Cloopen Group Holding Ltd", SECOND, **reread),
        *(
            index_line(20 + number, accession, 1000003, "424B2", "BANK", SECOND, **reread)
            for number, accession in enumerate(
                [DAMAGED, LEFT_OUT, GONE, UNAVAILABLE, NOT_ASKED, UNDATED, EXHIBITS_ONLY, ADDED_LATER]
            )
        ),
        malformed_line(40, day=SECOND) | reread,
    ]
    land_index(settings, SECOND, lines)
    land_submissions(settings, SECOND, [_reparsed_after()])
    by_company = submission(
        BY_COMPANY,
        "6-K",
        [CLOOPEN],
        [document(1, "6-K"), document(2, "EX-99.1", headline="Cloopen Regains Compliance with NYSE Rule")],
    )
    partition = "company=0001804583"
    asked = outcome("submission", "landed", None, BY_COMPANY, document_count=2)
    land_batch(settings, partition, [asked], "submission", [by_company])
    _land_days_without_index(settings)


def _land_days_without_index(settings):
    closed = outcome("daily_index", "absent", SATURDAY, status=403, reason="a Saturday")
    land_index(settings, SATURDAY, [], [closed])
    refused = outcome("daily_index", "blocked", REFUSED, status=403, reason="Request Rate Threshold Exceeded")
    too_early = {"attempt": 0, "status": None, "requested_at": "2026-11-21T03:00:00.000000Z"}
    decided = outcome("daily_index", "not_yet_published", REFUSED, reason="not asked for before", **too_early)
    land_index(settings, REFUSED, [], [decided, refused])
    lost = outcome("daily_index", "unavailable", LOST, status=503, reason="503")
    land_index(settings, LOST, [], [lost])


BATCHES = {
    "first_day": land_first_day,
    "second_day": land_second_day,
    "third_day": land_third_day,
    "corrections": land_corrections,
}


def _letter():
    """A letter to the SEC, written in January, public in March: listed and landed with two index days."""
    return submission(
        LETTER,
        "CORRESP",
        [CLOOPEN],
        [document(1, "CORRESP", description="-")],
        filed_date="2020-01-13",
        accepted_at="2020-01-13T22:30:00.000000Z",
    )


def _schedule():
    return submission(
        SCHEDULE,
        "SC 13D/A",
        [FAIR, HOLDER],
        [
            document(1, "SC 13D/A", description="AMENDMENT"),
            document(2, "EX-99.1", description="JOINT FILING AGREEMENT"),
        ],
    )


def _reparsed_before():
    """As the first parser saw it: two contracts too many, and a company that is none."""
    documents = [
        document(1, "10-K"),
        document(2, "EX-10.1", "First contract.", description="Lease of the plant"),
        document(3, "EX-10.2", "Second contract.", description="Loan of the bank"),
    ]
    companies = [ACME, company(1000099, "NOT A COMPANY")]
    return submission(REPARSED, "10-K", companies, documents, period_of_report="2019-12-31")


def _reparsed_after():
    return submission(
        REPARSED,
        "10-K",
        [ACME],
        [document(1, "10-K", "The annual report, read better.")],
        parser_version="10",
        period_of_report="2019-12-31",
    )
