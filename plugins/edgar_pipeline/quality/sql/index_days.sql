-- One row per index day that this build has touched: what raw holds of it, beside what the marts say of it. A build of companies or
-- reference data alone touches none, and has one row that says so: a frame without rows is red.
with entries as (
    select index_date, accession_number, cik, form_type, state
    from marts.index_entries
    semi join raw_days using (index_date)
),

lost as (
    select index_date, accession_number as key from raw_index
    anti join entries using (index_date, accession_number, cik, form_type)
),

invented as (
    select index_date, accession_number as key from entries
    anti join raw_index using (index_date, accession_number, cik, form_type)
),

-- A number that other days list too has requests in other partitions, which this build need not have read.
listed_once as (
    select accession_number from marts.index_entries
    semi join raw_index using (accession_number)
    group by accession_number
    having count(distinct index_date) = 1
),

misjudged as (
    select entries.index_date, entries.accession_number as key
    from entries
    inner join raw_states using (index_date, accession_number)
    left join marts.fct_filings as filings using (accession_number)
    where
        if(filings.accession_number is not null, 'loaded', raw_states.state) <> entries.state
        and (filings.accession_number is not null or entries.accession_number in (from listed_once))
),

listed as (
    select index_date, count(*) as index_rows, count(distinct accession_number) as filings
    from raw_index
    group by index_date
),

wrong as (
    select
        index_date,
        count(*) filter (where what = 'lost') as lost_rows,
        count(*) filter (where what = 'invented') as invented_rows,
        count(*) filter (where what = 'misjudged') as misjudged_rows,
        sample(key) as sample
    from (
        select 'lost' as what, * from lost
        union all
        select 'invented', * from invented
        union all
        select 'misjudged', * from misjudged
    )
    group by index_date
)

select
    cast(raw_days.index_date as varchar) as index_date,
    raw_days.day_state as raw_day_state,
    coalesce(days.day_state, 'not in completeness_by_day') as day_state,
    coalesce(listed.index_rows, 0) + raw_days.malformed as raw_index_rows,
    coalesce(days.index_rows, -1) as index_rows,
    coalesce(listed.filings, 0) as raw_filings,
    coalesce(days.filings, -1) as filings,
    coalesce(listed.filings, 0) + raw_days.malformed as raw_states,
    coalesce(days.loaded + days.pending + days.quarantined + days.gone + days.out_of_scope, -1) as states,
    coalesce(wrong.lost_rows, 0) as lost_rows,
    coalesce(wrong.invented_rows, 0) as invented_rows,
    coalesce(wrong.misjudged_rows, 0) as misjudged_rows,
    coalesce(wrong.sample, '') as sample
from raw_days
left join listed using (index_date)
left join wrong using (index_date)
left join marts.completeness_by_day as days using (index_date)
union all
select 'no index day', 'untouched', 'untouched', 0, 0, 0, 0, 0, 0, 0, 0, 0, ''
where
    not exists (from raw_days)
    and not exists (from ops.parts_to_load where is_new and path like '%/index_date=%')
order by index_date
