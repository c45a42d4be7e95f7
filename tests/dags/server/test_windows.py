"""What the form of a backfill may hold: a bad window or a bad field is refused, and nothing of it is run."""

import httpx
import pytest

from tests.dags.server.conftest import Served
from tests.dags.server.hostile import HOSTILE

pytestmark = pytest.mark.usefixtures("no_backfill", "unharmed")


def post(served: Served, path: str, body: dict) -> httpx.Response:
    with served.client("admin") as client:
        return client.post(f"/api/v2{path}", json=body)


@pytest.mark.parametrize("field", ["from_date", "to_date"])
@pytest.mark.parametrize("path", ["/backfills", "/backfills/dry_run"])
def test_a_window_that_is_no_time_is_refused(served: Served, path: str, field: str):
    for value in HOSTILE:
        window = {"from_date": "2026-01-05T00:00:00Z", "to_date": "2026-01-06T00:00:00Z", field: value}
        body = {"dag_id": "edgar_daily", "max_active_runs": 1, "reprocess_behavior": "none", **window}
        answer = post(served, path, body)
        assert answer.status_code == 422, value
        assert field in answer.text


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("1986-01-01", "2026-01-01"),
        ("1993-01-04", "2033-01-04"),
        ("2026-01-06", "2026-01-05"),
        ("0001-01-01", "9999-12-31"),
    ],
)
@pytest.mark.parametrize("path", ["/backfills", "/backfills/dry_run"])
def test_a_window_of_forty_years_is_refused(served: Served, path: str, first: str, last: str):
    window = {"from_date": f"{first}T00:00:00Z", "to_date": f"{last}T23:59:59.999Z"}
    answer = post(served, path, {"dag_id": "edgar_daily", "max_active_runs": 1, "reprocess_behavior": "none", **window})
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("dag_id", ["edgar_warehouse", "edgar_company", "edgar'; DROP TABLE dag", "{{ 7*7 }}", "../x"])
def test_only_the_daily_dag_is_backfilled(served: Served, dag_id: str):
    body = {"dag_id": dag_id, "from_date": "2026-01-05T00:00:00Z", "to_date": "2026-01-06T00:00:00Z"}
    answer = post(served, "/backfills", {**body, "max_active_runs": 1, "reprocess_behavior": "none"})
    assert answer.status_code in (404, 409, 422), answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_active_runs", "$(touch injected)"),
        ("reprocess_behavior", "all; DROP"),
        ("run_backwards", "{{ 7*7 }}"),
        ("dag_run_conf", {"day": "{{ 7*7 }}"}),
        ("dag_run_conf", {"way": "10-K' OR 1=1"}),
    ],
)
def test_a_hostile_field_of_the_backfills_form_is_refused(served: Served, field: str, value: object):
    window = {"from_date": "2026-02-02T00:00:00Z", "to_date": "2026-02-03T23:59:59.999Z"}
    body = {"dag_id": "edgar_daily", "max_active_runs": 1, "reprocess_behavior": "completed", **window, field: value}
    answer = post(served, "/backfills", body)
    assert answer.status_code == 422, answer.text
    assert (field if field != "dag_run_conf" else "param") in answer.text
