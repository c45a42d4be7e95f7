with submissions as (
    select * from {{ ref('int_submissions_chosen') }}
),

-- Whose filing it is: a 13D about a company belongs to that company and not to the holder who filed it.
main_companies as (
    select
        accession_number,
        cik,
        company_name,
        file_number
    from {{ ref('int_companies_unnested') }}
    qualify row_number() over (
        partition by accession_number
        order by
            case role when 'subject' then 1 when 'issuer' then 2 when 'filer' then 3 else 4 end,
            position
    ) = 1
),

document_counts as (
    select
        accession_number,
        count(*) as document_count,
        count(*) filter (where is_exhibit) as exhibit_count
    from {{ ref('int_documents_unnested') }}
    group by accession_number
),

-- The outcome part that committed a submission's part has the same name, and the extractor's count of documents.
landings as (
    select
        submissions.accession_number,
        max(outcomes.document_count) as document_count_landed
    from submissions
    inner join {{ ref('stg_fetch_outcome') }} as outcomes
        on
            submissions.accession_number = outcomes.accession_number
            and outcomes.raw_path = replace(submissions.raw_path, 'raw/submission/', 'raw/fetch_outcome/')
    where outcomes.outcome = 'landed'
    group by submissions.accession_number
),

items as (
    select
        accession_number,
        list(item_number order by position) as items
    from {{ ref('int_items_numbered') }}
    where item_number is not null
    group by accession_number
)

select
    submissions.accession_number,
    submissions.form_type,
    forms.base_form,
    forms.form_group,
    forms.form_name,
    forms.exhibit_table,
    forms.is_amendment,
    forms.is_ownership,
    submissions.filed_date,
    submissions.accepted_at,
    submissions.period_of_report,
    submissions.schedule.security as security_title,
    submissions.cusip,
    companies.cik,
    companies.company_name,
    companies.file_number,
    -- The title of a filing that has no better one.
    forms.form_name || ', ' || companies.company_name || ', ' || {{ long_date('submissions.filed_date') }}
        as composed_title,
    submissions.schedule,
    submissions.letter_subject,
    submissions.offered,
    submissions.item_texts,
    submissions.remarks,
    items.items,
    submissions.document_count_declared,
    landings.document_count_landed,
    cast(coalesce(document_counts.document_count, 0) as integer) as document_count,
    cast(coalesce(document_counts.exhibit_count, 0) as integer) as exhibit_count,
    submissions.sha256,
    submissions.raw_path,
    submissions.parser_version,
    submissions.fetched_at
from submissions
inner join main_companies as companies using (accession_number)
inner join {{ ref('int_forms_named') }} as forms using (form_type)
left join document_counts using (accession_number)
left join landings using (accession_number)
left join items using (accession_number)
