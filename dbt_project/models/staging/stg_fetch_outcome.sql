with source as (
    select * from {{ source('raw', 'fetch_outcome') }}
),

renamed as (
    select
        url,
        kind,
        cast(index_date as date) as index_date,
        accession_number,
        cast(requested_at as timestamptz) as requested_at,
        status,
        bytes,
        sha256,
        outcome,
        reason,
        attempt,
        document_count,
        raw_path
    from source
)

select * from renamed
