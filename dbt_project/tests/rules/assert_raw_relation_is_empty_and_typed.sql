-- raw_relation without parts: no row, but every column with its type, so that a build without parts is an ordinary one.
with expected (column_name, column_type) as (
    values
    ('url', 'VARCHAR'), ('kind', 'VARCHAR'), ('index_date', 'VARCHAR'), ('accession_number', 'VARCHAR'),
    ('requested_at', 'VARCHAR'), ('status', 'INTEGER'), ('bytes', 'BIGINT'), ('sha256', 'VARCHAR'), ('outcome', 'VARCHAR'),
    ('reason', 'VARCHAR'), ('attempt', 'INTEGER'), ('document_count', 'INTEGER'), ('raw_path', 'VARCHAR')
),

actual as (
    select
        column_name,
        column_type
    from (describe {{ raw_relation('fetch_outcome', []) }})
)

select * from (
    (select * from expected except select * from actual)
    union all
    (select * from actual except select * from expected)
)
union all
select
    'rows' as column_name,
    cast(count(*) as varchar) as column_type
from ({{ raw_relation('submission', []) }}) as submissions
having count(*) > 0
