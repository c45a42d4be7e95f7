-- One row per index day that this build has touched: its index beside those of the same weekday within eight weeks, and the form
-- types that every index of the four weeks around it lists, and it does not.
with sizes as (
    select index_date, arg_max(bytes, requested_at) as index_bytes
    from marts.fetch_outcomes
    where kind = 'daily_index' and outcome = 'landed'
    group by index_date
),

days as (
    select index_date, index_rows, index_bytes
    from marts.completeness_by_day
    left join sizes using (index_date)
    where day_state = 'loaded'
),

touched as (select days.* from days semi join raw_days using (index_date)),

usual as (
    select
        touched.index_date,
        count(*) as compared,
        median(days.index_rows) as index_rows,
        median(days.index_bytes) as index_bytes
    from touched
    inner join days
        on isodow(days.index_date) = isodow(touched.index_date)
        and days.index_date <> touched.index_date
        and abs(days.index_date - touched.index_date) <= 56
    group by touched.index_date
    having count(*) >= $least_weekdays
),

listed as (
    select index_date, form_type, count(distinct accession_number) as filings
    from marts.index_entries
    semi join days using (index_date)
    group by index_date, form_type
),

surroundings as (
    select touched.index_date, days.index_date as other_date, count(*) over (partition by touched.index_date) as others
    from touched
    inner join days on days.index_date <> touched.index_date and abs(days.index_date - touched.index_date) <= 28
),

missing as (
    select surroundings.index_date, listed.form_type
    from surroundings
    inner join listed on listed.index_date = surroundings.other_date
    where surroundings.others >= $least_days
    group by surroundings.index_date, listed.form_type
    having count(*) = any_value(surroundings.others) and min(listed.filings) >= $least_filings
        and not exists (
            from listed as own
            where own.index_date = surroundings.index_date and own.form_type = listed.form_type
        )
)

select
    cast(raw_days.index_date as varchar) as index_date,
    coalesce(usual.compared, 0) as weekdays_compared,
    coalesce(touched.index_rows, 0) as index_rows,
    coalesce(cast(usual.index_rows as bigint), 0) as usual_rows,
    -- Of the usual, in percent; 100 where too few days of the same weekday are known to say what is usual.
    coalesce(cast(round(100 * touched.index_rows / usual.index_rows) as integer), 100) as percent_of_rows,
    coalesce(cast(round(100 * touched.index_bytes / usual.index_bytes) as integer), 100) as percent_of_bytes,
    (select count(*) from missing where missing.index_date = raw_days.index_date) as missing_forms,
    (select sample(form_type) from missing where missing.index_date = raw_days.index_date) as sample
from raw_days
left join touched using (index_date)
left join usual using (index_date)
order by raw_days.index_date
