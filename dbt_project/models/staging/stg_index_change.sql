with source as (
    select * from {{ source('raw', 'index_change') }}
),

renamed as (
    select
        change,
        index_name,
        accession_number,
        cik,
        form_type,
        cast(filed_date as date) as filed_date,
        company_name,
        previous_form_type,
        cast(previous_filed_date as date) as previous_filed_date,
        cast(noticed_at as timestamptz) as noticed_at,
        evidence,
        raw_path
    from source
)

select * from renamed
