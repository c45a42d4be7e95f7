-- The copies of this build that replace what is loaded: for each accession number the newest copy, if it is a new one.
-- Choosing looks at four narrow columns, because a window over whole submissions would hold a day's text in memory.
with received as (
    select
        accession_number,
        parser_version,
        fetched_at,
        raw_path
    from {{ ref('stg_submission') }}
    -- Without these a filing cannot be shown; it stays `pending` in index_entries, which validation makes red.
    where form_type is not null and filed_date is not null
),

copies as (
    select
        *,
        true as is_received
    from received
    union all by name
    select
        *,
        false as is_received
    from {{ source('previous', 'filings') }}
    where accession_number in (select accession_number from received)
),

newest as (
    select
        accession_number,
        raw_path,
        not bool_and(is_received) over (partition by accession_number) as is_replacement
    from copies
    qualify row_number() over (
        partition by accession_number
        order by {{ version_key('parser_version') }} desc, fetched_at desc, raw_path desc
    ) = 1
)

select
    submissions.* exclude (documents, companies),
    newest.is_replacement
from {{ ref('stg_submission') }} as submissions
-- A loaded copy that is the newest is in none of the parts of this build, so the join leaves it out.
inner join newest on submissions.accession_number = newest.accession_number and submissions.raw_path = newest.raw_path
