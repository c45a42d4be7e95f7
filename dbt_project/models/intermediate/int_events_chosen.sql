-- At most one row per filing and event code, and a catch-all code only for a filing that nothing else speaks of.
with best_by_code as (
    select *
    from {{ ref('int_events_matched') }}
    qualify row_number() over (
        partition by accession_number, event_code
        order by method_rank, priority, evidence_position, rule_id
    ) = 1
)

select *
from best_by_code
qualify
    not is_catch_all
    or row_number() over (
        partition by accession_number order by is_catch_all, method_rank, priority, event_code
    ) = 1
