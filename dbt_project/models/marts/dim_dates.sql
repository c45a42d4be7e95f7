with days as (
    select unnest(generate_series(date '1993-01-01', date '2035-12-31', interval 1 day))::date as calendar_date
),

final as (
    select
        days.calendar_date,
        cast(year(days.calendar_date) as integer) as calendar_year,
        cast(quarter(days.calendar_date) as integer) as calendar_quarter,
        cast(month(days.calendar_date) as integer) as calendar_month,
        cast(isodow(days.calendar_date) as integer) as day_of_week,
        dayname(days.calendar_date) as day_name,
        isodow(days.calendar_date) < 6 and closed.closed_date is null as is_index_day,
        coalesce(closed.reason, case when isodow(days.calendar_date) > 5 then dayname(days.calendar_date) end)
            as closed_reason,
        listed.is_listed,
        completeness.day_state
    from days
    left join {{ ref('closed_days') }} as closed on days.calendar_date = closed.closed_date
    left join {{ ref('listed_days') }} as listed on days.calendar_date = listed.index_date
    left join {{ ref('completeness_by_day') }} as completeness on days.calendar_date = completeness.index_date
)

select * from final
order by calendar_date
