-- One row per raw source: parts that raw and the build know, and those that only one of them knows.
select
    source,
    (select count(*) from raw_parts where raw_parts.source = sources.source and is_loaded) as loaded,
    (select count(*) from raw_parts where raw_parts.source = sources.source and is_due and not is_loaded) as forgotten,
    (select count(*) from raw_parts where raw_parts.source = sources.source and is_loaded and not is_committed)
        as vanished,
    (
        select sample(path) from raw_parts
        where raw_parts.source = sources.source
            and ((is_due and not is_loaded) or (is_loaded and not is_committed))
    ) as sample
from (select unnest($sources)) as sources (source)
