with build as (
    select * from {{ source('ops', 'build') }}
),

days as (
    select max(index_date) as last_index_date
    from {{ ref('completeness_by_day') }}
    where day_state = 'loaded'
),

filings as (
    select max(filed_date) as last_filed_date from {{ ref('fct_filings') }}
)

select
    build.build_id as publication_id,
    build.built_at as published_at,
    build.code_version,
    coalesce(days.last_index_date, filings.last_filed_date, cast(build.built_at as date)) as as_of_date,
    build.storage_version
from build
cross join days
cross join filings
