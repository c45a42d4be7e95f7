{#- The filing's index page at the SEC. Any filer's CIK leads to it. -#}
{% macro filing_url(cik, accession_number) -%}
    (
        'https://www.sec.gov/Archives/edgar/data/' || cast({{ cik }} as bigint) || '/'
        || replace({{ accession_number }}, '-', '') || '/' || {{ accession_number }} || '-index.htm'
    )
{%- endmacro %}


{#-
    A document's page at the SEC. Without a file name (1994 to 2000), or with one that is no plain file name (the text comes
    from the filer, and a link must not lead elsewhere), it is the complete submission.
-#}
{% macro document_url(cik, accession_number, filename) -%}
    case
        when regexp_full_match({{ filename }}, '[A-Za-z0-9][A-Za-z0-9._-]*')
            then
                'https://www.sec.gov/Archives/edgar/data/' || cast({{ cik }} as bigint) || '/'
                || replace({{ accession_number }}, '-', '') || '/' || {{ filename }}
        else
            'https://www.sec.gov/Archives/edgar/data/' || cast({{ cik }} as bigint) || '/' || {{ accession_number }} || '.txt'
    end
{%- endmacro %}
