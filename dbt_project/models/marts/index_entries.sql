{{ config(
    materialized='incremental',
    incremental_strategy='replace_scope',
    replace_scope={'index_date': 'int_index_days', 'accession_number': 'int_accessions_touched'}
) }}

-- depends_on: {{ ref('int_index_days') }}
with touched as (
    select accession_number from {{ ref('int_accessions_touched') }}
),

lines as (
    select
        index_date,
        accession_number,
        cik,
        form_type,
        company_name,
        filed_date
    from {{ ref('int_index_lines_current') }}
    where accession_number is not null
    {%- if is_incremental() %}
    -- The same accession numbers in the index of other days: their state is that of the filing, wherever it was loaded.
    union all
    select
        index_date,
        accession_number,
        cik,
        form_type,
        company_name,
        filed_date
    from {{ this }}
    where
        accession_number in (select accession_number from touched)
        and index_date not in (select index_date from {{ ref('int_index_days') }})
    {%- endif %}
),

filings as (
    select
        accession_number,
        is_removed
    from {{ ref('fct_filings') }}
    where accession_number in (select accession_number from lines)
),

ledger as (
    select
        accession_number,
        newest.outcome as newest_outcome,
        nullif(newest.reason, '') as newest_reason,
        gone is not null as is_gone,
        nullif(gone.reason, '') as gone_reason
    from {{ ref('accession_ledger') }}
    where accession_number in (select accession_number from lines)
),

final as (
    select
        lines.accession_number,
        lines.cik,
        lines.form_type,
        lines.company_name,
        lines.filed_date,
        lines.index_date,
        case
            when filings.accession_number is not null then 'loaded'
            when ledger.is_gone then 'gone'
            when ledger.newest_outcome in ('quarantined', 'out_of_scope') then ledger.newest_outcome
            else 'pending'
        end as state,
        case
            when filings.is_removed then concat_ws(': ', 'removed from EDGAR', ledger.gone_reason)
            when filings.accession_number is not null then null
            when ledger.is_gone then ledger.gone_reason
            when ledger.newest_outcome in ('quarantined', 'out_of_scope') then ledger.newest_reason
            when ledger.newest_outcome = 'landed' then 'landed, not loaded'
            when ledger.newest_outcome is not null
                then concat_ws(': ', ledger.newest_outcome, ledger.newest_reason)
            else 'not asked for yet'
        end as reason
    from lines
    left join filings using (accession_number)
    left join ledger using (accession_number)
)

select * from final
order by index_date, accession_number, cik, form_type
