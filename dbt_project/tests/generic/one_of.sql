{#- The column has one of these values in every row. -#}
{% test one_of(model, column_name, values, within=none, by='accession_number') %}
select distinct {{ column_name }}
from (
    select * from {{ model }}
    {{ only_rows_of(within, by) }}
)
where {{ column_name }} is null or {{ column_name }} not in ('{{ values | join("', '") }}')
{% endtest %}
