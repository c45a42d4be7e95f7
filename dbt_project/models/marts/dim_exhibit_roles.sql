select
    exhibit_role,
    role_name,
    definition
from {{ ref('exhibit_roles') }}
order by exhibit_role
