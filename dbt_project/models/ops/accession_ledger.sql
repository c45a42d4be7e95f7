{{ config(
    materialized='incremental',
    schema='ops',
    incremental_strategy='delete+insert',
    unique_key='accession_number',
    on_schema_change='fail'
) }}

-- Aggregates that can be taken of parts and of their union alike (least, newest, any), so that the order in which days are
-- loaded does not matter, nor does a part that is read twice.
with listed as (
    select
        accession_number,
        min(index_date) as first_public_date
    from {{ ref('stg_daily_index') }}
    where accession_number is not null
    group by accession_number
),

asked as (
    select
        accession_number,
        max({'asked_at': requested_at, 'attempt': attempt, 'outcome': outcome, 'reason': coalesce(reason, '')}) as newest,
        max({'asked_at': requested_at, 'document_count': coalesce(document_count, 0)})
            filter (where outcome = 'landed') as landed,
        max({'asked_at': requested_at, 'reason': coalesce(reason, '')}) filter (where outcome = 'gone') as gone,
        max(requested_at) filter (where kind = 'takedown') as taken_down_at
    from {{ ref('stg_fetch_outcome') }}
    where accession_number is not null
    group by accession_number
),

learned as (
    select
        coalesce(listed.accession_number, asked.accession_number) as accession_number,
        listed.first_public_date,
        asked.newest,
        asked.landed,
        asked.gone,
        asked.taken_down_at
    from listed
    full join asked on listed.accession_number = asked.accession_number
),

known as (
    select * from learned
    {%- if is_incremental() %}
    union all by name
    select * from {{ this }}
    where accession_number in (select accession_number from learned)
    {%- endif %}
),

together as (
    select
        accession_number,
        min(first_public_date) as first_public_date,
        max(newest) as newest,
        max(landed) as landed,
        max(gone) as gone,
        max(taken_down_at) as taken_down_at
    from known
    group by accession_number
)

-- What was said before the last takedown counts no more. The takedown itself is an outcome, so it is the newest until another comes.
select
    accession_number,
    first_public_date,
    newest,
    case when taken_down_at is null or landed.asked_at > taken_down_at then landed end as landed,
    case when taken_down_at is null or gone.asked_at > taken_down_at then gone end as gone,
    taken_down_at
from together
