{#-
    A title or excerpt as rules read it: on one line, with plain quotes and dashes, and of bounded length, whatever a filer
    sends. No character is added or removed, so that a place in it is the same place in the text itself. Exchanges that only
    introduce a ticker, `(NASDAQ: ACME)`, are masked: they say nothing of a listing.
-#}
{% macro event_text(text, length) -%}
    regexp_replace(
        regexp_replace(
            regexp_replace(
                translate(left({{ folded(text) }}, {{ length }}), '“”„‘’‚`´–—‑‐−', '"""''''''''''-----'),
                '(?i)\bnasdaq([^:;,()]{0,24}:)', '******\1', 'g'
            ),
            '(?i)\bnyse([^:;,()]{0,24}:)', '****\1', 'g'
        ),
        '(?i)\bnew york stock exchange([^:;,()]{0,12}:)', '***********************\1', 'g'
    )
{%- endmacro %}


{#-
    What a rule's pattern finds in a text, or NULL; NULL too where its exclusion is found. Rules are RE2, whose time is linear
    in the text, and here alone it is decided that they ignore case.
-#}
{% macro event_evidence(text, pattern, exclusion) -%}
    case
        when {{ exclusion }} is null or not regexp_matches({{ text }}, {{ exclusion }}, 'i')
            then nullif(regexp_extract({{ text }}, {{ pattern }}, 0, 'i'), '')
    end
{%- endmacro %}
