-- A title for each filing, composed of what its header, its cover and its exhibits say. It tells something (`is_telling`)
-- if it holds more than form, company and date; `party` is who holds what, which says more than any DESCRIPTION.
with parties as (
    select
        accession_number,
        {{ names_in_words("list(company_name order by position) filter (role in ('reporting_owner', 'filed_by'))") }} as holders
    from {{ ref('int_companies_unnested') }}
    group by accession_number
),

releases as (
    select
        accession_number,
        own_title as release_title
    from {{ ref('int_documents_named') }}
    where is_exhibit and is_telling
    qualify row_number() over (partition by accession_number order by exhibit_role <> 'PRESS_RELEASE', sequence) = 1
),

items as (
    select
        accession_number,
        {{ list_in_words('list(item_number order by position)') }} as numbers,
        count(*) as item_count,
        -- What only lists exhibits, or says nothing of its subject, names the filing where there is nothing else.
        list(item_name order by position) filter (item_number not in ('7', '9.01', '5', '9', '7.01', '8.01')) as telling_names,
        list(item_name order by item_number in ('7', '9.01'), position)[1] as first_name
    from {{ ref('int_items_named') }}
    group by accession_number
),

facts as (
    select
        filings.*,
        releases.release_title,
        coalesce(parties.holders, {{ names_in_words('filings.schedule.filers') }}) as holders,
        -- The cover's words without the par value: `Class A Ordinary Shares`.
        {{ folded("regexp_replace(filings.schedule.security, '(?i)[\s,(]*(no |without |with )?(par value|(us)?\$).*$', '')") }}
            as security,
        coalesce({{ folded('filings.schedule.issuer') }}, filings.company_name) as issuer,
        regexp_replace(filings.base_form, '^(SC|SCHEDULE) ', 'Schedule ') as schedule_name,
        case when filings.is_amendment then ' (amendment)' else '' end as amendment,
        -- Headers of before 2001 name no items.
        coalesce(case when items.item_count = 1 then ', item ' else ', items ' end || items.numbers, '') as item_numbers,
        coalesce(
            array_to_string(items.telling_names, '; '),
            case when filings.base_form like '8-K%' then releases.release_title end,
            items.first_name
        ) as item_names,
        items.telling_names is not null as has_telling_item
    from {{ ref('int_filings_described') }} as filings
    left join parties using (accession_number)
    left join releases using (accession_number)
    left join items using (accession_number)
),

kinds as (
    select
        *,
        case
            when schedule.intent is not null and holders is not null then 'schedule'
            when is_ownership and holders is not null and form_group = 'insider' then 'insider'
            when is_ownership and period_of_report is not null and form_group = 'ownership' then 'holdings'
            when base_form = '6-K' and release_title is not null then 'release'
            when item_names is not null then 'items'
            when letter_subject is not null then 'letter'
            when offered is not null then 'offering'
            when period_of_report is not null and form_group in ('annual', 'interim', 'late_filing') then 'period'
            when period_of_report is not null and form_group = 'proxy' then 'meeting'
        end as kind
    from facts
)

select
    accession_number,
    case kind
        when 'schedule'
            then
                schedule_name || amendment || ': ' || holders || ' in ' || coalesce(security || ' of ', '') || issuer || ', '
                || schedule.intent
        when 'insider' then 'Form ' || base_form || amendment || ': ' || holders || ' in ' || company_name
        when 'holdings' then form_name || ', ' || company_name || ', as of ' || {{ long_date('period_of_report') }}
        when 'release' then form_name || ', ' || strftime(filed_date, '%B %Y') || ': ' || release_title
        when 'items' then form_type || item_numbers || ': ' || item_names
        when 'letter' then form_name || ': ' || letter_subject
        when 'offering' then form_name || ', ' || company_name || ': ' || offered
        when 'period' then form_name || ', ' || company_name || ', period ended ' || {{ long_date('period_of_report') }}
        when 'meeting' then form_name || ', ' || company_name || ', meeting of ' || {{ long_date('period_of_report') }}
        else composed_title
    end as title,
    case when kind in ('schedule', 'insider', 'holdings') then 'party' else 'fallback' end as title_source,
    kind is not null and (kind <> 'items' or has_telling_item or release_title is not null) as is_telling,
    -- The line of ownership schedules in a company's history.
    case
        when kind = 'schedule'
            then
                issuer || coalesce(' - ' || security, '') || ' / ' || holders || ' - ' || form_type || ' '
                || upper(schedule.intent[1]) || schedule.intent[2:] || ' Investment'
    end as timeline_title
from kinds
