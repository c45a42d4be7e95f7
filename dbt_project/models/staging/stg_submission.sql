with source as (
    select * from {{ source('raw', 'submission') }}
),

renamed as (
    select
        accession_number,
        form_type,
        cast(filed_date as date) as filed_date,
        cast(accepted_at as timestamptz) as accepted_at,
        cast(dissemination_date as date) as dissemination_date,
        cast(period_of_report as date) as period_of_report,
        document_count_declared,
        case when len(items) > 0 then items end as item_texts,
        case when len(remarks) > 0 then remarks end as remarks,
        companies,
        documents,
        schedule,
        letter_subject,
        offered,
        cusip,
        sha256,
        bytes,
        url as fetched_from,
        cast(fetched_at as timestamptz) as fetched_at,
        parser_version,
        raw_path
    from source
)

select * from renamed
