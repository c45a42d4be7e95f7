-- What the outcomes in this build say of an index day. All outcomes of a day are in one partition and are read together,
-- so this is the whole truth on each of its days.
with asked as (
    select
        index_date,
        bool_or(outcome = 'landed') as has_landed,
        arg_max(outcome, (requested_at, attempt, outcome)) as newest_outcome
    from {{ ref('stg_fetch_outcome') }}
    where kind = 'daily_index' and index_date is not null
    group by index_date
),

listed as (
    select
        index_date,
        count(*) filter (where accession_number is null) as malformed_rows
    from {{ ref('int_index_lines_current') }}
    group by index_date
)

select
    coalesce(asked.index_date, listed.index_date) as index_date,
    case
        -- A day whose index is here stays loaded, whatever a later request met.
        when asked.has_landed or listed.index_date is not null then 'loaded'
        when asked.newest_outcome = 'absent' then 'no_index_expected'
        when asked.newest_outcome in ('not_yet_published', 'blocked') then asked.newest_outcome
        else 'missing'
    end as day_state,
    coalesce(listed.malformed_rows, 0) as malformed_rows
from asked
full join listed on asked.index_date = listed.index_date
