"""What is no day, no company, no quarter and no window is refused by the API server, before a run exists; nothing of it is run."""

import httpx
import pytest

from tests.dags.server.conftest import DAG_IDS, Served
from tests.dags.server.hostile import HOSTILE

pytestmark = pytest.mark.usefixtures("unharmed")

#: Every parameter of every DAG, and how a value is put in it.
PARAMS = {
    ("edgar_daily", "day"): lambda value: {"day": value},
    ("edgar_daily", "way"): lambda value: {"way": value},
    ("edgar_company", "companies"): lambda value: {"companies": [value]},
    ("edgar_company", "since"): lambda value: {"companies": ["AAPL"], "since": value},
    ("edgar_reconcile", "quarters"): lambda value: {"quarters": [value]},
    ("edgar_reference", "ciks"): lambda value: {"ciks": [value]},
}


def post(served: Served, path: str, body: dict) -> httpx.Response:
    with served.client("admin") as client:
        return client.post(f"/api/v2{path}", json=body)


def test_every_parameter_is_among_these(served: Served):
    found = set()
    for dag_id in DAG_IDS:
        found |= {(dag_id, name) for name in served.airflow.api.get(f"/dags/{dag_id}/details")["params"]}
    assert found == set(PARAMS)


@pytest.mark.parametrize(("dag_id", "name"), PARAMS, ids=lambda word: word)
def test_a_hostile_parameter_is_refused_by_name(served: Served, dag_id: str, name: str):
    for value in HOSTILE:
        conf = PARAMS[dag_id, name](value)
        answer = post(served, f"/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf})
        assert (answer.status_code, name in answer.json()["detail"]) == (400, True), value
        assert "49" not in answer.text


def test_a_parameter_that_no_dag_has_changes_nothing_and_one_of_another_kind_is_refused(served: Served):
    for conf in ({"day": 20240101}, {"day": ["2024-01-01"]}, {"way": {"feed": 1}}, {"way": None}, "day", [1]):
        answer = post(served, "/dags/edgar_daily/dagRuns", {"logical_date": None, "conf": conf})
        assert answer.status_code in (400, 422), conf


@pytest.mark.parametrize("key", HOSTILE, ids=ascii)
def test_a_hostile_partition_key_is_refused(served: Served, key: str):
    answer = post(served, "/dags/edgar_daily/dagRuns", {"logical_date": None, "partition_key": key})
    assert answer.status_code in (400, 422), answer.text
