{{ config(
    materialized='incremental',
    schema='ops',
    incremental_strategy='delete+insert',
    unique_key='index_date',
    on_schema_change='fail'
) }}

with read as (
    select * exclude (raw_path) from {{ ref('stg_index_listing') }}
    {%- if is_incremental() %}
    union all by name
    select * from {{ this }}
    where index_date in (select index_date from {{ ref('stg_index_listing') }})
    {%- endif %}
)

select *
from read
qualify row_number() over (partition by index_date order by fetched_at desc, is_listed desc) = 1
