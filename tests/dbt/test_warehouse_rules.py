"""dbt's own tests: unit tests of every rule, tests of the macros, data tests on the hand-made history."""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.dbt.conftest import DBT_PROJECT, run_dbt


def yaml_entries(kind):
    """All entries of a kind (`models`, `macros`, `unit_tests` …) in the project's YAML files."""
    files = [path for folder in ("models", "macros", "seeds") for path in sorted((DBT_PROJECT / folder).rglob("*.yml"))]
    return [entry for path in files for entry in (yaml.safe_load(path.read_text()) or {}).get(kind, [])]


@pytest.fixture(scope="module")
def results(whole, tmp_path_factory) -> dict[str, str]:
    """The status of every node of a complete `dbt build`, which also loads the history a second time into itself."""
    folder = tmp_path_factory.mktemp("dbt")
    code, output = run_dbt(whole, folder, "build")
    assert code == 0, output[-4000:]
    run = json.loads((folder / "run_results.json").read_text())
    return {result["unique_id"]: result["status"] for result in run["results"]}


def test_every_unit_test_ran_and_passed(results):
    defined = {entry["name"] for entry in yaml_entries("unit_tests")}
    passed = {
        key.split(".")[-1] for key, status in results.items() if key.startswith("unit_test.") and status == "pass"
    }
    assert passed == defined
    assert len(defined) == 38


def test_every_test_of_macros_ran_and_passed(results):
    files = {path.stem for path in (DBT_PROJECT / "tests" / "rules").glob("*.sql")}
    assert {name: results.get(f"test.edgar_warehouse.{name}") for name in files} == dict.fromkeys(files, "pass")
    assert len(files) == 8


def test_data_tests_pass_but_for_what_the_history_has_unknown(results):
    statuses = {key: status for key, status in results.items() if key.startswith("test.")}
    assert {key.split(".")[2] for key, status in statuses.items() if status != "pass"} == {
        "every_8k_item_has_a_number",
        "every_form_type_is_known",
    }
    assert len(statuses) > 50


def test_every_model_seed_and_macro_is_described():
    for kind, folder, pattern in [("models", "models", "*.sql"), ("seeds", "seeds", "*.csv")]:
        described = {entry["name"] for entry in yaml_entries(kind) if entry.get("description")}
        assert described == {path.stem for path in (DBT_PROJECT / folder).rglob(pattern)}
    found = {
        name
        for path in (DBT_PROJECT / "macros").glob("*.sql")
        for name in re.findall(r"{% macro (\w+)\(", path.read_text())
    }
    assert {entry["name"] for entry in yaml_entries("macros") if entry.get("description")} == found


def test_every_public_model_says_its_grain_and_describes_every_column():
    marts = {path.stem for path in (DBT_PROJECT / "models" / "marts").glob("*.sql")}
    public = [entry for entry in yaml_entries("models") if entry["name"] in marts]
    assert len(public) == 16
    for entry in public:
        assert entry["description"].startswith("One row"), entry["name"]
        assert [column["name"] for column in entry["columns"] if not column.get("description")] == []


def test_sql_files_are_short():
    lines = {path.name: len(path.read_text().splitlines()) for path in DBT_PROJECT.rglob("*.sql")}
    assert {name: count for name, count in lines.items() if count > 120} == {}


# Seeds


def seed(name):
    with (DBT_PROJECT / "seeds" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_rules_name_only_known_forms_items_and_codes():
    forms = {row["form_type"] for row in seed("form_types")}
    items = {row["item_number"] for row in seed("form_8k_items")}
    codes = {row["event_code"] for row in seed("event_types")}
    for row in seed("event_rules"):
        assert set(filter(None, row["form_types"].split("|"))) <= forms, row["rule_id"]
        assert set(filter(None, row["items"].split("|"))) <= items, row["rule_id"]
        assert row["event_code"] in codes


def test_every_8k_item_that_announces_something_has_one_rule():
    of_items = [row for row in seed("event_rules") if row["method"] in ("item", "fallback")]
    rules = Counter(item for row in of_items for item in row["items"].split("|") if item)
    items = {row["item_number"] for row in seed("form_8k_items")}
    # 9.01 and 7 only list exhibits.
    assert items - set(rules) == {"9.01", "7"}
    assert set(rules.values()) == {1}


def test_both_numberings_are_whole():
    numbers = {flag: set() for flag in ("true", "false")}
    for row in seed("form_8k_items"):
        numbers[row["is_current_numbering"]].add(row["item_number"])
    assert numbers["false"] == {str(number) for number in range(1, 13)}
    assert numbers["true"] == {
        *(f"1.0{number}" for number in range(1, 6)),
        *(f"2.0{number}" for number in range(1, 7)),
        *("3.01", "3.02", "3.03", "4.01", "4.02"),
        *(f"5.0{number}" for number in range(1, 9)),
        *(f"6.0{number}" for number in range(1, 7)),
        *("6.10", "7.01", "8.01", "9.01"),
    }


def test_rules_that_read_texts_name_no_catch_all_code():
    catch_all = {row["event_code"] for row in seed("event_types") if row["is_catch_all"] == "true"}
    assert catch_all == {"REG_FD_OR_OTHER", "UNCLASSIFIED"}
    readers = [row for row in seed("event_rules") if row["method"] in ("headline", "exhibit")]
    assert [row["rule_id"] for row in readers if row["event_code"] in catch_all] == []


def test_a_form_has_at_most_one_form_rule():
    forms = Counter(
        form for row in seed("event_rules") if row["method"] == "form" for form in row["form_types"].split("|")
    )
    assert [form for form, count in forms.items() if count > 1] == []


def test_ownership_forms_are_the_families_of_the_contract():
    owned = {row["form_type"] for row in seed("form_types") if row["is_ownership"] == "true"}
    assert owned == {
        *("3", "4", "5", "144", "13F-HR", "13F-NT", "13F-CTR", "13F-E", "13FCONP"),
        *("SC 13D", "SC 13G", "SCHEDULE 13D", "SCHEDULE 13G"),
    }


def test_the_glossary_knows_every_form_of_real_indexes():
    archive = Path(__file__).parents[3] / "shared" / "edgar-archive" / "indexes"
    if not archive.is_dir():
        pytest.skip("needs the archive of real indexes in ../shared")
    known = {row["form_type"] for row in seed("form_types")}
    rows = [line.split("|") for path in archive.glob("*master*") for line in path.read_text("latin-1").splitlines()]
    forms = {row[2] for row in rows if len(row) == 5} - {"Form Type"}
    assert len(forms) > 200
    assert {form for form in forms if re.sub(r"/[A-Z]{0,2}A$", "", form) not in known} == set()
