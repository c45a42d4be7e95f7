{{ config(
    materialized='incremental',
    incremental_strategy='replace_scope',
    replace_scope={'accession_number': 'int_submissions_replaced'}
) }}

-- depends_on: {{ ref('int_submissions_replaced') }}
with exhibits as (
    select * from {{ ref('int_documents_titled') }}
    where is_exhibit
),

filings as (
    select
        accession_number,
        cik,
        filed_date,
        form_type
    from {{ ref('int_filings_described') }}
),

final as (
    select
        exhibits.accession_number,
        exhibits.sequence,
        filings.cik,
        filings.filed_date,
        filings.form_type,
        exhibits.document_type,
        exhibits.exhibit_number,
        exhibits.exhibit_role,
        exhibits.filename,
        exhibits.description,
        exhibits.title,
        exhibits.title_source,
        exhibits.title_quality,
        exhibits.excerpt,
        exhibits.text_length,
        exhibits.text_status,
        exhibits.url
    from exhibits
    inner join filings using (accession_number)
)

select * from final
order by filed_date, accession_number, sequence
