{{ config(
    materialized='incremental',
    incremental_strategy='replace_scope',
    replace_scope={'accession_number': 'int_submissions_replaced'}
) }}

-- depends_on: {{ ref('int_submissions_replaced') }}
with submissions as (
    select
        stg_submission.accession_number,
        stg_submission.filed_date,
        stg_submission.documents
    from {{ ref('stg_submission') }} as stg_submission
    inner join {{ ref('int_submissions_chosen') }} as chosen
        on
            stg_submission.accession_number = chosen.accession_number
            and stg_submission.raw_path = chosen.raw_path
),

documents as (
    select
        accession_number,
        filed_date,
        unnest(documents) as document
    from submissions
),

final as (
    select
        accession_number,
        document.sequence as sequence,
        filed_date,
        document.document_type as document_type,
        document.text as text
    from documents
    where document.text <> ''
)

select * from final
order by filed_date, accession_number, sequence
