select
    event_code,
    event_group,
    event_name,
    definition,
    tier,
    is_ownership,
    is_catch_all
from {{ ref('event_types') }}
order by event_code
