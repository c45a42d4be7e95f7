-- The numbers of an 8-K's items. Public headers name items by their text, and the same text stood for other numbers until
-- 2004-08-23 (`Other events` was 5 and is 8.01); the Feed gives the numbers themselves, `2.02` or `5`.
with item_texts as (
    select
        accession_number,
        filed_date,
        unnest(item_texts) as item_text,
        generate_subscripts(item_texts, 1) as position
    from {{ ref('int_submissions_chosen') }}
    where regexp_matches({{ base_form('form_type') }}, '^8-K')
),

stated as (
    select
        *,
        regexp_extract(trim(item_text), '^0*([0-9]{1,2}(\.[0-9]{2})?)$', 1) as stated_number,
        {{ item_key('item_text') }} as item_key,
        filed_date >= date '2004-08-23' as is_current_numbering
    from item_texts
    where {{ folded('item_text') }} is not null
),

numbered as (
    select
        stated.accession_number,
        stated.position,
        stated.item_text,
        coalesce(nullif(stated.stated_number, ''), items.item_number) as item_number
    from stated
    left join {{ ref('form_8k_items') }} as items on stated.item_key = {{ item_key('items.item_text') }}
    qualify row_number() over (
        partition by stated.accession_number, stated.position
        order by items.is_current_numbering <> stated.is_current_numbering, items.item_number
    ) = 1
)

select
    accession_number,
    position,
    item_text,
    item_number
from numbered
