-- Companies whose row in dim_companies may change: of the filings of this build, and of those copies that it replaces.
select cik from {{ ref('int_companies_unnested') }}
union
select companies.cik
from {{ source('previous', 'filing_companies') }} as companies
inner join {{ ref('int_submissions_replaced') }} as replaced using (accession_number)
