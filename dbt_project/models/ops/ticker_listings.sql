{{ config(
    materialized='incremental',
    schema='ops',
    incremental_strategy='delete+insert',
    unique_key=['cik', 'ticker'],
    on_schema_change='fail'
) }}

-- Aggregates that can be taken of readings and of their union alike, so that their order does not matter.
with read as (
    select
        cik,
        ticker,
        fetched_at as first_listed_at,
        {'listed_at': fetched_at, 'position': position, 'exchange': exchange} as last
    from {{ ref('stg_company_ticker') }}
    {%- if is_incremental() %}
    union all by name
    select * from {{ this }}
    where (cik, ticker) in (select (cik, ticker) from {{ ref('stg_company_ticker') }})
    {%- endif %}
)

select
    cik,
    ticker,
    min(first_listed_at) as first_listed_at,
    arg_max(last, last.listed_at) as last
from read
group by cik, ticker
