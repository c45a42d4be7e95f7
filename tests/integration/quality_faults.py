"""Planted faults: SQL that spoils a good build, and the expectations that must turn red, all of them and no other.

A validation takes a second or two, so a spoiled build carries several faults; only such whose expectations differ, so that none
can hide behind another.
"""

from tests.integration.quality_sample import NEW_6K, NEW_10K, NEW_13G, NEW_PENDING, OLD_8K, OLD_FORM_4, OLD_QUARANTINED

#: Ten index days of EDGAR before the first of the sample.
WEEKDAYS_BEFORE = [
    *("2020-02-20", "2020-02-21", "2020-02-24", "2020-02-25", "2020-02-26", "2020-02-27", "2020-02-28"),
    *("2020-03-02", "2020-03-03", "2020-03-04"),
]


def _other_days(days: list[str], index_rows: int, index_bytes: int = 0, form_type: str = "") -> str:
    """SQL that adds index days: empty ones that claim so many rows, or such with five pending filings of a form type."""
    sql = ""
    for day in days:
        filings = 5 if form_type else 0
        sql += f"""
            insert into marts.completeness_by_day
            select * replace (
                date '{day}' as index_date, 'loaded' as day_state, {index_rows} as index_rows,
                {filings} as filings, {filings} as pending, {not filings} as is_complete
            )
            from marts.completeness_by_day where index_date = '2020-03-07';
        """
        if form_type:
            sql += _listed(day, form_type)
        if index_bytes:
            sql += f"""
                insert into marts.fetch_outcomes
                select * replace (date '{day}' as index_date, {index_bytes} as bytes)
                from marts.fetch_outcomes where index_date = '2020-03-06' and kind = 'daily_index';
            """
    return sql


def _listed(day: str, form_type: str) -> str:
    """SQL that adds five pending filings to the index of a day."""
    number = f"printf('0000999999-{day[8:]}-%06d', range + {int(day[5:7])}0)"
    return f"""
        insert into marts.index_entries
        select entries.* replace (date '{day}' as index_date, {number} as accession_number, '{form_type}' as form_type)
        from marts.index_entries as entries, range(5) where accession_number = '{NEW_PENDING}';
    """


