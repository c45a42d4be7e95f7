-- A title for each primary document and exhibit, from the best source that says something.
with documents as (
    select
        documents.*,
        filings.cik,
        filings.filed_date,
        filings.form_name,
        filings.company_name,
        filings.composed_title,
        roles.exhibit_role,
        roles.role_name
    from {{ ref('int_documents_unnested') }} as documents
    inner join {{ ref('int_filings_described') }} as filings using (accession_number)
    left join {{ ref('int_exhibit_roles_assigned') }} as roles
        on filings.exhibit_table = roles.exhibit_table and documents.exhibit_number = roles.exhibit_number
    where documents.is_exhibit or documents.is_primary
),

candidates as (
    select
        *,
        case
            when {{ says_something('description', [
                'form_type', 'form_name', 'document_type', 'filename', 'company_name'
            ]) }} then description
        end as telling_description,
        case
            when is_exhibit
                then
                    role_name || ' (' || upper(document_type) || '), ' || company_name || ', '
                    || {{ long_date('filed_date') }}
            else composed_title
        end as fallback_title
    from documents
)

select
    accession_number,
    sequence,
    is_primary,
    is_exhibit,
    document_type,
    exhibit_number,
    exhibit_role,
    filename,
    description,
    coalesce(index_title, headline, telling_description, fallback_title) as title,
    case
        when index_title is not null then 'exhibit_index'
        when headline is not null then 'headline'
        when telling_description is not null then 'description'
        else 'fallback'
    end as title_source,
    case
        when coalesce(index_title, headline, telling_description) is null then 'weak' else 'good'
    end as title_quality,
    excerpt,
    text_length,
    text_status,
    {{ document_url('cik', 'accession_number', 'filename') }} as url
from candidates
