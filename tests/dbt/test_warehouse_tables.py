"""What the tables say of the hand-made history (`scenario`), row by row."""

from tests.dbt import scenario as s

ACME, JANE, BANK = "0001000001", "0001000002", "0001000003"
HOLDER, FAIR, CLOOPEN = "0000716133", "0000814547", "0001804583"


def test_one_filing_for_each_accession_number_that_can_be_loaded(whole):
    rows = whole.rows(
        "select accession_number, form_type, form_group, is_amendment, is_ownership, cik, company_name, document_count, "
        "exhibit_count from marts.fct_filings order by accession_number"
    )
    assert rows == [
        (s.SCHEDULE, "SC 13D/A", "ownership", True, True, FAIR, "FAIR ISAAC CORP", 2, 1),
        (s.OLD_8K, "8-K", "current", False, False, ACME, "ACME LABS", 1, 0),
        (s.REMOVED, "8-K", "current", False, False, ACME, "ACME CORP", 2, 1),
        (s.LETTER, "CORRESP", "correspondence", False, False, CLOOPEN, "Cloopen Group Holding Ltd", 1, 0),
        (s.INSIDER, "4", "insider", False, True, ACME, "ACME CORP", 1, 0),
        (s.NEWS, "8-K", "current", False, False, ACME, "ACME CORP", 4, 2),
        (s.REPARSED, "10-K", "annual", False, False, ACME, "ACME CORP", 1, 0),
        (s.BY_COMPANY, "6-K", "current", False, False, CLOOPEN, "Cloopen Group Holding Ltd", 2, 1),
        (s.FOREIGN, "20-F", "annual", False, False, CLOOPEN, "Cloopen Group Holding Ltd", 4, 3),
        (s.UNKNOWN_FORM, "ZZ-1/A", "other", True, False, ACME, "ACME CORP", 1, 0),
        (s.FEED, "8-K", "current", False, False, ACME, "ACME CORP", 1, 0),
        (s.EXHIBITS_ONLY, "424B2", "offering", False, False, BANK, "BANK", 1, 1),
    ]


def test_a_filing_has_every_fact_of_its_header_and_its_provenance(whole):
    columns = (
        "filed_date::varchar, accepted_at::varchar, first_public_date::varchar, period_of_report::varchar, file_number, items, "
        "item_texts, remarks, document_count_declared, document_count_landed, excerpt, text_length, url, "
        "primary_document_url, length(sha256), split_part(raw_path, '/part-', 1), parser_version, fetched_at::varchar, "
        "is_removed"
    )
    (row,) = whole.rows(f"select {columns} from marts.fct_filings where accession_number = ?", s.NEWS)
    folder = "https://www.sec.gov/Archives/edgar/data/1000001/000095012320000006"
    assert row == (
        *("2020-03-05", "2020-03-05 21:05:11+00", "2020-03-05", "2020-03-04", "001-00001"),
        ["2.02", "7.01", "9.01"],
        [
            "Results of Operations and Financial Condition",
            "Regulation FD Disclosure",
            "Financial Statements and Exhibits",
        ],
        ["it declares 5 documents and ships 4"],
        *(5, 4, "On March 4, 2020, Acme reported its results.", 26),
        *(f"{folder}/0000950123-20-000006-index.htm", f"{folder}/d1.htm"),
        *(64, "raw/submission/index_date=2020-03-05", "1", "2026-11-22 03:00:00+00", False),
    )


def test_what_a_header_lacks_is_null(whole):
    (row,) = whole.rows(
        "select accepted_at, period_of_report, file_number, remarks from marts.fct_filings where accession_number = ?",
        s.OLD_8K,
    )
    assert row == (None, None, None, None)


def test_items_have_the_numbers_of_their_time_or_of_the_feed(whole):
    rows = whole.rows("select accession_number, items from marts.fct_filings where items is not null order by 1")
    assert rows == [
        (s.OLD_8K, ["5", "7"]),
        (s.REMOVED, ["4.01", "8.01"]),
        (s.NEWS, ["2.02", "7.01", "9.01"]),
        (s.FEED, ["5.02", "9.01"]),
    ]


def test_an_unknown_item_and_an_unknown_form_are_warned_of(whole):
    assert [warning.partition(":")[0] for warning in sorted(whole.builds[0].warnings)] == [
        "every_8k_item_has_a_number",
        "every_form_type_is_known",
    ]


