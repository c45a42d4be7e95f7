-- Accession numbers of which this build may learn something: loaded, listed or asked for. They can stand in the index of days
-- that this build does not read.
select accession_number from {{ ref('int_submissions_chosen') }}
union
select accession_number from {{ ref('stg_fetch_outcome') }} where accession_number is not null
union
select accession_number from {{ ref('stg_daily_index') }} where accession_number is not null
