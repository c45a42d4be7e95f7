{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='accession_number') }}

with ledger as (
    select * from {{ ref('accession_ledger') }}
    where accession_number in (select accession_number from {{ ref('int_accessions_touched') }})
),

loaded as (
    select
        filings.accession_number,
        filings.form_type,
        filings.form_group,
        filings.is_amendment,
        filings.is_ownership,
        filings.filed_date,
        filings.accepted_at,
        ledger.first_public_date,
        filings.period_of_report,
        filings.cik,
        filings.company_name,
        filings.file_number,
        filings.items,
        filings.item_texts,
        filings.remarks,
        filings.security_title,
        filings.cusip,
        filings.document_count_declared,
        filings.document_count_landed,
        filings.document_count,
        filings.exhibit_count,
        coalesce(documents.title, composed.title) as title,
        coalesce(documents.title_source, composed.title_source) as title_source,
        coalesce(documents.title_quality, case when composed.is_telling then 'good' else 'weak' end) as title_quality,
        documents.excerpt,
        documents.text_length,
        {{ filing_url('filings.cik', 'filings.accession_number') }} as url,
        documents.url as primary_document_url,
        filings.sha256,
        filings.raw_path,
        filings.parser_version,
        filings.fetched_at,
        coalesce(ledger.gone.asked_at > filings.fetched_at, false) as is_removed
    from {{ ref('int_filings_described') }} as filings
    inner join {{ ref('int_titles_composed') }} as composed using (accession_number)
    left join ledger using (accession_number)
    left join {{ ref('int_documents_titled') }} as documents
        on filings.accession_number = documents.accession_number and documents.is_primary
)

{%- if is_incremental() %},

-- Filings that stay as they are but for what later days say of them: an earlier index day, or that EDGAR has removed them.
changed as (
    select
        filings.* replace (
            ledger.first_public_date as first_public_date,
            coalesce(ledger.gone.asked_at > filings.fetched_at, false) as is_removed
        )
    from {{ this }} as filings
    inner join ledger using (accession_number)
    where
        filings.accession_number not in (select accession_number from loaded)
        and (
            filings.first_public_date is distinct from ledger.first_public_date
            or filings.is_removed is distinct from coalesce(ledger.gone.asked_at > filings.fetched_at, false)
        )
)
{%- endif %}

select * from loaded
{%- if is_incremental() %}
union all by name
select * from changed
{%- endif %}
order by filed_date, accession_number
