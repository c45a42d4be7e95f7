-- folded, long_date, version_key, item_key, list_in_words and names_in_words.
select 'folded' as macro_name
where {{ folded("E' Results \\n of\\toperations '") }} <> 'Results of operations' or {{ folded("' \t '") }} is not null
union all
select 'long_date'
where {{ long_date("date '2020-03-05'") }} <> 'March 5, 2020'
union all
select 'version_key'
where
    not ({{ version_key("'10'") }} > {{ version_key("'9'") }})
    or not ({{ version_key("'1.10'") }} > {{ version_key("'1.9'") }})
    or not ({{ version_key("'2'") }} > {{ version_key("'1.9'") }})
union all
select 'item_key'
where {{ item_key("'Other  Events;'") }} <> {{ item_key("'OTHER EVENTS'") }}
union all
select 'list_in_words'
where
    {{ list_in_words("['2.02']") }} <> '2.02'
    or {{ list_in_words("['2.02', '9.01']") }} <> '2.02 and 9.01'
    or {{ list_in_words("['1.01', '2.03', '9.01']") }} <> '1.01, 2.03 and 9.01'
    or {{ list_in_words("cast([] as varchar[])") }} is not null
union all
select 'names_in_words'
where
    {{ names_in_words("['Ann B. Lee']") }} <> 'Ann B. Lee'
    or {{ names_in_words("['Ann B. Lee', 'Bo Day']") }} <> 'Ann B. Lee and Bo Day'
    or {{ names_in_words("['Ann B. Lee', 'Bo Day', 'Cy Roe']") }} <> 'Ann B. Lee and 2 others'
    or {{ names_in_words("cast(null as varchar[])") }} is not null
