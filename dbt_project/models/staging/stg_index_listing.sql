with source as (
    select * from {{ source('raw', 'index_listing') }}
),

renamed as (
    select
        cast(index_date as date) as index_date,
        is_listed,
        cast(fetched_at as timestamptz) as fetched_at,
        raw_path
    from source
)

select * from renamed
