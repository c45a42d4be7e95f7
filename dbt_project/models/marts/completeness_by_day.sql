{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='index_date') }}

-- depends_on: {{ ref('int_accessions_touched') }}
with days as (
    select
        index_date,
        day_state,
        malformed_rows
    from {{ ref('int_index_days') }}
    {%- if is_incremental() %}
    -- Days that this build does not read, but whose filings it touches.
    union all
    select
        index_date,
        day_state,
        malformed_rows
    from {{ this }}
    where
        index_date not in (select index_date from {{ ref('int_index_days') }})
        and index_date in (
            select index_date from {{ ref('index_entries') }}
            where accession_number in (select accession_number from {{ ref('int_accessions_touched') }})
        )
    {%- endif %}
),

entries as (
    select * from {{ ref('index_entries') }}
    where index_date in (select index_date from days)
),

index_rows as (
    select
        index_date,
        count(*) as index_rows
    from entries
    group by index_date
),

filings as (
    select distinct
        index_date,
        accession_number,
        state
    from entries
),

counts as (
    select
        filings.index_date,
        count(*) as filings,
        count(*) filter (where filings.state = 'loaded') as loaded,
        count(*) filter (where filings.state = 'pending') as pending,
        count(*) filter (where filings.state = 'quarantined') as quarantined,
        count(*) filter (where filings.state = 'gone') as gone,
        count(*) filter (where filings.state = 'out_of_scope') as out_of_scope,
        sum(coalesce(loaded.document_count_landed, ledger.landed.document_count)) as documents_landed,
        sum(loaded.document_count) as documents_loaded
    from filings
    left join {{ ref('accession_ledger') }} as ledger using (accession_number)
    left join {{ ref('fct_filings') }} as loaded using (accession_number)
    group by filings.index_date
),

final as (
    select
        days.index_date,
        days.day_state,
        cast(coalesce(index_rows.index_rows, 0) + days.malformed_rows as integer) as index_rows,
        cast(days.malformed_rows as integer) as malformed_rows,
        cast(coalesce(counts.filings, 0) as integer) as filings,
        cast(coalesce(counts.loaded, 0) as integer) as loaded,
        cast(coalesce(counts.pending, 0) as integer) as pending,
        cast(coalesce(counts.quarantined, 0) + days.malformed_rows as integer) as quarantined,
        cast(coalesce(counts.gone, 0) as integer) as gone,
        cast(coalesce(counts.out_of_scope, 0) as integer) as out_of_scope,
        cast(coalesce(counts.documents_landed, 0) as integer) as documents_landed,
        cast(coalesce(counts.documents_loaded, 0) as integer) as documents_loaded
    from days
    left join index_rows using (index_date)
    left join counts using (index_date)
)

select
    *,
    day_state = 'no_index_expected' or (day_state = 'loaded' and pending = 0 and quarantined = 0) as is_complete
from final
order by index_date
