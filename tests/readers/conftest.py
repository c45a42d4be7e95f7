"""The environment of the readers, made once a session."""

from pathlib import Path

import pytest

from tests.readers.environment import make_reader_python


@pytest.fixture(scope="session")
def reader_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with DuckDB 1.4.0, SQLAlchemy, pandas and Polars."""
    return make_reader_python(tmp_path_factory.mktemp("readers") / "environment")