def test_exhibits_have_roles_titles_and_links(whole):
    rows = whole.rows(
        "select accession_number, sequence, document_type, exhibit_number, exhibit_role, title, title_source, title_quality, "
        "text_status, url from marts.fct_exhibits order by 1, 2"
    )
    acme, cloopen = (f"https://www.sec.gov/Archives/edgar/data/{cik}" for cik in (1000001, 1804583))
    fair, bank = (f"https://www.sec.gov/Archives/edgar/data/{cik}" for cik in (814547, 1000003))
    assert rows == [
        (
            *(s.SCHEDULE, 2, "EX-99.1", "99.1", "JOINT_FILING_AGREEMENT"),
            *("JOINT FILING AGREEMENT", "description", "good", "text", f"{fair}/000080724920000047/d2.htm"),
        ),
        (
            *(s.REMOVED, 2, "EX-16.1", "16.1", "AUDITOR_LETTER"),
            *("Letter of the former auditor", "description", "good", "text", f"{acme}/000095012320000002/d2.htm"),
        ),
        (
            *(s.NEWS, 2, "EX-99.1", "99.1", "PRESS_RELEASE"),
            *("Acme Announces Fourth Quarter Results", "headline", "good", "text"),
            f"{acme}/000095012320000006/ex991.htm",
        ),
        (
            *(s.NEWS, 4, "EX-101.INS", "101.INS", "XBRL"),
            *("Interactive data (EX-101.INS), ACME CORP, March 5, 2020", "fallback", "weak", "no_text"),
            # A file name that climbs out of the folder leads to the submission instead.
            f"{acme}/0000950123-20-000006.txt",
        ),
        (
            *(s.BY_COMPANY, 2, "EX-99.1", "99.1", "PRESS_RELEASE"),
            *("Cloopen Regains Compliance with NYSE Rule", "headline", "good", "text"),
            f"{cloopen}/000095012320000008/d2.htm",
        ),
        (
            *(s.FOREIGN, 2, "EX-12.1", "12.1", "CERTIFICATION_302"),
            *("Certification by the Chief Executive Officer", "headline", "good", "text"),
            f"{cloopen}/000095012320000009/d2.htm",
        ),
        (
            *(s.FOREIGN, 3, "EX-13.1", "13.1", "CERTIFICATION_906"),
            *("Section 906 certification (EX-13.1), Cloopen Group Holding Ltd, March 6, 2020", "fallback", "weak"),
            *("text", f"{cloopen}/000095012320000009/d3.htm"),
        ),
        (
            *(s.FOREIGN, 4, "EX-15.2", "15.2", "CONSENT_OR_OPINION_REFERENCE"),
            *("Consent of Kaimeng & Partners", "description", "good", "quarantined"),
            f"{cloopen}/000095012320000009/d4.htm",
        ),
        (
            *(s.EXHIBITS_ONLY, 3, "EX-99", "99", "ADDITIONAL_EXHIBIT"),
            *("Additional exhibit (EX-99), BANK, March 5, 2020", "fallback", "weak", "no_text"),
            f"{bank}/000095012320000012/d3.htm",
        ),
    ]


def test_events_have_one_row_per_code_with_their_evidence(whole):
    rows = whole.rows(
        "select event_id, event_group, event_date::varchar, headline, method, rule_id, evidence_text "
        "from marts.fct_events order by event_id"
    )
    assert rows == [
        (
            *(f"{s.SCHEDULE}:BENEFICIAL_OWNERSHIP", "ownership", "2020-03-05", None),
            *("form", "form-beneficial-ownership", "Form SC 13D/A"),
        ),
        (
            *(f"{s.OLD_8K}:REG_FD_OR_OTHER", "other", "2003-05-05", None),
            *("fallback", "fallback-item-reg-fd-or-other", "Item 5 Other events"),
        ),
        (
            *(f"{s.REMOVED}:AUDITOR_CHANGE", "reporting", "2020-03-04", "8-K, items 4.01 and 8.01: Change of auditor"),
            *("item", "item-auditor-change", "Item 4.01 Changes in Registrant's Certifying Accountant"),
        ),
        (
            *(f"{s.LETTER}:SEC_CORRESPONDENCE", "other", "2020-01-13", None),
            *("form", "form-sec-correspondence", "Form CORRESP"),
        ),
        (
            *(f"{s.INSIDER}:INSIDER_TRANSACTION", "ownership", "2020-03-05", "Form 4: DOE JANE in ACME CORP"),
            *("form", "form-insider-transaction", "Form 4"),
        ),
        (
            *(f"{s.NEWS}:EARNINGS_RELEASE", "reporting", "2020-03-05", "Acme Announces Fourth Quarter Results"),
            *("item", "item-earnings-release", "Item 2.02 Results of Operations and Financial Condition"),
        ),
        (
            *(f"{s.REPARSED}:ANNUAL_REPORT", "reporting", "2020-03-05"),
            "Annual report, ACME CORP, period ended December 31, 2019",
            *("form", "form-annual-report", "Form 10-K"),
        ),
        (
            *(f"{s.BY_COMPANY}:LISTING_COMPLIANCE_REGAINED", "listing", "2020-03-05"),
            *("Cloopen Regains Compliance with NYSE Rule", "headline", "headline-listing-compliance-regained"),
            "Regains Compliance",
        ),
        (
            *(f"{s.FOREIGN}:ANNUAL_REPORT", "reporting", "2020-03-06"),
            "Annual report of a foreign private issuer, Cloopen Group Holding Ltd, period ended December 31, 2019",
            *("form", "form-annual-report", "Form 20-F"),
        ),
        (
            *(f"{s.UNKNOWN_FORM}:UNCLASSIFIED", "other", "2020-03-06", None),
            *("fallback", "fallback-unclassified", "Form ZZ-1/A"),
        ),
        (
            *(f"{s.FEED}:DIRECTOR_OFFICER_CHANGE", "governance", "2020-03-06"),
            "8-K, items 5.02 and 9.01: Directors and officers",
            *("item", "item-director-officer-change", "Item 5.02"),
        ),
        (
            *(f"{s.EXHIBITS_ONLY}:OFFERING_PRICED", "capital", "2020-03-05", None),
            *("form", "form-offering-priced", "Form 424B2"),
        ),
    ]


