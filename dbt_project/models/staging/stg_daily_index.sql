with source as (
    select * from {{ source('raw', 'daily_index') }}
),

renamed as (
    select
        cast(index_date as date) as index_date,
        line_number,
        cik,
        company_name,
        form_type,
        cast(filed_date as date) as filed_date,
        file_name,
        accession_number,
        problem,
        line as malformed_line,
        sha256,
        cast(fetched_at as timestamptz) as fetched_at,
        parser_version,
        raw_path
    from source
)

select * from renamed
