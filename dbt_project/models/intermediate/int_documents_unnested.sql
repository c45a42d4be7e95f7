-- Without their text, which only document_texts copies.
with submissions as (
    select
        stg_submission.accession_number,
        chosen.form_type,
        stg_submission.documents
    from {{ ref('stg_submission') }} as stg_submission
    inner join {{ ref('int_submissions_chosen') }} as chosen
        on
            stg_submission.accession_number = chosen.accession_number
            and stg_submission.raw_path = chosen.raw_path
),

unnested as (
    select
        accession_number,
        form_type,
        unnest(documents) as document
    from submissions
),

named as (
    select
        accession_number,
        form_type,
        document.sequence as sequence,
        document.document_type as document_type,
        document.filename as filename,
        {{ folded('document.description') }} as description,
        document.text_status as text_status,
        document.text_length as text_length,
        {{ folded('document.index_title') }} as index_title,
        {{ folded('document.headline') }} as headline,
        {{ folded('document.description_title') }} as description_title,
        coalesce(document.generic_titles, []) as generic_titles,
        {{ folded('document.excerpt') }} as excerpt,
        {{ is_exhibit('document.document_type') }} as is_exhibit
    from unnested
)

select
    *,
    case when is_exhibit then {{ exhibit_number('document_type') }} end as exhibit_number,
    -- The first document that is no exhibit, in an UPLOAD a LETTER; a filing of exhibits alone has none.
    not is_exhibit
    and row_number() over (
        partition by accession_number order by is_exhibit, document_type <> form_type, sequence
    ) = 1 as is_primary
from named
