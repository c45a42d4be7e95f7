{{ config(
    materialized='incremental',
    schema='ops',
    incremental_strategy='delete+insert',
    unique_key='cik',
    on_schema_change='fail'
) }}

with read as (
    select * exclude (raw_path) from {{ ref('stg_company_submissions') }}
    {%- if is_incremental() %}
    union all by name
    select * from {{ this }}
    where cik in (select cik from {{ ref('stg_company_submissions') }})
    {%- endif %}
)

select *
from read
qualify row_number() over (partition by cik order by fetched_at desc) = 1
