-- What each primary document and exhibit is called by its filing or itself: the exhibit index, else its headline, else a
-- DESCRIPTION that says something. One that only names a kind of document ("Consent") gives way to any that says more.
with documents as (
    select
        documents.*,
        filings.cik,
        filings.company_name,
        filings.filed_date,
        roles.exhibit_role,
        roles.role_name,
        case
            when {{ says_something('documents.description_title', [
                'documents.form_type', 'filings.form_name', 'documents.document_type', 'documents.filename',
                'filings.company_name'
            ]) }} then documents.description_title
        end as telling_description
    from {{ ref('int_documents_unnested') }} as documents
    inner join {{ ref('int_filings_described') }} as filings using (accession_number)
    left join {{ ref('int_exhibit_roles_assigned') }} as roles
        on filings.exhibit_table = roles.exhibit_table and documents.exhibit_number = roles.exhibit_number
    where documents.is_exhibit or documents.is_primary
),

ranked as (
    select
        *,
        list_filter([
            {'source': 'exhibit_index', 'title': index_title},
            {'source': 'headline', 'title': headline},
            {'source': 'description', 'title': telling_description}
        ], lambda candidate: candidate.title is not null) as candidates
    from documents
),

chosen as (
    select
        *,
        coalesce(
            list_filter(candidates, lambda candidate: not list_contains(generic_titles, candidate.source))[1], candidates[1]
        ) as best
    from ranked
)

select
    * exclude (candidates, best, telling_description),
    best.title as own_title,
    best.source as own_title_source,
    best.title is not null and not list_contains(generic_titles, best.source) as is_telling
from chosen
