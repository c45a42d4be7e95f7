{#-
    The characters of a security's number as digits: a letter counts as 10 (A) to 35 (Z), so `US` is 3028 (ISO 6166).
-#}
{% macro security_digits(number) -%}
    list_aggregate(
        list_transform(
            string_split({{ number }}, ''),
            lambda c: cast(strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', c) - 1 as varchar)
        ),
        'string_agg',
        ''
    )
{%- endmacro %}


{#-
    The ISIN of a security with a US number: `US`, the nine characters of its CUSIP, and the check digit of ISO 6166, which is
    Luhn's of the eleven characters as digits: every second digit is doubled, the last one first, and digits are summed.
-#}
{% macro us_isin(cusip) -%}
    (
        'US' || {{ cusip }} || cast(
            (
                10 - list_sum(
                    list_transform(
                        string_split(reverse({{ security_digits("'US' || " ~ cusip) }}), ''),
                        lambda c, i:
                            case
                                when i % 2 = 1 then (cast(c as integer) * 2) // 10 + (cast(c as integer) * 2) % 10
                                else cast(c as integer)
                            end
                    )
                ) % 10
            ) % 10 as varchar
        )
    )
{%- endmacro %}


{#-
    Whether a cover's title of a class means shares, or units of them: `Common Stock (and purchase rights)` does, preferred
    shares, debt, warrants and rights by themselves do not. A cover without a title is not held against its number.
-#}
{% macro is_common_security(security_title) -%}
    coalesce(
        regexp_matches(lower({{ security_title }}), '^(class [a-z] |series [a-z] )?(common|ordinary|american depositary)')
        or not regexp_matches(
            lower({{ security_title }}), 'prefer|warrant|\bnotes?\b|\bbonds?\b|debenture|\brights?\b|\boptions?\b'
        ),
        true
    )
{%- endmacro %}
