"""Airflow for the tests of this folder: in a folder of its own, with this project's DAGs and plugin, without a server."""

import json
import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Airflow reads its configuration when it is first imported, so this stands before every test module's imports.
_HOME = tempfile.TemporaryDirectory(prefix="airflow-tests-")
os.environ.update(
    {
        "AIRFLOW_HOME": _HOME.name,
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_HOME.name}/airflow.db",
    }
)


@pytest.fixture(scope="session")
def dags() -> dict:
    """The DAGs of dags/, by id, as the DAG processor parses them; a file that does not parse fails every test here."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(ROOT / "dags", load_op_links=False)
    assert bag.import_errors == {}
    return dict(bag.dags)


@pytest.fixture(scope="session")
def serialized(dags) -> dict:
    """The same DAGs as scheduler and API server know them: through JSON, with the timetable from the plugin."""
    from airflow.serialization.serialized_objects import DagSerialization

    texts = {dag_id: json.dumps(DagSerialization.to_dict(dag)) for dag_id, dag in dags.items()}
    return {dag_id: DagSerialization.from_dict(json.loads(text)) for dag_id, text in texts.items()}
