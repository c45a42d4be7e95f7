-- Each numbered item of an 8-K once, with the short name that its number has in titles.
with names as (
    select distinct
        item_number,
        item_name
    from {{ ref('form_8k_items') }}
),

items as (
    select
        accession_number,
        item_number,
        min(position) as position
    from {{ ref('int_items_numbered') }}
    where item_number is not null
    group by accession_number, item_number
)

select
    items.accession_number,
    items.item_number,
    items.position,
    coalesce(names.item_name, 'Item ' || items.item_number) as item_name
from items
left join names using (item_number)
