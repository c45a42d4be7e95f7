# The image of every Airflow service in docker-compose.yaml: pinned packages, the DAGs, the pipeline, no secret, no root.
# For a build that nobody can change under you, name the base by its digest: --build-arg PYTHON=python:3.12-slim-bookworm@sha256:…
ARG PYTHON=python:3.12-slim-bookworm

FROM ${PYTHON} AS packages
WORKDIR /build
COPY requirements-setup.txt requirements.txt requirements-deploy.txt ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements-setup.txt \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt -r requirements-deploy.txt

FROM ${PYTHON}
RUN groupadd --gid 50000 airflow && useradd --uid 50000 --gid 50000 --home-dir /opt/airflow --no-create-home airflow
COPY --from=packages /opt/venv /opt/venv
COPY dags /opt/edgar/dags
COPY plugins /opt/edgar/plugins
COPY dbt_project /opt/edgar/dbt_project
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/edgar/plugins \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    AIRFLOW_HOME=/opt/airflow
USER 50000:50000
WORKDIR /opt/airflow
ENTRYPOINT ["airflow"]