#: fault → (SQL, names of the expectations that it turns red, or amber where they only warn)
FAULTS: dict[str, tuple[str, set[str]]] = {
    "a filing duplicated": (
        f"insert into marts.fct_filings from marts.fct_filings where accession_number = '{OLD_FORM_4}'",
        {"tables.keys"},
    ),
    "a day in another state": (
        "update marts.completeness_by_day set day_state = 'missing' where index_date = '2020-03-07'",
        {"index_days.state", "rules.a_day_is_complete_only_if_nothing_is_missing"},
    ),
    "a touched day missing from the ledger": (
        "delete from marts.completeness_by_day where index_date = '2020-03-06'",
        {
            "index_days.state",
            "index_days.rows",
            "index_days.filings",
            "index_days.states_sum",
            "rules.every_day_counts_its_entries",
            "calendar.none_lost",
            "calendar.no_gap",
        },
    ),
    "an old day missing in the middle": (
        """
        insert into marts.completeness_by_day
        select * replace (date '2020-03-04' as index_date) from marts.completeness_by_day where index_date = '2020-03-07';
        delete from marts.completeness_by_day where index_date = '2020-03-05'
        """,
        {"rules.every_day_counts_its_entries", "calendar.none_lost", "calendar.no_gap"},
    ),
    "a day between others that was never asked for": (
        """
        insert into marts.completeness_by_day
        select * replace (date '2020-03-03' as index_date) from marts.completeness_by_day where index_date = '2020-03-07'
        """,
        {"calendar.no_gap"},
    ),
    "an index with a tenth of the rows of other Fridays": (
        _other_days(["2020-02-07", "2020-02-14", "2020-02-21", "2020-02-28"], index_rows=80),
        {"shape.rows", "calendar.no_gap"},
    ),
    "an index with a tenth of the bytes of other Fridays": (
        _other_days(["2020-02-07", "2020-02-14", "2020-02-21", "2020-02-28"], index_rows=8, index_bytes=10_000),
        {"shape.bytes", "calendar.no_gap"},
    ),
    "no S-1 on the only one of eleven days": (
        _other_days(WEEKDAYS_BEFORE, index_rows=5, form_type="S-1")
        + _listed("2020-03-05", "S-1")
        + """
        update marts.completeness_by_day
        set filings = filings + 5, pending = pending + 5, index_rows = index_rows + 5 where index_date = '2020-03-05';
        """,
        {"shape.forms"},
    ),
    "an index of a day to come": (
        """
        insert into marts.completeness_by_day
        select * replace (date '2020-03-09' as index_date) from marts.completeness_by_day where index_date = '2020-03-07'
        """,
        {"dates.of_indexes"},
    ),
    "an event of a day to come": (
        f"update marts.fct_events set event_date = '2031-01-02' where accession_number = '{OLD_8K}'",
        {"dates.of_filings"},
    ),
    "a publication that lags two days behind EDGAR": (
        "update marts.publication set as_of_date = '2020-03-04'",
        {"fitness.freshness"},
    ),
    "a hundred exhibits without a title of their own": (
        f"""
        insert into marts.fct_exhibits
        select exhibits.* replace (range as sequence, 'weak' as title_quality, 'no_text' as text_status)
        from marts.fct_exhibits as exhibits, range(100, 200) where accession_number = '{NEW_6K}'
        """,
        {
            "fitness.titles",
            "landed.counts",
            "landed.none_invented",
            "rules.every_filing_has_the_exhibits_that_it_counts",
        },
    ),
    "a hundred events that nobody could name": (
        f"""
        insert into marts.fct_events
        select events.* replace ('UNHEARD_OF_' || range as event_code, 'fallback' as method)
        from marts.fct_events as events, range(100) where accession_number = '{NEW_6K}'
        """,
        {"fitness.events", "rules.every_code_is_in_its_glossary"},
    ),
    "a row too few in a day's count": (
        "update marts.completeness_by_day set index_rows = index_rows - 1 where index_date = '2020-03-06'",
        {"index_days.rows"},
    ),
    "a filing too many in a day's count": (
        "update marts.completeness_by_day set filings = filings + 1 where index_date = '2020-03-06'",
        {"index_days.filings", "rules.every_day_counts_its_entries"},
    ),
    "a quarantined line forgotten": (
        "update marts.completeness_by_day set quarantined = quarantined - 1 where index_date = '2020-03-06'",
        {"index_days.states_sum"},
    ),
    "documents that did not arrive": (
        "update marts.completeness_by_day set documents_loaded = documents_loaded - 1 where index_date = '2020-03-05'",
        {"rules.every_day_loads_the_documents_that_landed"},
    ),
    "a day called complete that is not": (
        "update marts.completeness_by_day set is_complete = true where index_date = '2020-03-05'",
        {"rules.a_day_is_complete_only_if_nothing_is_missing"},
    ),
    "one index row lost": (
        f"delete from marts.index_entries where accession_number = '{NEW_13G}' and cik = '0000900012'",
        {"index_days.none_lost"},
    ),
    "one index row invented": (
        f"""
        insert into marts.index_entries
        select * replace ('0000999999' as cik) from marts.index_entries where accession_number = '{NEW_6K}'
        """,
        {"index_days.none_invented"},
    ),
    "an index row with another form type": (
        f"update marts.index_entries set form_type = '6-K/A' where accession_number = '{NEW_6K}'",
        {"index_days.none_lost", "index_days.none_invented"},
    ),
    "a pending filing called out of scope": (
        f"update marts.index_entries set state = 'out_of_scope' where accession_number = '{NEW_PENDING}'",
        {"index_days.states", "rules.every_day_counts_its_entries"},
    ),
    "a loaded filing called pending": (
        f"update marts.index_entries set state = 'pending', reason = 'x' where accession_number = '{NEW_6K}'",
        {"index_days.states", "rules.every_filing_is_loaded_in_every_index", "rules.every_day_counts_its_entries"},
    ),
    "a filing landed and not loaded": (
        f"update marts.index_entries set reason = 'landed, not loaded' where accession_number = '{NEW_PENDING}'",
        {"rules.nothing_is_landed_and_not_loaded"},
    ),
    "a quarantined filing without its reason": (
        f"update marts.index_entries set reason = null where accession_number = '{OLD_QUARANTINED}'",
        {"rules.every_entry_has_a_known_state_and_its_reason"},
    ),
    "one new filing lost everywhere": (
        f"""
        delete from marts.fct_filings where accession_number = '{NEW_13G}';
        delete from marts.fct_events where accession_number = '{NEW_13G}';
        delete from marts.filing_companies where accession_number = '{NEW_13G}';
        delete from marts.document_texts where accession_number = '{NEW_13G}';
        delete from marts.company_timeline where accession_number = '{NEW_13G}';
        """,
        {"landed.counts", "landed.none_lost", "index_days.states", "rules.every_loaded_entry_has_its_filing"},
    ),
    "one old filing lost everywhere": (
        f"""
        delete from marts.fct_filings where accession_number = '{OLD_FORM_4}';
        delete from marts.fct_events where accession_number = '{OLD_FORM_4}';
        delete from marts.filing_companies where accession_number = '{OLD_FORM_4}';
        delete from marts.document_texts where accession_number = '{OLD_FORM_4}';
        delete from marts.company_timeline where accession_number = '{OLD_FORM_4}';
        """,
        {"rules.every_loaded_entry_has_its_filing", "content.same"},
    ),
    "an exhibit lost": (
        f"delete from marts.fct_exhibits where accession_number = '{NEW_6K}'",
        {"landed.counts", "landed.none_lost", "rules.every_filing_has_the_exhibits_that_it_counts"},
    ),
    "an exhibit lost, and counted so": (
        f"""
        delete from marts.fct_exhibits where accession_number = '{NEW_6K}';
        delete from marts.company_timeline where accession_number = '{NEW_6K}' and sequence = 2;
        update marts.fct_filings set exhibit_count = 0 where accession_number = '{NEW_6K}';
        """,
        {"landed.counts", "landed.none_lost"},
    ),
    "an exhibit kept that a later copy no longer has": (
        f"""
        insert into marts.fct_exhibits
        select * replace (9 as sequence, 'no_text' as text_status) from marts.fct_exhibits
        where accession_number = '{OLD_8K}' and sequence = 2
        """,
        {"landed.counts", "landed.none_invented", "rules.every_filing_has_the_exhibits_that_it_counts"},
    ),
    "two filings missing and two too many": (
        f"update marts.filing_companies set role = 'agent' where accession_number in ('{NEW_10K}', '{NEW_6K}')",
        {"landed.none_lost", "landed.none_invented"},
    ),
    "a document too few": (
        f"update marts.fct_filings set document_count = 3 where accession_number = '{NEW_10K}'",
        {"landed.none_lost", "landed.none_invented"},
    ),
    "two filings with each other's CIK": (
        f"""
        update marts.fct_filings set cik = if(cik = '0000900006', '0000900001', '0000900006')
        where accession_number in ('{NEW_10K}', '{NEW_6K}')
        """,
        {
            "rules.every_filing_belongs_to_one_of_its_filers",
            "rules.every_exhibit_repeats_its_filing",
            "rules.every_filing_has_an_event_of_its_own_company",
        },
    ),
    "two filings with each other's CIK everywhere": (
        "".join(
            f"""
            update marts.{table} set cik = if(cik = '0000900006', '0000900001', '0000900006')
            where accession_number in ('{NEW_10K}', '{NEW_6K}');
            """
            for table in ("fct_filings", "fct_exhibits", "fct_events", "filing_companies", "company_timeline")
        ),
        {"landed.none_lost", "landed.none_invented"},
    ),
    "an exhibit of another day": (
        f"update marts.fct_exhibits set filed_date = '2020-03-01' where accession_number = '{OLD_8K}' and sequence = 2",
        {"rules.every_exhibit_repeats_its_filing"},
    ),
    "an event lost": (
        f"delete from marts.fct_events where accession_number = '{NEW_10K}'",
        {"rules.every_filing_has_an_event_of_its_own_company"},
    ),
    "a text emptied": (
        f"update marts.document_texts set text = '' where accession_number = '{NEW_6K}' and sequence = 2",
        {"landed.none_lost", "landed.none_invented"},
    ),
    "a text replaced by another of the same length": (
        f"update marts.document_texts set text = reverse(text) where accession_number = '{NEW_6K}' and sequence = 2",
        {"landed.none_lost", "landed.none_invented"},
    ),
    "an old text changed after it was loaded": (
        f"update marts.document_texts set text = reverse(text) where accession_number = '{OLD_FORM_4}'",
        {"content.same"},
    ),
    "a text lost": (
        f"delete from marts.document_texts where accession_number = '{NEW_6K}' and sequence = 2",
        {"landed.counts", "landed.none_lost", "rules.every_exhibit_with_text_has_its_text"},
    ),
    "a text of nothing": (
        "update marts.document_texts set accession_number = '0000999999-20-000001' "
        f"where accession_number = '{OLD_FORM_4}'",
        {"rules.every_text_belongs_to_a_filing"},
    ),
    "a co-filer's page without the filing": (
        f"delete from marts.company_timeline where accession_number = '{OLD_8K}' and cik = '0000900011'",
        {"rules.the_timeline_shows_every_filing_and_exhibit_to_every_filer"},
    ),
    "a company without its row": (
        "delete from marts.dim_companies where cik = '0000900012'",
        {"rules.every_company_has_its_row"},
    ),
    "another build's publication row": (
        "update marts.publication set publication_id = '20200101T000000Z-000000'",
        {"rules.the_publication_is_this_build"},
    ),
    "a malformed accession number": (
        f"update marts.fct_events set accession_number = replace(accession_number, '-', '') "
        f"where accession_number = '{NEW_10K}'",
        {"tables.accession_numbers", "rules.every_filing_has_an_event_of_its_own_company"},
    ),
    "a CIK without its zeros": (
        "update marts.dim_companies set cik = '900012' where cik = '0000900012'",
        {"tables.ciks", "rules.every_company_has_its_row"},
    ),
    "a column renamed": ("alter table marts.fct_exhibits rename column excerpt to summary", {"columns.types"}),
    "a column of another type": (
        "alter table marts.fct_filings alter column text_length type bigint",
        {"columns.types"},
    ),
    "a required column with a NULL": (
        "alter table marts.fct_events alter column method drop not null;"
        f"update marts.fct_events set method = null where accession_number = '{OLD_8K}'",
        {"columns.filled"},
    ),
    "a table that nobody knows": ("create table marts.leftover as select 1 as x", {"tables.known"}),
    "a part forgotten by the build": (
        "delete from ops.loaded_parts where path like '%submission/index_date=2020-03-05%'",
        {"parts.none_forgotten"},
    ),
    "a part that raw does not have": (
        "insert into ops.loaded_parts values ('submission', 'raw/submission/index_date=2020-03-05/part-0.jsonl.zst', 'b')",
        {"parts.none_vanished"},
    ),
}


def packed(most: int = 6) -> list[tuple[str, ...]]:
    """The faults in groups of at most `most` that turn different expectations red."""
    groups: list[list[str]] = []
    for name, (_, expected) in FAULTS.items():
        fitting = (
            group for group in groups if len(group) < most and not any(expected & FAULTS[other][1] for other in group)
        )
        group = next(fitting, None)
        if group is None:
            groups.append([name])
        else:
            group.append(name)
    return [tuple(group) for group in groups]
