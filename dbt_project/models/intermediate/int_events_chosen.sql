-- At most one row per filing and event code, by the surest method; the beginning of a text speaks only where no form, item or
-- title does, and a catch-all code only for a filing that nothing else speaks of.
with said as (
    select *
    from {{ ref('int_events_matched') }}
    qualify
        evidence_field <> 'excerpt'
        or not bool_or(evidence_field <> 'excerpt' and not is_catch_all) over (partition by accession_number)
),

best_by_code as (
    select *
    from said
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
