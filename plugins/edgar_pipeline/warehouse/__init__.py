"""The warehouse build: raw parts that are not loaded yet → a private DuckDB file that `validate` judges and `publish` swaps in.

    build/.work/                     one build at a time; thrown away when it fails or is killed
        edgar.duckdb                 copy of the current publication, in which dbt then replaces what is new
        scratch.duckdb               views over the raw parts, staging, intermediate models; deleted at the end
    build/<build_id>/                the same folder under its final name: only a whole build is ever called one
        edgar.duckdb                 schemas marts (public) and ops (the warehouse's books), tables only
        run_results.json, logs/      what dbt did
    build/.dbt/                      dbt's parse cache

What a build costs follows what is new: dbt reads new submission parts, and the index and outcome parts of their partitions.
The published tables are a function of the raw zone and of the transformation (models, macros, seeds). If the
transformation has changed since the current publication, rows of both versions must not be mixed: everything is rebuilt.

    building          the use case
    parts, books      what is to be loaded, and what has been
    folders           one build at a time, whole or not at all
    transformation    dbt, in a process of its own
    documentation     dbt's docs of all that, for each publication
    sorting           the timeline, sorted by company again when too much was appended
"""

from edgar_pipeline.warehouse.building import Build, build, has_news
from edgar_pipeline.warehouse.documentation import document_publication, write_documentation

__all__ = ["Build", "build", "document_publication", "has_news", "write_documentation"]
