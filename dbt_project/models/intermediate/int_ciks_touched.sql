-- Companies whose row in dim_companies may change: of the filings of this build, of those copies that it replaces, and of the
-- reference data of this build. A new ticker file speaks of whom it lists and of whom it no longer lists.
select cik from {{ ref('int_companies_unnested') }}
union
select companies.cik
from {{ source('previous', 'filing_companies') }} as companies
inner join {{ ref('int_submissions_replaced') }} as replaced using (accession_number)
union
select cik from {{ ref('stg_company_submissions') }}
union
select cik from {{ ref('ticker_listings') }}
where exists (select 1 from {{ ref('stg_company_ticker') }})
