{{ config(
    materialized='incremental',
    incremental_strategy='replace_scope',
    replace_scope={'accession_number': 'int_submissions_replaced'}
) }}

-- depends_on: {{ ref('int_submissions_replaced') }}
with events as (
    select * from {{ ref('int_events_chosen') }}
),

filings as (
    select
        accession_number,
        cik,
        filed_date
    from {{ ref('int_filings_described') }}
),

-- What a reader should see as the news: the first press release with a title of its own, else the filing's own title.
headlines as (
    select
        accession_number,
        title as headline
    from {{ ref('int_documents_titled') }}
    where title_quality = 'good' and (is_primary or exhibit_role = 'PRESS_RELEASE')
    qualify row_number() over (partition by accession_number order by is_primary, sequence) = 1
),

final as (
    select
        events.accession_number || ':' || events.event_code as event_id,
        events.accession_number,
        filings.cik,
        events.event_code,
        event_types.event_group,
        filings.filed_date as event_date,
        headlines.headline,
        events.method,
        events.rule_id,
        events.evidence_sequence,
        events.evidence_text,
        events.evidence_field,
        events.evidence_start
    from events
    inner join filings using (accession_number)
    inner join {{ ref('event_types') }} as event_types using (event_code)
    left join headlines using (accession_number)
)

select * from final
order by event_date, accession_number, event_code
