-- One row per kind of fact: what a sample of earlier submission parts says, beside the same facts of the marts, as text. New parts
-- are compared whole (`landed`); this finds what has changed since it was loaded.
with sampled as (
    select accession_number from raw_sample
    where kind = 'filings'
        -- A later copy of a filing has replaced that of the sampled part.
        and not exists (
            select 1 from marts.fct_filings as filings
            where filings.accession_number = raw_sample.accession_number and not ends_with(filings.raw_path, raw_sample.path)
        )
),

raw_facts as (
    select kind, fact from raw_sample semi join sampled using (accession_number)
),

facts as (
    select 'filings' as kind, concat_ws(' ', accession_number, filed_date, sha256) as fact
    from marts.fct_filings semi join sampled using (accession_number)
    union all
    select 'exhibits', concat_ws(' ', accession_number, sequence, document_type)
    from marts.fct_exhibits semi join sampled using (accession_number)
    union all
    select 'texts', concat_ws(' ', accession_number, sequence, md5(text))
    from marts.document_texts
    where rowid in (select rowid from marts.document_texts semi join sampled using (accession_number))
),

lost as (select distinct kind, fact from raw_facts anti join facts using (kind, fact)),

invented as (select distinct kind, fact from facts anti join raw_facts using (kind, fact))

select
    kind,
    (select count(*) from raw_facts where raw_facts.kind = kinds.kind) as compared,
    (select count(*) from lost where lost.kind = kinds.kind)
    + (select count(*) from invented where invented.kind = kinds.kind) as differing,
    (
        select sample(fact) from (from lost union all from invented) as wrong where wrong.kind = kinds.kind
    ) as sample
from (values ('filings'), ('exhibits'), ('texts')) as kinds (kind)
