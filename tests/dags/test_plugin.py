"""The plugins folder, as Airflow's plugin manager treats it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"

#: Loads all plugins of the folder in the first argument, then says what was registered and whose `secrets` is imported.
LOAD_PLUGINS = """
import secrets, sys
from airflow import plugins_manager
print(plugins_manager.get_import_errors())
print(sorted(plugins_manager.get_timetables_plugins()))
print(sys.modules["secrets"].__file__)
print(sorted(name for name, module in sys.modules.items() if str(module.__dict__.get("__file__")).startswith(sys.argv[1])))
"""


def load_plugins(folder: Path, home: Path) -> list[str]:
    """The four printed lines of LOAD_PLUGINS, run with this plugins folder in an Airflow of its own."""
    environment = {**os.environ, "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__PLUGINS_FOLDER": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", LOAD_PLUGINS, str(folder)], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-4:]


def test_only_the_plugin_module_is_executed_and_it_registers_the_timetable(tmp_path: Path):
    errors, timetables, _, modules = load_plugins(PLUGINS, tmp_path)
    assert errors == "{}"
    assert timetables == "['edgar_timetable.IndexDayTimetable']"
    # Nothing of the package under a bare name such as `errors`: only what the timetable imports, under its full name.
    assert set(names_in(modules)) == {
        "edgar_airflow",
        "edgar_origin",
        "edgar_pages",
        "edgar_priority",
        "edgar_progress",
        "edgar_reports",
        "edgar_timetable",
        "edgar_pipeline",
        "edgar_pipeline.clock",
        "edgar_pipeline.edgar_days",
        "edgar_pipeline.errors",
    }


@pytest.mark.parametrize(("with_ignore_file", "replaced"), [(True, False), (False, True)])
def test_the_ignore_file_saves_the_standard_library(tmp_path: Path, with_ignore_file: bool, replaced: bool):
    # GIVEN a package below plugins/ with a module that has the name of one of the standard library's
    folder = tmp_path / "plugins"
    (folder / "edgar_pipeline").mkdir(parents=True)
    (folder / "edgar_pipeline" / "secrets.py").write_text("")
    if with_ignore_file:
        shutil.copy(PLUGINS / ".airflowignore", folder)
    # WHEN Airflow loads its plugins
    _, _, secrets, _ = load_plugins(folder, tmp_path)
    # THEN our .airflowignore is what keeps `import secrets` meaning the standard library's
    assert (secrets == str(folder / "edgar_pipeline" / "secrets.py")) is replaced


def test_no_file_has_a_name_that_dbt_imports():
    names = [path.name for folder in ("plugins", "dags") for path in (PLUGINS.parent / folder).iterdir()]
    assert "edgar_airflow.py" in names
    assert [name for name in names if name.startswith("dbt_")] == []


def names_in(line: str) -> list[str]:
    """The names in a printed list."""
    return [name.strip(" '") for name in line.strip("[]").split(",")]
