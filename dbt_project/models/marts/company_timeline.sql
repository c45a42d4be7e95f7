{{ config(
    materialized='incremental',
    incremental_strategy='replace_scope',
    replace_scope={'accession_number': 'int_submissions_replaced'}
) }}

-- depends_on: {{ ref('int_submissions_replaced') }}
-- The page is a company's, so a filing of several companies stands on each of their pages.
with filers as (
    select distinct
        accession_number,
        cik
    from {{ ref('int_companies_unnested') }}
),

filings as (
    select * from {{ ref('int_filings_described') }}
),

documents as (
    select * from {{ ref('int_documents_titled') }}
),

filing_events as (
    select
        accession_number,
        list(event_code order by priority, event_code) as event_codes
    from {{ ref('int_events_chosen') }}
    group by accession_number
),

document_events as (
    select
        accession_number,
        evidence_sequence as sequence,
        list(event_code order by priority, event_code) as event_codes
    from {{ ref('int_events_chosen') }}
    where evidence_sequence is not null
    group by accession_number, evidence_sequence
),

filing_entries as (
    select
        filings.accession_number,
        filings.filed_date as entry_date,
        filings.form_type as entry_type,
        coalesce(composed.timeline_title, documents.title, composed.title) as title,
        documents.excerpt,
        -- 0 where a filing has exhibits only, so that the number of its first exhibit stays free.
        coalesce(documents.sequence, 0) as sequence,
        {{ filing_url('filings.cik', 'filings.accession_number') }} as url,
        filings.is_ownership,
        filing_events.event_codes
    from filings
    inner join {{ ref('int_titles_composed') }} as composed on filings.accession_number = composed.accession_number
    left join documents on filings.accession_number = documents.accession_number and documents.is_primary
    left join filing_events on filings.accession_number = filing_events.accession_number
),

exhibit_entries as (
    select
        documents.accession_number,
        filings.filed_date as entry_date,
        documents.document_type as entry_type,
        documents.title,
        documents.excerpt,
        documents.sequence,
        documents.url,
        filings.is_ownership,
        document_events.event_codes
    from documents
    inner join filings using (accession_number)
    left join document_events using (accession_number, sequence)
    where documents.is_exhibit
),

entries as (
    select * from filing_entries
    union all by name
    select * from exhibit_entries
),

final as (
    select
        filers.cik,
        entries.entry_date,
        entries.entry_type,
        entries.title,
        entries.excerpt,
        entries.accession_number,
        entries.sequence,
        entries.url,
        entries.is_ownership,
        entries.event_codes
    from entries
    inner join filers using (accession_number)
)

select * from final
order by cik, entry_date, accession_number, sequence
