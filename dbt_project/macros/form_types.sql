{#-
    Amendments: `8-K/A`, and for alternative trading systems `ATS-N/MA`, `/UA`, `/CA` and `/OFA`. The base form is what comes
    before the slash.
-#}
{% macro is_amendment(form_type) -%}
    regexp_matches({{ form_type }}, '/[A-Z]{0,2}A$')
{%- endmacro %}


{% macro base_form(form_type) -%}
    regexp_replace({{ form_type }}, '/[A-Z]{0,2}A$', '')
{%- endmacro %}
