"""Planted faults: SQL that spoils a good build, and the expectations that must turn red, all of them and no other.

A validation takes a second or two, so a spoiled build carries several faults; only such whose expectations differ, so that none
can hide behind another.
"""

from tests.integration.quality_sample import NEW_6K, NEW_10K, NEW_13G, NEW_PENDING, OLD_8K, OLD_FORM_4, OLD_QUARANTINED

#: fault → (SQL, names of the expectations that it turns red)
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
        },
    ),
    "an old day missing in the middle": (
        "delete from marts.completeness_by_day where index_date = '2020-03-05'",
        {"rules.every_day_counts_its_entries"},
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
        "update marts.completeness_by_day set documents_loaded = documents_loaded - 1 where index_date = '2020-03-06'",
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
        {"rules.every_loaded_entry_has_its_filing"},
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
        f"delete from marts.fct_events where accession_number = '{NEW_13G}'",
        {"rules.every_filing_has_an_event_of_its_own_company"},
    ),
    "a text emptied": (
        f"update marts.document_texts set text = '' where accession_number = '{NEW_6K}' and sequence = 2",
        {"landed.none_lost", "landed.none_invented"},
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
        f"where accession_number = '{NEW_13G}'",
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
