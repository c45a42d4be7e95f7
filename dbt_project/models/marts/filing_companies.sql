{{ config(
    materialized='incremental',
    incremental_strategy='replace_scope',
    replace_scope={'accession_number': 'int_submissions_replaced'}
) }}

-- depends_on: {{ ref('int_submissions_replaced') }}
-- After int_ciks_touched, which reads what this table held before: depends_on: {{ ref('int_ciks_touched') }}
select
    accession_number,
    cik,
    role,
    company_name,
    position,
    filed_date,
    accepted_at,
    file_number,
    sic_code,
    sic_description,
    state_of_incorporation,
    fiscal_year_end,
    former_names,
    former_names_until
from {{ ref('int_companies_unnested') }}
order by filed_date, accession_number, position
