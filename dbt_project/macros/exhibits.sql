{#- Documents of type EX-* are exhibits, however the filer wrote it. -#}
{% macro is_exhibit(document_type) -%}
    starts_with(upper({{ document_type }}), 'EX-')
{%- endmacro %}


{#-
    What follows `EX-`: `99.1` of `EX-99.1`, of `EX-99.1 CHARTER` and of `ex-99.1`; `24.3` of `EX-24.3_1009459`;
    `FILING FEES` of `EX-FILING FEES`, which has no number.
-#}
{% macro exhibit_number(document_type) -%}
    case
        when regexp_matches({{ document_type }}, '(?i)^EX-[0-9]')
            then regexp_extract(upper({{ document_type }}), '^EX-([^\s_]+)', 1)
        else trim(substring(upper({{ document_type }}), 4))
    end
{%- endmacro %}


{#- An exhibit number as role rules are compared with it: the integer, then letters and digits only, `99.A5` of `99.(A)(5)`. -#}
{% macro exhibit_role_key(exhibit_number) -%}
    rtrim(
        regexp_extract({{ exhibit_number }}, '^[0-9]*') || '.'
        || regexp_replace(regexp_replace({{ exhibit_number }}, '^[0-9]*', ''), '[^A-Z0-9]', '', 'g'),
        '.'
    )
{%- endmacro %}
