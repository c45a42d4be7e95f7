{#-
    On-run-start: the views scratch.previous.* over what the marts hold before this build changes them, or typed empty
    relations in a new warehouse. Only models upstream of the mart may read them: later the mart has changed.
-#}
{% macro create_previous_views() -%}
    {%- if execute -%}
        {%- do run_query('create schema if not exists scratch.previous') -%}
        {%- do create_previous_view('filings', 'fct_filings', {
            'accession_number': 'varchar', 'parser_version': 'varchar', 'fetched_at': 'timestamptz', 'raw_path': 'varchar',
        }) -%}
        {%- do create_previous_view('filing_companies', 'filing_companies', {
            'accession_number': 'varchar', 'cik': 'varchar',
        }) -%}
    {%- endif -%}
{%- endmacro %}


{% macro create_previous_view(name, mart, columns) -%}
    {%- set relation = adapter.get_relation(target.database, 'marts', mart) -%}
    {%- set query -%}
        create or replace view scratch.previous.{{ name }} as
        {% if relation -%}
            select {{ columns.keys() | join(', ') }} from {{ relation }}
        {%- else -%}
            select
            {%- for column, type in columns.items() %}
                cast(null as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
            where false
        {%- endif -%}
    {%- endset -%}
    {%- do run_query(query) -%}
{%- endmacro %}
