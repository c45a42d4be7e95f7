{#-
    On-run-start: the views scratch.raw.* over the raw parts of this build, or typed empty relations.

    The parts are written into the view as a literal list, because DuckDB prunes by a literal list (0.1 s over 1,250 files)
    and reads every file with a join against a control table (90 s).
-#}
{% macro create_raw_views() -%}
    {%- if execute -%}
        {%- do run_query('create schema if not exists scratch.raw') -%}
        {%- for name in [
            'submission', 'daily_index', 'company_ticker', 'company_submissions', 'index_listing', 'index_change',
            'fetch_outcome'
        ] -%}
            {%- set paths = run_query(
                "select path from " ~ source('ops', 'parts_to_load') ~ " where source = '" ~ name ~ "' order by path"
            ).columns[0].values() -%}
            {%- do run_query('create or replace view scratch.raw.' ~ name ~ ' as ' ~ raw_relation(name, paths)) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#-
    A query over raw parts (paths relative to EDGAR_HOME), with `raw_path`, the part that holds each record. Explicit
    columns, because inference looks at a sample only; no ignore_errors, because it turns a bad line into a row of NULL.
-#}
{% macro raw_relation(name, paths) -%}
    {%- set columns = raw_columns(name) -%}
    {%- if paths | length == 0 -%}
        select
            {% for column, type in columns.items() -%}
                cast(null as {{ type }}) as {{ adapter.quote(column) }},
            {% endfor -%}
            cast(null as varchar) as raw_path
        where false
    {%- else -%}
        {%- set home = env_var('EDGAR_HOME', '.') -%}
        select
            * exclude (filename),
            substring(filename, {{ home | length + 2 }}) as raw_path
        from read_json(
            [
                {%- for path in paths %}
                '{{ (home ~ '/' ~ path) | replace("'", "''") }}'{{ ',' if not loop.last }}
                {%- endfor %}
            ],
            columns = {
                {%- for column, type in columns.items() %}
                '{{ column }}': '{{ type | replace("'", "''") }}'{{ ',' if not loop.last }}
                {%- endfor %}
            },
            format = 'newline_delimited',
            compression = 'zstd',
            filename = true,
            hive_partitioning = false,
            maximum_object_size = {{ maximum_object_size() }}
        )
    {%- endif -%}
{%- endmacro %}


{#- Bytes of the longest record that this build may meet. DuckDB reserves twice this much per thread, so it is measured. -#}
{% macro maximum_object_size() -%}
    {{ return(run_query('select maximum_object_size from ' ~ source('ops', 'build')).columns[0].values()[0]) }}
{%- endmacro %}
