with source as (
    select * from {{ source('raw', 'company_submissions') }}
),

renamed as (
    select
        cik,
        company_name,
        sic_code,
        sic_description,
        state_of_incorporation,
        fiscal_year_end,
        business_state_or_country,
        tickers,
        exchanges,
        list_transform(
            former_names,
            lambda former: {
                'company_name': former.name,
                'valid_from': cast(former."from" as date),
                'valid_to': cast(former."to" as date)
            }
        ) as former_names,
        cast(fetched_at as timestamptz) as fetched_at,
        raw_path
    from source
)

select * from renamed
