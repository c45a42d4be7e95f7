"""Great Expectations, imported quietly: the only place that imports it.

Its first import takes 11 s, so nothing but a validation may lead here. With any logging configured at INFO (Airflow's is)
it logs a line for each of its own functions while it is imported.
"""

import logging
from datetime import datetime
from pathlib import Path

logging.getLogger("great_expectations").setLevel(logging.WARNING)

import great_expectations as gx  # noqa: E402
import great_expectations.expectations as gxe  # noqa: E402
from great_expectations.data_context import AbstractDataContext  # noqa: E402
from great_expectations.expectations.expectation import Expectation  # noqa: E402
from great_expectations.expectations.row_conditions import Column  # noqa: E402

# A module that sets a level of its own, to report on a temporary folder that it has already removed.
logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)

__all__ = ["AbstractDataContext", "Column", "Expectation", "gx", "gxe", "make_context", "run_identifier"]


def make_context(data_docs: Path) -> AbstractDataContext:
    """A context that lives in memory, draws no progress bars, tells nobody, and writes Data Docs into that folder alone."""
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = {"globally": False}
    # The context comes with a site of its own in the system's temporary folder.
    for name in list(context.get_site_names()):
        context.delete_data_docs_site(name)
    context.add_data_docs_site(
        "reports",
        {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(data_docs)},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    return context


def run_identifier(build_id: str, now: datetime) -> gx.RunIdentifier:
    """The name of a run in Data Docs.

    Great Expectations takes a name that looks like a time for one, and fails where that time cannot be: of the build ids one in
    a thousand does, like `20261129T035408Z-91a10a`, read as 91 hours west. With the word before it no name does.
    """
    return gx.RunIdentifier(run_name=f"build_{build_id}", run_time=now)
