-- A relation of its own, so that an ordinary night, which replaces nothing, deletes with an empty list and scans no table.
select accession_number
from {{ ref('int_submissions_chosen') }}
where is_replacement
