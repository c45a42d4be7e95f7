with known as (
    select * from {{ ref('form_types') }}
),

base_forms as (
    select
        form_type,
        form_type as base_form,
        false as is_amendment,
        form_group,
        form_name,
        is_ownership
    from known
),

amendments as (
    select
        form_type || '/A' as form_type,
        form_type as base_form,
        true as is_amendment,
        form_group,
        form_name || ' (amendment)' as form_name,
        is_ownership
    from known
),

listed as (
    select * from base_forms
    union all by name
    select * from amendments
),

-- EDGAR gets new form types without notice: a filing's form is in this table whether or not the seed has it.
seen as (
    select distinct
        form_type,
        form_group,
        is_ownership,
        is_amendment
    from {{ ref('fct_filings') }}
    where form_type not in (select form_type from listed)
),

seen_named as (
    select
        seen.form_type,
        {{ base_form('seen.form_type') }} as base_form,
        seen.is_amendment,
        seen.form_group,
        coalesce(known.form_name, 'Form ' || {{ base_form('seen.form_type') }})
        || case when seen.is_amendment then ' (amendment)' else '' end as form_name,
        seen.is_ownership
    from seen
    left join known on {{ base_form('seen.form_type') }} = known.form_type
),

final as (
    select
        *,
        base_form in (select form_type from known) as is_known
    from (
        select * from listed
        union all by name
        select * from seen_named
    )
)

select
    form_type,
    base_form,
    is_amendment,
    form_group,
    form_name,
    is_ownership,
    is_known
from final
order by form_type
