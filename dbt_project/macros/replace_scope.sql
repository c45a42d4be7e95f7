{#-
    Incremental strategy `replace_scope`: delete every row of the scope, then insert the new ones.

    dbt's own delete+insert deletes by the keys of the *new* rows, so a filing that is parsed again with fewer exhibits would
    keep the lost ones. Here the scope is a relation that lists what is replaced, even where nothing takes its place:

        config(incremental_strategy='replace_scope', replace_scope={'accession_number': 'int_submissions_replaced'})

    deletes the rows whose accession_number is in int_submissions_replaced (a model that this one depends on; its column has
    the same name). With several entries, a row in any of the scopes is deleted.
-#}
{% macro get_incremental_replace_scope_sql(arguments) -%}
    {%- for column, scope in config.require('replace_scope').items() %}
    delete from {{ arguments.target_relation }} where {{ column }} in (select {{ column }} from {{ ref(scope) }});
    {%- endfor %}
    {{ get_incremental_append_sql(arguments) }}
{%- endmacro %}
