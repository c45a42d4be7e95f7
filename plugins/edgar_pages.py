"""What our pages of Airflow's UI have in common: who may see them, and that they stay where they are.

Airflow lets anybody ask a plugin's routes, so a whole application asks first who it is. It is to be made at its first request,
because plugins are loaded by every process of Airflow, and only one of them serves pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

#: Of every answer; its policy comes on top.
HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def guarded_application(dag_id: str) -> FastAPI:
    """An application without routes and without a description of itself, for whoever may read this DAG and nobody else."""
    from airflow.api_fastapi.core_api.security import requires_access_dag
    from fastapi import Depends, FastAPI

    guard = Depends(requires_access_dag(method="GET", param_dag_id=dag_id))
    return FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[guard])
