"""The EDGAR filing warehouse: from EDGAR's indexes to a published DuckDB file.

The way of the data is the way of the imports: `client` fetches, `sources` and `text` parse, `landing` keeps,
`ingest` joins them, `warehouse` builds, `quality` judges, `publish` swaps. Nothing here imports Airflow.
"""

#: Version of the code, stored with every publication.
CODE_VERSION = "0.1.0"

#: Version of everything that turns received bytes into raw records. Raise it whenever a record of the same bytes would differ.
PARSER_VERSION = "5"
