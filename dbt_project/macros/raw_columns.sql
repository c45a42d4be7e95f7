{#-
    Columns and types of a raw source, as DuckDB reads them from JSON. Scalars are text, except for counts: typing is
    staging's work, and a value that cannot be cast must fail there by name instead of becoming NULL here.
    The `header` of a submission is not read: what the warehouse knows has its own field, the rest stays in the raw zone.
-#}
{% macro raw_columns(source_name) -%}
    {%- set former_name = 'struct("name" varchar, changed_on varchar)' -%}
    {%- set company -%}
        struct(
            cik varchar, "role" varchar, company_name varchar, file_number varchar, sic varchar,
            state_of_incorporation varchar, fiscal_year_end varchar, former_names {{ former_name }}[]
        )
    {%- endset -%}
    {%- set document -%}
        struct(
            "sequence" integer, document_type varchar, filename varchar, description varchar, bytes bigint,
            sha256 varchar, text_status varchar, "text" varchar, text_length integer,
            index_title varchar, headline varchar, description_title varchar, generic_titles varchar[], excerpt varchar
        )
    {%- endset -%}
    {%- set schedule = 'struct("security" varchar, issuer varchar, filers varchar[], intent varchar)' -%}
    {%- set columns = {
        'submission': {
            'accession_number': 'varchar', 'form_type': 'varchar', 'sha256': 'varchar', 'bytes': 'bigint',
            'url': 'varchar', 'fetched_at': 'varchar', 'parser_version': 'varchar', 'filed_date': 'varchar',
            'accepted_at': 'varchar', 'dissemination_date': 'varchar', 'period_of_report': 'varchar',
            'document_count_declared': 'integer', 'items': 'varchar[]', 'remarks': 'varchar[]',
            'companies': company ~ '[]', 'documents': document ~ '[]', 'schedule': schedule, 'letter_subject': 'varchar',
            'offered': 'varchar', 'cusip': 'varchar',
        },
        'daily_index': {
            'index_date': 'varchar', 'line_number': 'integer', 'cik': 'varchar', 'company_name': 'varchar',
            'form_type': 'varchar', 'filed_date': 'varchar', 'file_name': 'varchar', 'accession_number': 'varchar',
            'problem': 'varchar', 'line': 'varchar', 'sha256': 'varchar', 'fetched_at': 'varchar',
            'parser_version': 'varchar',
        },
        'company_ticker': {
            'position': 'integer', 'cik': 'varchar', 'company_name': 'varchar', 'ticker': 'varchar',
            'exchange': 'varchar', 'fetched_at': 'varchar',
        },
        'company_submissions': {
            'cik': 'varchar', 'company_name': 'varchar', 'sic_code': 'varchar', 'sic_description': 'varchar',
            'state_of_incorporation': 'varchar', 'fiscal_year_end': 'varchar', 'business_state_or_country': 'varchar',
            'tickers': 'varchar[]', 'exchanges': 'varchar[]',
            'former_names': 'struct("name" varchar, "from" varchar, "to" varchar)[]', 'fetched_at': 'varchar',
        },
        'index_listing': {'index_date': 'varchar', 'is_listed': 'boolean', 'fetched_at': 'varchar'},
        'index_change': {
            'change': 'varchar', 'index_name': 'varchar', 'accession_number': 'varchar', 'cik': 'varchar',
            'form_type': 'varchar', 'filed_date': 'varchar', 'company_name': 'varchar',
            'previous_form_type': 'varchar', 'previous_filed_date': 'varchar', 'noticed_at': 'varchar',
            'evidence': 'varchar',
        },
        'fetch_outcome': {
            'url': 'varchar', 'kind': 'varchar', 'index_date': 'varchar', 'accession_number': 'varchar',
            'requested_at': 'varchar', 'status': 'integer', 'bytes': 'bigint', 'sha256': 'varchar',
            'outcome': 'varchar', 'reason': 'varchar', 'attempt': 'integer', 'document_count': 'integer',
        },
    } -%}
    {{ return(columns[source_name]) }}
{%- endmacro %}
