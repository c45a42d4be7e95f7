{#- A version as a list of numbers, so that 10 is newer than 9 and 1.10 than 1.9. -#}
{% macro version_key(version) -%}
    list_transform(string_split({{ version }}, '.'), lambda part: try_cast(part as integer))
{%- endmacro %}
