{#- Every value of the column stands in the other relation's column. -#}
{% test found_in(model, column_name, to, field, within=none, by='accession_number') %}
select distinct {{ column_name }}
from (
    select * from {{ model }}
    {{ only_rows_of(within, by) }}
)
where {{ column_name }} is not null and {{ column_name }} not in (select {{ field }} from {{ to }})
{% endtest %}
