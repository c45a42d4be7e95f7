-- What headers and EDGAR's own JSON say of the companies of this build, in one shape: the newest statement of a thing counts, and
-- one that leaves it out does not unsay it.
with headers as (
    select
        cik,
        company_name,
        list_transform(
            former_names,
            lambda name, position: {
                'company_name': name,
                'valid_from': cast(null as date),
                'valid_to': former_names_until[position]
            }
        ) as former_names,
        sic_code,
        sic_description,
        state_of_incorporation,
        cast(null as varchar) as business_state_or_country,
        fiscal_year_end,
        filed_date,
        {
            'day': filed_date,
            'at': coalesce(accepted_at, cast(filed_date as timestamptz)),
            'accession_number': accession_number,
            'order': -position
        } as recency
    from {{ ref('filing_companies') }}
    where cik in (select cik from {{ ref('int_ciks_touched') }})
),

facts as (
    select
        cik,
        company_name,
        nullif(former_names, []) as former_names,
        sic_code,
        sic_description,
        state_of_incorporation,
        business_state_or_country,
        fiscal_year_end,
        cast(null as date) as filed_date,
        {
            'day': cast(timezone('UTC', fetched_at) as date),
            'at': fetched_at,
            'accession_number': '',
            'order': 0
        } as recency
    from {{ ref('company_facts') }}
    where cik in (select cik from {{ ref('int_ciks_touched') }})
)

select * from headers
union all by name
select * from facts
