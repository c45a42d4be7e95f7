-- The texts in which rules look for events, of the forms that any such rule names: titles of exhibits, beginnings of press
-- releases, and the beginning of a report none of whose items says what it is about.
with forms as (
    select distinct unnest(string_split(form_types, '|')) as base_form
    from {{ ref('event_rules') }}
    where method in ('headline', 'exhibit')
),

filings as (
    select
        accession_number,
        base_form,
        coalesce(items, []) as items,
        len(list_filter(items, lambda item: item not in ('5', '7', '9', '7.01', '8.01', '9.01'))) > 0 as has_telling_item
    from {{ ref('int_filings_described') }}
    where base_form in (select base_form from forms)
),

documents as (
    select
        filings.*,
        titled.sequence,
        titled.is_primary,
        titled.title,
        titled.title_quality,
        titled.excerpt,
        titled.exhibit_number,
        -- 6-Ks number their releases as they like.
        titled.is_exhibit and (filings.base_form = '6-K' or regexp_matches(titled.exhibit_number, '^99([^0-9]|$)')) as is_release
    from filings
    inner join {{ ref('int_documents_titled') }} as titled using (accession_number)
),

texts as (
    select
        * exclude (title, title_quality, excerpt),
        'title' as field,
        title as original,
        {{ event_text('title', 300) }} as text
    from documents
    where not is_primary and title_quality = 'good'
    union all by name
    select
        * exclude (title, title_quality, excerpt),
        'excerpt' as field,
        excerpt as original,
        {{ event_text('excerpt', 250) }} as text
    from documents
    where is_release or (is_primary and not coalesce(has_telling_item, false))
)

select
    accession_number,
    base_form,
    items,
    sequence,
    field,
    original,
    text,
    is_release or is_primary as is_news,
    -- `EX-4` of EX-4.2: what rules for exhibits name.
    'EX-' || regexp_extract(exhibit_number, '^[0-9]+') as exhibit_type,
    row_number() over (order by accession_number, sequence, field) as number
from texts
where text is not null
