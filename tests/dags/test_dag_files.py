"""What must hold of every DAG file: it parses, it wires only, and it says who, when and how often."""

import ast
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.exceptions import ParamValidationError
from airflow.sdk.exceptions import AirflowSkipException
from edgar_dags import RETRY_POLICY, green_if_not_due, tell_failure
from edgar_pipeline.errors import Blocked, Incomplete, InputError, NotYetDue, Unavailable, WarehouseError

ROOT = Path(__file__).parents[2]
DAG_FILES = sorted((ROOT / "dags").glob("*.py"))
DAG_IDS = ["edgar_company", "edgar_daily", "edgar_reconcile", "edgar_reference", "edgar_warehouse"]

#: Each is seconds of import, or opens what a parsed DAG has no business with.
HEAVY = ["duckdb", "dbt", "great_expectations", "pandas", "holidays", "edgar_pipeline.client", "edgar_pipeline.ingest"]


def test_there_is_one_dag_per_file_and_none_else(dags):
    assert sorted(dags) == DAG_IDS == [path.stem for path in DAG_FILES]


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_a_dag_has_docs_owner_and_tags(dags, dag_id: str):
    dag = dags[dag_id]
    assert dag.doc_md.startswith("# ")
    assert "**When.**" in dag.doc_md and "**Is a rerun safe?**" in dag.doc_md
    assert dag.owner == "data-engineering"
    assert "edgar" in dag.tags
    assert dag.catchup is False


def test_the_schedules_survive_serialization(serialized):
    # An unregistered timetable, a cycle or a default that is no JSON fails in the fixture, as it does in Airflow.
    assert serialized["edgar_daily"].timetable.type_name == "edgar_timetable.IndexDayTimetable"
    assert serialized["edgar_warehouse"].timetable.type_name == "PartitionedAssetTimetable"
    assert all(serialized[dag_id].timetable.partitioned for dag_id in ("edgar_daily", "edgar_warehouse"))
    for dag_id, cron in (("edgar_reference", "0 8 * * 0"), ("edgar_reconcile", "0 10 * * 0")):
        weekly = serialized[dag_id].timetable
        assert (weekly.summary, weekly._timezone.name) == (cron, "America/New_York")


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_a_failed_run_tells_of_itself(dags, dag_id: str):
    # In edgar_daily `index` and `fetch` may fail on a night that `check` still finds complete, or says what is missing of it.
    tasks = [task for task in dags[dag_id].tasks if dag_id != "edgar_daily" or task.task_id in ("landed", "check")]
    assert [task.task_id for task in tasks if tell_failure not in _callbacks(task)] == []


def _callbacks(task) -> list:
    callbacks = option(task, "on_failure_callback")
    return list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_every_task_has_docs_retries_a_timeout_and_a_pool(dags, dag_id: str):
    pools = {"edgar_warehouse": {"warehouse"}}
    for task in dags[dag_id].tasks:
        assert option(task, "doc_md"), task.task_id
        assert option(task, "retries") >= 1, task.task_id
        assert option(task, "retry_delay") >= timedelta(minutes=1), task.task_id
        assert option(task, "retry_policy") is RETRY_POLICY, task.task_id
        assert timedelta(minutes=1) < option(task, "execution_timeout") <= timedelta(hours=6), task.task_id
        assert option(task, "pool") in pools.get(dag_id, {"edgar", "default_pool"}), task.task_id


def option(task, name: str) -> object:
    """What a task was given; a mapped one keeps it aside for its instances."""
    return task.partial_kwargs.get(name) if task.is_mapped else getattr(task, name)


@pytest.mark.parametrize(
    ("error", "action", "delay"),
    [
        (InputError("EDGAR_USER_AGENT is not set"), "fail", None),
        (Incomplete("2020-03-05: 1 pending"), "fail", None),
        (Blocked("429"), "retry", timedelta(minutes=20)),
        (Unavailable("timeout"), "retry", timedelta(minutes=5)),
        (WarehouseError("the disk is full"), "retry", timedelta(minutes=5)),
        (ConnectionRefusedError("the database did not answer"), "retry", timedelta(minutes=5)),
        (RuntimeError("Airflow's API did not answer"), "default", None),
        (KeyError("a bug"), "fail", None),
        (AttributeError("a bug"), "fail", None),
    ],
)
def test_the_kinds_of_failure(error: Exception, action: str, delay: timedelta | None):
    decision = RETRY_POLICY.evaluate(error, try_number=1, max_tries=3)
    assert (decision.action.value, decision.retry_delay) == (action, delay)


