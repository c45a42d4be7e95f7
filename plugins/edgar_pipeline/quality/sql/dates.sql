-- One row per date that cannot lie ahead of us: its newest value, and how many rows are later than they can be.
with found as (
    select 'index_entries.index_date' as what, index_date as day, today as latest, accession_number as key
    from marts.index_entries, audit
    union all
    select 'completeness_by_day.index_date', index_date, today, cast(index_date as varchar)
    from marts.completeness_by_day, audit
    union all
    -- What is accepted after 17:30 is filed on the next business day.
    select 'fct_filings.filed_date', filed_date, next_day, accession_number from marts.fct_filings, audit
    union all
    select 'fct_filings.accepted_at', cast(timezone('America/New_York', accepted_at) as date), today, accession_number
    from marts.fct_filings, audit
    union all
    select 'fct_filings.first_public_date', first_public_date, today, accession_number from marts.fct_filings, audit
    union all
    select 'fct_events.event_date', event_date, next_day, accession_number from marts.fct_events, audit
)

select
    what,
    coalesce(cast(max(day) as varchar), '') as newest,
    count(*) filter (where day > latest) as later,
    sample(if(day > latest, key, null)) as sample
from (select unnest($dates)) as dates (what)
left join found using (what)
group by what
order by what
