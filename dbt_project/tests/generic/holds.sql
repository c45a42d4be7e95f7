{#- The expression is true for every row; NULL is not true. -#}
{% test holds(model, expression, within=none, by='accession_number') %}
select *
from (
    select * from {{ model }}
    {{ only_rows_of(within, by) }}
)
where ({{ expression }}) is distinct from true
{% endtest %}
