with submissions as (
    select
        stg_submission.accession_number,
        stg_submission.filed_date,
        stg_submission.accepted_at,
        stg_submission.companies
    from {{ ref('stg_submission') }} as stg_submission
    inner join {{ ref('int_submissions_chosen') }} as chosen
        on
            stg_submission.accession_number = chosen.accession_number
            and stg_submission.raw_path = chosen.raw_path
),

unnested as (
    select
        accession_number,
        filed_date,
        accepted_at,
        unnest(companies) as company,
        cast(generate_subscripts(companies, 1) as integer) as position
    from submissions
)

select
    accession_number,
    filed_date,
    accepted_at,
    position,
    company.cik as cik,
    company.role as role,
    -- A header of 1996 can leave the name empty; EDGAR itself shows the number then.
    coalesce({{ folded('company.company_name') }}, 'CIK ' || cast(company.cik as bigint)) as company_name,
    company.file_number as file_number,
    -- `PHARMACEUTICAL PREPARATIONS [2834]`, in 1994 and in the Feed the bare number; `UNKNOWN SIC - 0000 [0000]` says nothing.
    case when company.sic not like '%0000%' then nullif(regexp_extract(company.sic, '([0-9]{3,4})\]?\s*$', 1), '') end
        as sic_code,
    case
        when company.sic not like '%0000%'
            then {{ folded("regexp_replace(company.sic, '\[?[0-9]{3,4}\]?\s*$', '')") }}
    end as sic_description,
    company.state_of_incorporation as state_of_incorporation,
    company.fiscal_year_end as fiscal_year_end,
    case
        when len(company.former_names) > 0
            then list_transform(company.former_names, lambda former: former.name)
    end as former_names,
    case
        when len(company.former_names) > 0
            then list_transform(company.former_names, lambda former: cast(former.changed_on as date))
    end as former_names_until
from unnested
-- A company that has a block per series or per file number is one filer in that role.
qualify row_number() over (partition by accession_number, company.cik, company.role order by position) = 1
