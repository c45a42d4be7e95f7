{#-
    Whether a DESCRIPTION says more than what the reader knows already: does any word of three letters stay when the words of
    the form, the document type, the file name and the company are taken away, and those that only name a document?
    `EX-99.1`, `FORM 4 SUBMISSION`, `HORIZON FINANCIAL CORP. FORM 8-K`, `8-K DATED JANUARY 24, 1994` and `-` say nothing.
    `known` is a list of SQL expressions, each a text or NULL. NULL says nothing.
-#}
{% macro says_something(description, known) -%}
    coalesce(not list_has_all(
        string_split_regex(
            upper(concat_ws(' ', {{ known | join(', ') }}, '{{ empty_words() | join(' ') }}')), '[^A-Z0-9]+'
        ),
        list_filter(
            string_split_regex(upper({{ description }}), '[^A-Z0-9]+'), lambda word: regexp_matches(word, '[A-Z]{3}')
        )
    ), false)
{%- endmacro %}


{#- Words that name a document without saying what is in it. -#}
{% macro empty_words() -%}
    {{ return([
        'exhibit', 'exhibits', 'form', 'schedule', 'annex', 'document', 'documents', 'primary', 'main', 'submission', 'filing',
        'file', 'text', 'txt', 'htm', 'html', 'pdf', 'xml', 'cover', 'page', 'none', 'the', 'and', 'for', 'sec', 'edgar',
        'amendment', 'amended', 'dated', 'date', 'issued', 'press', 'news', 'release', 'january', 'february', 'march', 'april',
        'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december',
    ]) }}
{%- endmacro %}


{#- Text on one line: white space folded, NULL where nothing is left. -#}
{% macro folded(text) -%}
    nullif(trim(regexp_replace({{ text }}, '\s+', ' ', 'g')), '')
{%- endmacro %}


{#- `March 5, 2020` -#}
{% macro long_date(date) -%}
    strftime({{ date }}, '%B %-d, %Y')
{%- endmacro %}


{#- A list of texts as words: `2.02`, `2.02 and 9.01`, `1.01, 2.03 and 9.01`. -#}
{% macro list_in_words(texts) -%}
    case len({{ texts }})
        when 0 then null
        when 1 then {{ texts }}[1]
        else array_to_string({{ texts }}[:-2], ', ') || ' and ' || {{ texts }}[-1]
    end
{%- endmacro %}


{#- A list of names as words, of which two are shown: `Ann B. Lee`, `Ann B. Lee and Bo Day`, `Ann B. Lee and 5 others`. -#}
{% macro names_in_words(names) -%}
    case
        when len({{ names }}) = 0 then null
        when len({{ names }}) <= 2 then array_to_string({{ names }}, ' and ')
        else {{ names }}[1] || ' and ' || (len({{ names }}) - 1) || ' others'
    end
{%- endmacro %}
