{{ config(materialized='incremental', incremental_strategy='append') }}

-- Only of new parts: the outcomes of a partition are read together, and those of its earlier parts are here already.
with outcomes as (
    select * from {{ ref('stg_fetch_outcome') }}
    where
        -- A decision without a request is of kind `plan`; one that decides the state of a day has attempt 0. A takedown is no
        -- request either, but its hash and reason are to be found where the requests of the filing are.
        (kind = 'takedown' or (kind <> 'plan' and attempt is distinct from 0))
        and raw_path in (select path from {{ source('ops', 'parts_to_load') }} where is_new)
)

select
    url,
    requested_at,
    status,
    bytes,
    sha256,
    outcome,
    reason,
    kind,
    index_date,
    accession_number,
    attempt,
    raw_path
from outcomes
order by requested_at, url, attempt