def test_a_day_that_is_not_due_is_skipped_and_an_incomplete_one_is_not():
    with pytest.raises(AirflowSkipException, match=r"^2026-11-23: not yet$"), green_if_not_due():
        raise NotYetDue("2026-11-23: not yet")
    with pytest.raises(Incomplete), green_if_not_due():
        raise Incomplete("2026-11-20: 1 pending")


def test_the_night_goes_before_what_a_person_started_and_that_before_a_backfill(serialized):
    # GIVEN the weights by which the scheduler orders what waits for the one slot
    def weights(run_id: str) -> dict[str, int]:
        tasks = serialized["edgar_daily"].tasks
        return {task.task_id: weight_of(task, run_id) for task in tasks}

    night, manual, backfill = (weights(f"{kind}__2026-11-20__x") for kind in ("scheduled", "manual", "backfill"))
    # THEN a begun day is finished before another begins
    assert backfill == {"index": 1, "plan": 2, "fetch": 3, "reread": 1, "landed": 5, "check": 6}
    # and every task of the night stands before every other one
    assert min(night.values()) > max(manual.values()) > min(manual.values()) > max(backfill.values())


def weight_of(task, run_id: str) -> int:
    """The weight of a task in a run, as Airflow computes it for a new task instance."""
    return task.weight_rule.get_weight(SimpleNamespace(task=task, run_id=run_id))


def test_the_order_survives_serialization(serialized):
    for dag in serialized.values():
        for task in dag.tasks:
            assert type(task.weight_rule).__name__ == "NightlyFirst", task.task_id


@pytest.mark.parametrize("way", ["auto", "feed", "filings"])
def test_the_ways_of_fetching(serialized, way: str):
    assert serialized["edgar_daily"].params.deep_merge({"way": way}).validate()["way"] == way


@pytest.mark.parametrize("way", ["tarball", "", None, "feed; rm -rf /", "{{ 7*7 }}", ["feed"]])
def test_another_way_is_refused_by_the_schema(serialized, way: object):
    with pytest.raises(ParamValidationError, match="Invalid input for param way"):
        serialized["edgar_daily"].params.deep_merge({"way": way}).validate()


def test_what_asks_the_sec_stands_in_the_pool_of_one_slot(dags):
    pools = {task.task_id: task.pool for task in dags["edgar_daily"].tasks}
    assert pools == {
        "index": "edgar",
        "plan": "default_pool",
        "fetch": "edgar",
        "reread": "edgar",
        "landed": "default_pool",
        "check": "default_pool",
    }
    assert {task.task_id: task.pool for task in dags["edgar_reconcile"].tasks} == {
        "quarters": "default_pool",
        "reconcile": "edgar",
        "landed": "default_pool",
        "check": "default_pool",
    }
    assert {task.task_id: task.pool for task in dags["edgar_reference"].tasks} == {
        "land": "edgar",
        "landed": "default_pool",
        "check": "default_pool",
    }
    assert {task.task_id: task.pool for task in dags["edgar_company"].tasks} == {
        "resolve": "edgar",
        "land": "edgar",
        "landed": "default_pool",
        "check": "default_pool",
    }
    assert dags["edgar_warehouse"].max_active_runs == 1


def test_the_order_of_the_tasks(dags):
    def order(dag_id: str) -> dict[str, set[str]]:
        return {task.task_id: task.downstream_task_ids for task in dags[dag_id].tasks}

    assert order("edgar_daily") == {
        "index": {"plan"},
        "plan": {"fetch"},
        "fetch": {"landed"},
        "reread": {"landed", "check"},
        "landed": {"check"},
        "check": set(),
    }
    assert order("edgar_company") == {
        "resolve": {"land"},
        "land": {"landed", "check"},
        "landed": {"check"},
        "check": set(),
    }
    assert order("edgar_reconcile") == {
        "quarters": {"reconcile"},
        "reconcile": {"landed", "check"},
        "landed": {"check"},
        "check": set(),
    }
    assert order("edgar_reference") == {"land": {"landed", "check"}, "landed": {"check"}, "check": set()}
    assert order("edgar_warehouse") == {"build": {"validate"}, "validate": {"publish"}, "publish": set()}


