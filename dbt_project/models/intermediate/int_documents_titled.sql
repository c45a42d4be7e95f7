-- A title for each primary document and exhibit: its own, else one composed of what is known of it.
with documents as (
    select
        documents.*,
        composed.title as composed_title,
        composed.title_source as composed_source,
        composed.is_telling as is_composed_telling
    from {{ ref('int_documents_named') }} as documents
    inner join {{ ref('int_titles_composed') }} as composed using (accession_number)
),

titled as (
    select
        *,
        -- The DESCRIPTION of an ownership form says less than who holds what; a bare kind less than a composed title.
        own_title is not null and not (
            is_primary and is_composed_telling and (composed_source = 'party' or not is_telling)
        ) as has_own_title
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
    case
        when has_own_title then own_title
        when is_primary then composed_title
        else role_name || ' (' || upper(document_type) || '), ' || company_name || ', ' || {{ long_date('filed_date') }}
    end as title,
    case
        when has_own_title then own_title_source
        when is_primary then composed_source
        else 'fallback'
    end as title_source,
    case
        when has_own_title and is_telling then 'good'
        when not has_own_title and is_primary and is_composed_telling then 'good'
        else 'weak'
    end as title_quality,
    excerpt,
    text_length,
    text_status,
    {{ document_url('cik', 'accession_number', 'filename') }} as url
from titled
