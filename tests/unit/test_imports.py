"""The house has one direction: each layer imports only what lies below it, and only Airflow's own folders import Airflow."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "plugins" / "edgar_pipeline"

#: Lower layers first. A module may import its own layer's submodules and anything above it in this list (lower in the house).
LAYERS = [
    {"errors", "clock", "files", "object_store"},
    {"settings", "identifiers", "edgar_days", "urls", "gunzip", "messages"},
    {"throttle", "wire"},
    {"client"},
    {"text", "titles"},
    {"sources"},
    {"landing", "originals"},
    {"takedowns"},
    {"ledger"},
    {"company_ledger", "quarter_ledger"},
    {"ingest", "progress"},
    {"warehouse", "quality", "publish", "company_page", "progress_page", "report_files", "notify"},
    {"doctor"},
    {"cli_progress"},
    {"cli_companies", "cli_takedown"},
    {"cli"},
    {"__main__"},
]
#: Parsing never fetches, fetching never parses.
FORBIDDEN = {
    ("client", "sources"),
    ("client", "text"),
    ("sources", "client"),
    ("text", "client"),
    ("sources", "landing"),
}


def layer_of(module: str) -> int:
    return next(number for number, names in enumerate(LAYERS) if module in names)


def imports_of(path: Path) -> set[str]:
    """Every module name that a file imports, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        else:
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: relative import"
    return names


FILES = sorted(path for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        assert not [name for name in imports_of(path) if name.startswith("edgar_pipeline")]
        return
    imported = {name.split(".")[1] for name in imports_of(path) if name.startswith("edgar_pipeline.")}
    known = set().union(*LAYERS)
    for name in imported & known:
        assert name == own or layer_of(name) <= layer_of(own), f"{path.name} imports {name}, which lies above it"
        assert (own, name) not in FORBIDDEN, f"{own} must not know {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_package_knows_no_airflow_and_no_environment(path: Path):
    names = imports_of(path)
    assert not {name for name in names if name.split(".")[0] in ("airflow", "dags", "tests", "demo")}
    if path.name != "settings.py":
        assert "os.environ" not in path.read_text() and "getenv" not in path.read_text()


def test_every_module_has_a_layer():
    modules = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in FILES} - {"__init__"}
    assert modules == set().union(*LAYERS), "name new modules in LAYERS, and remove those that are gone"
