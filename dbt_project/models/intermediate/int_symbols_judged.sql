-- Ticker symbol, exchange and whether the symbol is still traded, of each company of this build of which anything says so.
--
-- The ticker file lists what is traded on the day that it was read. Forms 25 and 15 take a class of securities off, which can be
-- notes as well as the shares: against a symbol that the file listed before, such a filing alone proves nothing, and the symbol
-- is unknown until the next reading.
with ciks as (
    select cik from {{ ref('int_ciks_touched') }}
),

newest_reading as (
    select max(last.listed_at) as read_at from {{ ref('ticker_listings') }}
),

listings as (
    select
        cik,
        arg_max(
            {'ticker': ticker, 'exchange': last.exchange, 'listed_at': last.listed_at},
            {'listed_at': last.listed_at, 'order': -last.position}
        ) as listing
    from {{ ref('ticker_listings') }}
    where cik in (select cik from ciks)
    group by cik
),

stated as (
    select
        cik,
        tickers[1] as ticker,
        exchanges[1] as exchange
    from {{ ref('company_facts') }}
    where cik in (select cik from ciks) and len(tickers) > 0
),

removals as (
    select
        cik,
        arg_max(
            {'form_type': form_type, 'accession_number': accession_number, 'filed_date': filed_date},
            {'filed_date': filed_date, 'accession_number': accession_number}
        ) as removal
    from {{ ref('fct_filings') }}
    where
        cik in (select cik from ciks)
        and regexp_full_match(form_type, '(25|25-NSE|15-12[BG]|15-15D|15F-12[BG]|15F-15D)(/A)?')
    group by cik
),

joined as (
    select
        ciks.cik,
        coalesce(listings.listing.ticker, stated.ticker) as ticker,
        case when listings.cik is not null then listings.listing.exchange else stated.exchange end as exchange,
        listings.listing.listed_at as listed_at,
        cast(timezone('UTC', newest_reading.read_at) as date) as read_on,
        coalesce(listings.listing.listed_at = newest_reading.read_at, false) as is_listed,
        removals.removal
    from ciks
    cross join newest_reading
    left join listings using (cik)
    left join stated using (cik)
    left join removals using (cik)
)

select
    cik,
    ticker,
    exchange,
    case
        when is_listed and coalesce(removal.filed_date <= read_on, true) then true
        when is_listed then null
        when removal is not null or listed_at is not null then false
    end as is_symbol_active,
    case
        when is_listed and coalesce(removal.filed_date <= read_on, true)
            then 'listed in company_tickers_exchange.json of ' || read_on
        when removal is not null
            then
                'Form ' || removal.form_type || ' of ' || removal.filed_date || ', ' || removal.accession_number
                || case when is_listed then '; listed in company_tickers_exchange.json of ' || read_on else '' end
        when listed_at is not null
            then
                'listed in company_tickers_exchange.json of ' || cast(timezone('UTC', listed_at) as date)
                || ', not in that of ' || read_on
    end as symbol_evidence
from joined
where ticker is not null or removal is not null
