"""dbt's own documentation of the models, their columns and how they follow from each other, as one file."""

import subprocess
import tempfile
from pathlib import Path

from edgar_pipeline.errors import WarehouseError
from edgar_pipeline.files import write_atomically
from edgar_pipeline.settings import Settings
from edgar_pipeline.warehouse.transformation import DBT, DBT_PROJECT, dbt_environment

# No database is opened: types and descriptions are those of the contracts, which every build is held to.
_STEPS = (("parse",), ("docs", "generate", "--static", "--empty-catalog", "--no-compile"))


def write_documentation(settings: Settings) -> Path:
    """Write `reports/dbt/index.html` and return its path; it opens without a network. Raises WarehouseError if dbt fails."""
    target = settings.reports_dir / "dbt" / "index.html"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = ("--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT, "--target-path", folder / "target")
        for step in _STEPS:
            done = subprocess.run(
                [*DBT, *step, *places, "--log-path", folder / "logs", "--no-use-colors"],
                cwd=folder,
                env=dbt_environment(settings, folder),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise WarehouseError(f"dbt {step[0]} failed: {' '.join(done.stdout.split())[-500:]}")
        write_atomically(target, (folder / "target" / "static_index.html").read_bytes())
    return target
