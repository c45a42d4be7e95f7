-- One row per kind of thing that is landed and loaded one by one: what the new parts hold, beside what the marts hold of the
-- same filings, compared key by key in both directions (equal counts passed with two rows missing and two too many).
with new_filings as (
    select accession_number from raw_filings
    union
    select accession_number from marts.fct_filings
    where raw_path in (select path from ops.parts_to_load where is_new and source = 'submission')
),

landed as (
    select 'filings' as thing, accession_number as key from raw_filings
    union all
    select 'filers', concat_ws(' ', accession_number, cik, role) from raw_companies
    union all
    select 'document counts', concat_ws(' ', accession_number, documents) from raw_filings
    union all
    select 'exhibits', concat_ws(' ', accession_number, sequence, document_type)
    from raw_documents
    where document_type ilike 'EX-%'
    union all
    select 'texts', concat_ws(' ', accession_number, sequence, text_hash)
    from raw_documents
    where text_hash is not null
),

loaded as (
    select 'filings' as thing, accession_number as key from marts.fct_filings
    semi join new_filings using (accession_number)
    union all
    select 'filers', concat_ws(' ', accession_number, cik, role) from marts.filing_companies
    semi join new_filings using (accession_number)
    union all
    select 'document counts', concat_ws(' ', accession_number, document_count) from marts.fct_filings
    semi join new_filings using (accession_number)
    union all
    select 'exhibits', concat_ws(' ', accession_number, sequence, document_type) from marts.fct_exhibits
    semi join new_filings using (accession_number)
    union all
    -- By row number, which reads the texts of these filings alone: 0.05 s against 0.65 s for a million texts of 2 kB.
    select 'texts', concat_ws(' ', accession_number, sequence, md5(text)) from marts.document_texts
    where rowid in (select rowid from marts.document_texts semi join new_filings using (accession_number))
),

lost as (select distinct thing, key from landed anti join loaded using (thing, key)),

invented as (select distinct thing, key from loaded anti join landed using (thing, key))

select
    thing,
    if(thing = 'filings' and exists (
        from ops.parts_to_load where is_new and source = 'submission'
    ), 1, 0) as minimum,
    (select count(distinct key) from landed where landed.thing = things.thing) as landed,
    (select count(*) from loaded where loaded.thing = things.thing) as loaded,
    (select count(*) from lost where lost.thing = things.thing) as lost,
    (select count(*) from invented where invented.thing = things.thing) as invented,
    (
        select sample(key) from (from lost union all from invented) as wrong where wrong.thing = things.thing
    ) as sample
from (select unnest($things)) as things (thing)
