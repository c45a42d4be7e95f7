{{ config(
    materialized='incremental',
    incremental_strategy='replace_scope',
    replace_scope={'cik': 'int_ciks_touched'}
) }}

with stated as (
    select
        cik,
        arg_max(company_name, recency) as company_name,
        arg_max(former_names, recency) filter (where former_names is not null) as former_names,
        arg_max(sic_code, recency) filter (where sic_code is not null) as sic_code,
        arg_max(sic_description, recency) filter (where sic_description is not null) as sic_description,
        arg_max(state_of_incorporation, recency) filter (where state_of_incorporation is not null)
            as state_of_incorporation,
        arg_max(business_state_or_country, recency) filter (where business_state_or_country is not null)
            as business_state_or_country,
        arg_max(fiscal_year_end, recency) filter (where fiscal_year_end is not null) as fiscal_year_end,
        min(filed_date) as first_filed_date,
        max(filed_date) as last_filed_date
    from {{ ref('int_companies_stated') }}
    group by cik
    -- EDGAR's JSON says more of companies that are here, but it brings none.
    having max(filed_date) is not null
),

securities as (
    select
        cik,
        arg_max(
            {
                'cusip': cusip,
                'accession_number': accession_number,
                'is_depositary': coalesce(regexp_matches(lower(security_title), 'depositary'), false)
            },
            {'filed_date': filed_date, 'accession_number': accession_number}
        ) as security
    from {{ ref('fct_filings') }}
    where
        cusip is not null
        and {{ is_common_security('security_title') }}
        and cik in (select cik from {{ ref('int_ciks_touched') }})
    group by cik
),

placed as (
    select
        stated.*,
        coalesce(by_state.country_code, by_address.country_code) as country,
        coalesce(by_state.country_name, by_address.country_name) as country_name
    from stated
    left join {{ ref('state_codes') }} as by_state on stated.state_of_incorporation = by_state.state_code
    left join {{ ref('state_codes') }} as by_address on stated.business_state_or_country = by_address.state_code
),

final as (
    select
        placed.cik,
        placed.company_name,
        list_transform(placed.former_names, lambda former: former.company_name) as former_names,
        placed.former_names as former_name_periods,
        symbols.ticker,
        symbols.exchange,
        placed.country,
        placed.country_name,
        securities.security.cusip as cusip,
        -- A number that begins with a letter is of another country; so may one be that is not, of a foreign company's own shares.
        case
            when
                regexp_matches(securities.security.cusip, '^[0-9]')
                and (placed.country = 'US' or securities.security.is_depositary)
                then {{ us_isin('securities.security.cusip') }}
        end as isin,
        securities.security.accession_number as cusip_evidence,
        placed.sic_code,
        placed.sic_description,
        placed.state_of_incorporation,
        placed.fiscal_year_end,
        symbols.is_symbol_active,
        symbols.symbol_evidence,
        placed.first_filed_date,
        placed.last_filed_date
    from placed
    left join securities using (cik)
    left join {{ ref('int_symbols_judged') }} as symbols using (cik)
)

select * from final
order by cik
