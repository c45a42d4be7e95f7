-- Every form type of this build with what the seed knows of it: never rejected, an unknown one is of the group `other`.
with form_types as (
    select distinct form_type from {{ ref('int_submissions_chosen') }}
),

based as (
    select
        form_type,
        {{ base_form('form_type') }} as base_form,
        {{ is_amendment('form_type') }} as is_amendment
    from form_types
)

select
    based.form_type,
    based.base_form,
    based.is_amendment,
    known.form_type is not null as is_known,
    coalesce(known.form_group, 'other') as form_group,
    coalesce(known.form_name, 'Form ' || based.base_form)
    || case when based.is_amendment then ' (amendment)' else '' end as form_name,
    coalesce(known.is_ownership, false) as is_ownership,
    coalesce(known.exhibit_table, 'S-K 601') as exhibit_table
from based
left join {{ ref('form_types') }} as known on based.base_form = known.form_type
