{#- No two rows have the same values in these columns. `within`: only rows whose `by` is in that relation. -#}
{% test unique_rows(model, columns, within=none, by='accession_number') %}
select
    {{ columns | join(', ') }},
    count(*) as occurrences
from {{ model }}
{{ only_rows_of(within, by) }}
group by all
having count(*) > 1
{% endtest %}
