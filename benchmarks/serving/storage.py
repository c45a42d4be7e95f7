"""What the texts of submissions take on disk, in DuckDB's file and in the lake's format: made-up texts would say nothing of it."""

from pathlib import Path

import duckdb
import pandas as pd
from edgar_pipeline.text import extract_text

from benchmarks.corpus import Corpus
from benchmarks.measuring import console


def show_storage(corpus: Corpus, folder: Path) -> None:
    """Print the sizes of the same texts in each format."""
    extracted = [(kind, extract_text(body, kind)) for kind, body in corpus.documents()]
    texts = pd.DataFrame(
        [(kind, one.text) for kind, one in extracted if one.status == "text"], columns=["document_type", "text"]
    )
    database, sizes = folder / "texts.duckdb", {}
    with duckdb.connect() as connection:
        connection.register("texts", texts)
        connection.execute(f"attach '{database}' as file (storage_version 'v1.4.0')")
        connection.execute("create table file.texts as from texts")
        connection.execute("detach file")
        sizes["DuckDB's file"] = database.stat().st_size / 1e6
        for compression in ("zstd", "snappy"):
            path = folder / f"{compression}.parquet"
            connection.execute(f"copy texts to '{path}' (format parquet, compression {compression})")
            sizes[f"Parquet, {compression}"] = path.stat().st_size / 1e6
    listed = ", ".join(f"{name} {size:.2f} MB" for name, size in sizes.items())
    console.print(
        f"{len(texts)} texts of {corpus.name}, {texts.text.str.len().sum() / 1e6:.1f} million characters: {listed}"
    )