@pytest.mark.parametrize("dag_id", [dag_id for dag_id in DAG_IDS if dag_id != "edgar_warehouse"])
def test_what_landed_starts_the_warehouse_even_after_a_failure(dags, dag_id: str):
    landed = dags[dag_id].get_task("landed")
    assert [outlet.name for outlet in landed.outlets] == ["edgar_landed_days"]
    assert landed.trigger_rule == "all_done"
    assert dags["edgar_warehouse"].timetable.asset_condition.name == "edgar_landed_days"


@pytest.mark.parametrize(
    "day", ["2024-02-30", "20240101", "today", "2024-01-01'; DROP TABLE dag", "{{ 7*7 }}", 20240101]
)
def test_a_bad_day_parameter_is_refused_by_its_schema(serialized, day: object):
    with pytest.raises(ParamValidationError, match="Invalid input for param day"):
        _validated(serialized, day)


@pytest.mark.parametrize("cik", ["AAPL", "1'; DROP TABLE dag", "{{ 7*7 }}", "", "12345678901", 320193])
def test_a_bad_cik_is_refused_by_its_schema(serialized, cik: object):
    with pytest.raises(ParamValidationError, match="Invalid input for param ciks"):
        serialized["edgar_reference"].params.deep_merge({"ciks": [cik]}).validate()


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({}, "companies"),
        ({"companies": []}, "companies"),
        ({"companies": "AAPL"}, "companies"),
        ({"companies": ["AAPL'; DROP TABLE dag"]}, "companies"),
        ({"companies": ["{{ 7*7 }}"]}, "companies"),
        ({"companies": ["AAPL"], "since": "2024-02-30"}, "since"),
        ({"companies": ["AAPL"], "since": "yesterday"}, "since"),
    ],
)
def test_a_bad_form_of_a_company_is_refused_by_its_schema(serialized, params: dict, name: str):
    with pytest.raises(ParamValidationError, match=f"param {name}"):
        serialized["edgar_company"].params.deep_merge(params).validate()


@pytest.mark.parametrize("quarter", ["2020", "2020Q5", "2020-Q1", "{{ 7*7 }}", "2020Q1'; DROP TABLE dag"])
def test_a_bad_quarter_is_refused_by_its_schema(serialized, quarter: str):
    with pytest.raises(ParamValidationError, match="Invalid input for param quarters"):
        serialized["edgar_reconcile"].params.deep_merge({"quarters": [quarter]}).validate()
    assert serialized["edgar_reconcile"].params.deep_merge({"quarters": ["2020Q1"]}).validate() == {
        "quarters": ["2020Q1"]
    }


def test_a_good_form_of_a_company_is_accepted(serialized):
    params = {"companies": ["1804583", "BRK-B", "aapl"], "since": "2024-02-29"}
    assert serialized["edgar_company"].params.deep_merge(params).validate() == params


def test_a_good_day_or_none_is_accepted(serialized):
    assert _validated(serialized, "2024-02-29")["day"] == "2024-02-29"
    assert _validated(serialized, None)["day"] is None


def _validated(serialized, day: object) -> dict:
    """The run's parameters as the API server judges them when a run is triggered or backfilled with this `day`."""
    return serialized["edgar_daily"].params.deep_merge({"day": day}).validate()


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.name)
def test_a_dag_file_is_short_and_knows_of_airflow_only_the_sdk(path: Path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 100
    for node in ast.walk(ast.parse(text)):
        names = [node.module] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            assert not name.startswith("airflow") or name.split(".")[:2] == ["airflow", "sdk"], name


def test_parsing_the_dag_files_imports_nothing_heavy():
    # GIVEN an interpreter with what Airflow's processes have anyway: the SDK and the plugins folder on the path
    code = (
        "import runpy, sys, time, airflow.sdk, airflow.timetables.base; from airflow.sdk import DAG, task; task\n"
        "before = set(sys.modules)\n"
        "for path in sys.argv[1:]:\n"
        "    began = time.process_time()\n"
        "    runpy.run_path(path)\n"
        "    print(time.process_time() - began, *set(sys.modules) - before)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "plugins")}
    # WHEN the DAG files are executed, as the DAG processor and every task do
    done = subprocess.run(
        [sys.executable, "-c", code, *DAG_FILES], capture_output=True, text=True, check=True, env=environment
    )
    # THEN none of the big libraries came with any of them, and neither did a client, and none took a second
    lines = [line.split() for line in done.stdout.splitlines()[-len(DAG_FILES) :]]
    assert all("edgar_dags" in modules for _, *modules in lines)
    assert [name for name in [*HEAVY, "httpx"] for _, *modules in lines if name in modules] == []
    assert [seconds for seconds, *_ in lines if float(seconds) >= 2.0] == []
