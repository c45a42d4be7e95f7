-- folded, long_date, version_key and item_key.
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
