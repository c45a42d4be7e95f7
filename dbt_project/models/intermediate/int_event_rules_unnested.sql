-- One row per rule and form type or item it names; NULL where it names none, which means any.
select
    rule_id,
    method,
    -- A surer method wins over a vaguer one.
    case method when 'form' then 1 when 'item' then 2 when 'headline' then 3 when 'exhibit' then 4 when 'fallback' then 5 end
        as method_rank,
    event_code,
    priority,
    string_split(form_types, '|') as form_types,
    unnest(coalesce(string_split(items, '|'), [null])) as item_number
from {{ ref('event_rules') }}
