{{ config(
    materialized='incremental',
    incremental_strategy='replace_scope',
    replace_scope={'cik': 'int_ciks_touched'}
) }}

with headers as (
    select
        *,
        (filed_date, coalesce(accepted_at, cast(filed_date as timestamptz)), accession_number, -position) as recency
    from {{ ref('filing_companies') }}
    where cik in (select cik from {{ ref('int_ciks_touched') }})
),

-- A header that leaves a field out does not unsay what an earlier one said.
final as (
    select
        cik,
        arg_max(company_name, recency) as company_name,
        arg_max(former_names, recency) filter (where former_names is not null) as former_names,
        cast(null as varchar) as ticker,
        cast(null as varchar) as exchange,
        cast(null as varchar) as country,
        cast(null as varchar) as cusip,
        cast(null as varchar) as isin,
        arg_max(sic_code, recency) filter (where sic_code is not null) as sic_code,
        arg_max(sic_description, recency) filter (where sic_description is not null) as sic_description,
        arg_max(state_of_incorporation, recency) filter (where state_of_incorporation is not null)
            as state_of_incorporation,
        arg_max(fiscal_year_end, recency) filter (where fiscal_year_end is not null) as fiscal_year_end,
        cast(null as boolean) as is_symbol_active,
        min(filed_date) as first_filed_date,
        max(filed_date) as last_filed_date
    from headers
    group by cik
)

select * from final
order by cik
