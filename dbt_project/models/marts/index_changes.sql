{{ config(materialized='incremental', incremental_strategy='append') }}

-- Only of new parts, which are the only ones that are read; those of earlier builds are here already.
select
    accession_number,
    cik,
    change,
    index_name,
    form_type,
    filed_date,
    company_name,
    previous_form_type,
    previous_filed_date,
    noticed_at,
    evidence
from {{ ref('stg_index_change') }}
order by noticed_at, index_name, accession_number, cik
