{#- An item's text as letters and digits, because headers of different years punctuate and capitalize it differently. -#}
{% macro item_key(text) -%}
    regexp_replace(lower({{ text }}), '[^a-z0-9]', '', 'g')
{%- endmacro %}
