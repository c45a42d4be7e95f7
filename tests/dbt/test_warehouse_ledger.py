"""What the tables say of completeness, of days that overlap and of filings that came twice (`scenario`)."""

from tests.dbt import scenario as s

BANK = "0001000003"


def test_first_public_date_is_the_least_index_day_that_listed_the_filing(whole, oldest_first, newest_first):
    query = "select first_public_date::varchar from marts.fct_filings where accession_number = ?"
    for warehouse in (whole, oldest_first, newest_first):
        # THEN a letter of January that two days list was public on the first of them, whichever was loaded first
        assert warehouse.rows(query, s.LETTER) == [("2020-03-04",)]


def test_a_letter_that_was_released_later_shows_all_three_dates(whole):
    query = (
        "select filed_date::varchar, accepted_at::varchar, first_public_date::varchar from marts.fct_filings "
        "where accession_number = ?"
    )
    assert whole.rows(query, s.LETTER) == [("2020-01-13", "2020-01-13 22:30:00+00", "2020-03-04")]


def test_a_filing_that_edgar_removed_is_kept_and_flagged(whole):
    assert whole.rows("select accession_number from marts.fct_filings where is_removed") == [(s.REMOVED,)]


def test_a_filing_parsed_anew_is_replaced_whole(whole, oldest_first, newest_first):
    for warehouse in (whole, oldest_first, newest_first):
        # GIVEN a 10-K that had two contracts and a company too many, WHEN a newer parser found neither
        version = (
            "select parser_version, document_count, exhibit_count from marts.fct_filings where accession_number = ?"
        )
        assert warehouse.rows(version, s.REPARSED) == [("10", 1, 0)]
        # THEN nothing of the older copy is left, whichever was loaded first
        for table in ("fct_exhibits", "document_texts", "filing_companies", "company_timeline", "fct_events"):
            (count,) = warehouse.rows(f"select count(*) from marts.{table} where accession_number = ?", s.REPARSED)[0]
            assert (table, count) == (table, 0 if table == "fct_exhibits" else 1)
        text = warehouse.rows("select text from marts.document_texts where accession_number = ?", s.REPARSED)
        assert text == [("The annual report, read better.",)]
        assert warehouse.rows("select 1 from marts.dim_companies where cik = '0001000099'") == []


def test_every_row_of_an_index_has_one_state_and_its_reason(whole):
    rows = whole.rows(
        "select accession_number, state, reason from marts.index_entries where index_date = '2020-03-05' "
        "and cik = ? order by 1",
        BANK,
    )
    assert rows == [
        (s.EXHIBITS_ONLY, "loaded", None),
        (s.DAMAGED, "quarantined", "damaged: cut"),
        (s.LEFT_OUT, "out_of_scope", "EDGAR_FORM_TYPES leaves out 424B2"),
        (s.GONE, "gone", "404 on three days"),
        (s.UNAVAILABLE, "pending", "unavailable: timeout"),
        (s.NOT_ASKED, "pending", "not asked for yet"),
        (s.UNDATED, "pending", "landed, not loaded"),
        # The day was read again: one row came late, and the one that the newer reading lacks is not here.
        (s.ADDED_LATER, "pending", "not asked for yet"),
    ]
    removed = whole.rows(
        "select index_date::varchar, state, reason from marts.index_entries where accession_number = ?", s.REMOVED
    )
    assert sorted(removed) == [
        ("2020-03-04", "loaded", "removed from EDGAR: 404 on three days"),
        ("2020-03-06", "loaded", "removed from EDGAR: 404 on three days"),
    ]


def test_a_filing_that_came_with_its_company_is_loaded_on_its_index_day(whole, oldest_first, newest_first):
    for warehouse in (whole, oldest_first, newest_first):
        query = "select index_date::varchar, state from marts.index_entries where accession_number = ?"
        assert warehouse.rows(query, s.BY_COMPANY) == [("2020-03-05", "loaded")]


def test_days_sum_up(whole):
    rows = whole.rows("select * replace (index_date::varchar as index_date) from marts.completeness_by_day order by 1")
    assert rows == [
        ("2020-03-04", "loaded", 3, 0, 3, 3, 0, 0, 0, 0, 4, 4, True),
        # 15 rows and a malformed line; 13 filings; the filing without a date is landed, with its document, and not loaded.
        ("2020-03-05", "loaded", 16, 1, 13, 6, 4, 2, 1, 1, 12, 11, False),
        ("2020-03-06", "loaded", 5, 0, 5, 5, 0, 0, 0, 0, 9, 9, True),
        ("2020-03-07", "no_index_expected", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, True),
        ("2020-03-09", "blocked", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, False),
        ("2020-03-10", "missing", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, False),
    ]


def test_every_request_is_a_row_and_a_decision_is_none(whole):
    rows = whole.rows("select outcome, count(*) from marts.fetch_outcomes group by all order by 1")
    assert rows == [
        ("absent", 1),
        ("blocked", 1),
        ("gone", 2),
        ("landed", 19),
        ("quarantined", 1),
        ("unavailable", 4),
    ]
    retried = whole.rows(
        "select attempt, status, reason, requested_at::varchar from marts.fetch_outcomes where accession_number = ? order by 1",
        s.UNAVAILABLE,
    )
    assert retried == [
        (1, 503, "503", "2026-11-22 03:00:00+00"),
        (2, None, "timeout", "2026-11-22 03:00:00+00"),
    ]
