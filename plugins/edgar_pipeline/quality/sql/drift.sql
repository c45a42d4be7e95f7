-- One row per number of the last publication (none before the first), beside the same number of this build. A filing that is
-- published stays unless it was taken down, and so does a day; other tables may lose a few rows when a document is read better. A share of few exhibits
-- says nothing.
select
    last_numbers.number,
    last_numbers.found as published,
    now_numbers.found as found,
    cast(
        (last_numbers.number = 'rows of completeness_by_day' and now_numbers.found < published)
        or (
            last_numbers.number = 'rows of fct_filings'
            and (
                now_numbers.found < published - (select count(*) from missing_filings where is_taken_down)
                or exists (from missing_filings where not is_taken_down)
            )
        )
        as integer
    ) as is_lost,
    cast(
        last_numbers.number like 'rows of %' and now_numbers.found < published * (1 - $most_percent_fewer / 100) as integer
    ) as is_shrunk,
    cast(
        last_numbers.number = 'percent of weak titles'
        and now_numbers.found > published + $most_points_more
        and (select found from last_numbers where number = 'rows of fct_exhibits') >= $least_rows
        as integer
    ) as is_worse
from last_numbers
left join now_numbers using (number)
order by last_numbers.number
