-- One row per index day of EDGAR's calendar from the first day known to the last, and per other day that is known: the range is
-- the audit's and not that of a run, so a gap that lies outside of every run's window is seen.
with days as (
    select index_date from edgar_days
    where index_date between (select min(index_date) from marts.completeness_by_day)
        and (select max(index_date) from marts.completeness_by_day)
    union
    select index_date from marts.completeness_by_day
    union
    select index_date from raw_index_days
)

select
    cast(days.index_date as varchar) as index_date,
    coalesce(known.day_state, 'unknown') as day_state,
    cast(known.index_date is null as integer) as is_unknown,
    cast(known.index_date is null and landed.index_date is not null as integer) as is_lost,
    -- A day whose index cannot be complete yet is not late.
    cast(
        known.index_date is not null and not known.is_complete and days.index_date <= audit.last_ready_day as integer
    ) as is_incomplete,
    coalesce(known.filings, 0) as filings,
    coalesce(known.pending, 0) as pending,
    coalesce(known.quarantined, 0) as quarantined
from days
cross join audit
left join marts.completeness_by_day as known using (index_date)
left join raw_index_days as landed using (index_date)
order by days.index_date
