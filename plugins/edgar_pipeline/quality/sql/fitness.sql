-- One row per number that says whether the warehouse is fit for use, beside the most that it may be. A share of few rows says
-- nothing, so it is not judged (`is_over` stays 0).
with new_filings as (select accession_number from raw_filings),

-- Of exhibits alone: a filing's own title is composed of form, company and date more often than not, and calls itself weak.
titles as (
    select title_quality from marts.fct_exhibits semi join new_filings using (accession_number)
),

events as (
    select method from marts.fct_events semi join new_filings using (accession_number)
),

numbers as (
    select 'index days behind EDGAR' as number, $least_rows as counted, $most_days_behind as most, (
        select count(*) from edgar_days, audit
        where edgar_days.index_date <= audit.last_ready_day
            and edgar_days.index_date > (select as_of_date from marts.publication)
    ) as found
    union all
    select 'percent of weak titles', count(*), $most_weak_titles, 100 * avg(cast(title_quality = 'weak' as integer))
    from titles
    union all
    select 'percent of unclassified events', count(*), $most_unclassified_events, 100 * avg(cast(method = 'fallback' as integer))
    from events
)

select
    number,
    counted,
    round(coalesce(found, 0), 1) as found,
    most,
    cast(coalesce(counted >= $least_rows and found > most, false) as integer) as is_over
from numbers
