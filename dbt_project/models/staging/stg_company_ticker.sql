with source as (
    select * from {{ source('raw', 'company_ticker') }}
),

renamed as (
    select
        position,
        cik,
        company_name,
        ticker,
        exchange,
        cast(fetched_at as timestamptz) as fetched_at,
        raw_path
    from source
)

select * from renamed
