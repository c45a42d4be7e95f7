-- Every rule that matches a filing, with what it matched.
with filings as (
    select
        accession_number,
        form_type,
        base_form
    from {{ ref('int_filings_described') }}
),

rules as (
    select
        rules.* exclude (item_number),
        rules.item_number,
        event_types.is_catch_all
    from {{ ref('int_event_rules_unnested') }} as rules
    inner join {{ ref('event_types') }} as event_types using (event_code)
),

form_matches as (
    select
        filings.accession_number,
        rules.*,
        0 as evidence_position,
        'form_type' as evidence_field,
        'Form ' || filings.form_type as evidence_text
    from filings
    inner join rules on rules.form_types is null or list_contains(rules.form_types, filings.base_form)
    where rules.method in ('form', 'fallback') and rules.item_number is null
),

item_matches as (
    select
        filings.accession_number,
        rules.*,
        items.position as evidence_position,
        'items' as evidence_field,
        -- The Feed gives the number as the item's text.
        'Item ' || items.item_number
        || case when regexp_matches(items.item_text, '[A-Za-z]') then ' ' || trim(items.item_text) else '' end
            as evidence_text
    from filings
    inner join {{ ref('int_items_numbered') }} as items using (accession_number)
    inner join rules
        on items.item_number = rules.item_number and list_contains(rules.form_types, filings.base_form)
    where rules.method in ('item', 'fallback')
),

text_matches as (
    select
        * exclude (evidence_sequence),
        -- A surer method wins over a vaguer one (see int_event_rules_unnested).
        case method when 'headline' then 3 else 4 end as method_rank,
        false as is_catch_all,
        evidence_sequence as evidence_position,
        evidence_sequence
    from {{ ref('int_events_read') }}
)

select
    accession_number,
    rule_id,
    method,
    method_rank,
    event_code,
    priority,
    is_catch_all,
    evidence_position,
    -- Forms and items stand in the header, not in a document.
    cast(evidence_sequence as integer) as evidence_sequence,
    evidence_field,
    cast(evidence_start as integer) as evidence_start,
    evidence_text
from (
    select * from form_matches
    union all by name
    select * from item_matches
    union all by name
    select * from text_matches
)
