-- The lines of the newest snapshot of each index day in this build; a line of the same accession number, CIK and form type
-- counts once (20 to 52 exact duplicates a day). Malformed lines have no accession number: equal text counts once.
with lines as (
    select * from {{ ref('stg_daily_index') }}
    qualify (fetched_at, raw_path) = max((fetched_at, raw_path)) over (partition by index_date)
)

select
    index_date,
    line_number,
    accession_number,
    cik,
    form_type,
    company_name,
    filed_date,
    problem
from lines
qualify
    row_number() over (
        partition by index_date, accession_number, cik, form_type, malformed_line order by line_number
    ) = 1
