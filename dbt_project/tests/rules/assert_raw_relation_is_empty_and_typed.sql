-- raw_relation without parts: no row, but every column with its type, so that an empty build is an ordinary one.
with described as (
    select count(*) as row_count from ({{ raw_relation('fetch_outcome', []) }}) as empty
    where accession_number is null or status = 0 or raw_path is null
)

select * from described
where row_count <> 0