def test_co_filers_are_kept_with_their_roles(whole):
    rows = whole.rows(
        "select accession_number, cik, role, company_name from marts.filing_companies where accession_number in (?, ?) "
        "order by accession_number, position",
        s.SCHEDULE,
        s.INSIDER,
    )
    assert rows == [
        (s.SCHEDULE, FAIR, "subject", "FAIR ISAAC CORP"),
        (s.SCHEDULE, HOLDER, "filed_by", "HOLDER LLC"),
        (s.INSIDER, JANE, "reporting_owner", "DOE JANE"),
        (s.INSIDER, ACME, "issuer", "ACME CORP"),
    ]
    assert whole.rows("select count(*) from marts.filing_companies") == [(14,)]


def test_companies_have_the_values_of_their_newest_header(whole):
    rows = whole.rows(
        "select cik, company_name, former_names, sic_code, sic_description, state_of_incorporation, fiscal_year_end, "
        "first_filed_date::varchar, last_filed_date::varchar from marts.dim_companies order by cik"
    )
    cloopen = (CLOOPEN, "Cloopen Group Holding Ltd", None, None, None, "E9", "1231", "2020-01-13", "2020-03-06")
    assert rows == [
        (HOLDER, "HOLDER LLC", None, None, None, None, None, "2020-03-05", "2020-03-05"),
        (
            *(FAIR, "FAIR ISAAC CORP", None, "7389", "SERVICES-BUSINESS SERVICES, NEC", None, None),
            *("2020-03-05", "2020-03-05"),
        ),
        (
            *(ACME, "ACME CORP", ["ACME LABS"], "2834", "PHARMACEUTICAL PREPARATIONS", "DE", "1231"),
            *("2003-05-05", "2020-03-06"),
        ),
        (JANE, "DOE JANE", None, None, None, None, None, "2020-03-05", "2020-03-05"),
        (BANK, "BANK", None, None, None, None, None, "2020-03-05", "2020-03-05"),
        cloopen,
    ]


def test_the_timeline_is_each_companys_page(whole):
    query = (
        "select entry_date::varchar, entry_type, accession_number, sequence, is_ownership, event_codes "
        "from marts.company_timeline where cik = ? order by entry_date, accession_number, sequence"
    )
    # THEN holder and target both see the schedule and its exhibit, as ownership
    for cik in (HOLDER, FAIR):
        assert whole.rows(query, cik) == [
            ("2020-03-05", "SC 13D/A", s.SCHEDULE, 1, True, ["BENEFICIAL_OWNERSHIP"]),
            ("2020-03-05", "EX-99.1", s.SCHEDULE, 2, True, None),
        ]
    # AND a filing of exhibits alone stands before them, with the number 0
    assert whole.rows(query, BANK) == [
        ("2020-03-05", "424B2", s.EXHIBITS_ONLY, 0, False, ["OFFERING_PRICED"]),
        ("2020-03-05", "EX-99", s.EXHIBITS_ONLY, 3, False, None),
    ]
    assert whole.rows("select count(*) from marts.company_timeline") == [(24,)]


def test_texts_are_those_of_documents_that_have_one(whole):
    rows = whole.rows("select accession_number, sequence from marts.document_texts order by all")
    assert len(rows) == 17
    assert [sequence for accession, sequence in rows if accession == s.NEWS] == [1, 2]
    assert [sequence for accession, sequence in rows if accession == s.FOREIGN] == [1, 2, 3]
    assert s.EXHIBITS_ONLY not in {accession for accession, _ in rows}


def test_glossaries_explain_every_code_that_is_used(whole):
    assert whole.rows("select form_name, is_known from marts.dim_forms where form_type = 'ZZ-1/A'") == [
        ("Form ZZ-1 (amendment)", False)
    ]
    assert whole.rows("select form_name from marts.dim_forms where form_type = '8-K/A'") == [
        ("Current report (amendment)",)
    ]
    for used, glossary, code in [
        ("fct_filings", "dim_forms", "form_type"),
        ("fct_exhibits", "dim_exhibit_roles", "exhibit_role"),
        ("fct_events", "dim_event_types", "event_code"),
    ]:
        assert whole.rows(f"from marts.{used} anti join marts.{glossary} using ({code}) select {code}") == []
