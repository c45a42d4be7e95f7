-- The role of every kind of exhibit in this build: the longest rule of the form's own table that the number begins with, else
-- that of Regulation S-K, item 601. `10` is a rule for 10.1 and not for 101.
with kinds as (
    select distinct
        filings.exhibit_table,
        documents.exhibit_number,
        {{ exhibit_role_key('documents.exhibit_number') }} as role_key
    from {{ ref('int_documents_unnested') }} as documents
    inner join {{ ref('int_filings_described') }} as filings using (accession_number)
    where documents.is_exhibit
),

rules as (
    select
        exhibit_table,
        exhibit_role,
        {{ exhibit_role_key('exhibit_number') }} as role_key
    from {{ ref('exhibit_role_rules') }}
),

assigned as (
    select
        kinds.exhibit_table,
        kinds.exhibit_number,
        coalesce(rules.exhibit_role, 'OTHER_EXHIBIT') as exhibit_role
    from kinds
    left join rules
        on
            rules.exhibit_table in (kinds.exhibit_table, 'S-K 601')
            and starts_with(kinds.role_key, rules.role_key)
            and not (
                regexp_matches(rules.role_key, '[0-9]$')
                and regexp_matches(substring(kinds.role_key, length(rules.role_key) + 1), '^[0-9]')
            )
    qualify row_number() over (
        partition by kinds.exhibit_table, kinds.exhibit_number
        order by rules.exhibit_table <> kinds.exhibit_table, length(rules.role_key) desc
    ) = 1
)

select
    assigned.exhibit_table,
    assigned.exhibit_number,
    assigned.exhibit_role,
    roles.role_name
from assigned
inner join {{ ref('exhibit_roles') }} as roles using (exhibit_role)
