{#-
    Tests that look at rows of this build only, because the others were tested when they came and have not changed: what a
    nightly build costs must not grow with the warehouse.
-#}
{% macro only_rows_of(within, by) -%}
    {%- if within -%}
        where {{ by }} in (select {{ by }} from {{ within }})
    {%- endif -%}
{%- endmacro %}
