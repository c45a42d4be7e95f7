-- What rules with a pattern find in titles and excerpts, and rules of exhibit types alone.
with rules as (
    select
        rule_id,
        method,
        event_code,
        priority,
        string_split(form_types, '|') as form_types,
        string_split(items, '|') as items,
        string_split(exhibit_types, '|') as exhibit_types,
        pattern,
        exclusion
    from {{ ref('event_rules') }}
    where method in ('headline', 'exhibit')
),

texts as (
    select * from {{ ref('int_texts_selected') }}
),

-- A pattern that comes from a table is compiled for each text that it is held against, which takes a hundred times as long
-- as the search. So each rule first searches a thousand texts at once, one to a line, and is then held against what it found.
pages as (
    select string_agg(number || chr(9) || text, chr(10) order by number) as lines
    from texts
    group by number // 1000
),

found as (
    select
        rules.rule_id,
        cast(
            unnest(regexp_extract_all(pages.lines, '(?im)^([0-9]+)\t.*?(?:' || rules.pattern || ')', 1)) as bigint
        ) as number
    from pages
    cross join rules
    where rules.pattern is not null
),

candidates as (
    select
        rule_id,
        number
    from found
    union all
    select
        rules.rule_id,
        texts.number
    from texts
    inner join rules on rules.pattern is null and list_contains(rules.exhibit_types, texts.exhibit_type)
),

matches as (
    select
        texts.accession_number,
        rules.rule_id,
        rules.method,
        rules.event_code,
        rules.priority,
        texts.sequence,
        texts.field,
        texts.original,
        texts.text,
        case
            when rules.pattern is null then texts.text
            else {{ event_evidence('texts.text', 'rules.pattern', 'rules.exclusion') }}
        end as evidence
    from candidates
    inner join rules using (rule_id)
    inner join texts using (number)
    where
        list_contains(rules.form_types, texts.base_form)
        and (rules.items is null or list_has_any(rules.items, texts.items))
        and (rules.exhibit_types is null or list_contains(rules.exhibit_types, texts.exhibit_type))
        -- Headlines are those of news; what an exhibit is, its title says and not its text.
        and case rules.method when 'headline' then texts.is_news else texts.field = 'title' end
)

select
    accession_number,
    rule_id,
    method,
    event_code,
    priority,
    sequence as evidence_sequence,
    field as evidence_field,
    cast(strpos(text, evidence) as integer) as evidence_start,
    -- As the filer wrote it, not as rules read it.
    substring({{ folded('original') }}, strpos(text, evidence), length(evidence)) as evidence_text
from matches
where evidence is not null
