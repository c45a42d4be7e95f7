# Every command sets up what it needs; a second run is fast. Only Python 3.11 to 3.13 and make must be there.
PYTHON ?= python3
VENV := .venv
# What `make deploy-test` is for: it takes ten minutes, and is skipped anyway where that was never run.
LONG := tests/deployment/test_without_containers.py
# Test files at once: one more than two cores, because many of them wait for Airflow.
JOBS ?= 3
BIN := $(VENV)/bin
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes

.PHONY: help setup demo test run evaluate bench lock clean up doctor secrets browser-test deploy-test audit

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

setup: $(VENV)/.runtime ## Make .venv with every pinned package and the pipeline importable in it

demo: $(VENV)/.runtime ## Run the main job end to end, through Airflow, on a small archive, without a network
	@$(BIN)/python -m demo

up: $(VENV)/.runtime ## Run Airflow until Ctrl-C, UI on 127.0.0.1:8080; make up DEMO=1 shows the demo
	@exec $(BIN)/python -m $(if $(DEMO),demo.up,local_airflow)

doctor: $(VENV)/.runtime ## Say whether everything is as it must be, and what to do where it is not
	@$(BIN)/python -m edgar_pipeline doctor

test: $(VENV)/.dev ## Pass the linter and all tests
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder --ignore $(LONG) $(TESTS)

secrets: ## Write what docker-compose.yaml needs and nobody may know: secrets/ and .env
	@$(PYTHON) scripts/make_secrets.py

browser-test: $(VENV)/.browser ## Fill in Airflow's backfill form in a real browser (needs Chromium): PICTURES=docs/images
	@PICTURES=$(PICTURES) $(BIN)/python -m pytest tests/browser

deploy-test: $(VENV)/.deploy ## Run docker-compose.yaml's services without containers (needs Debian's postgresql, redis-server)
	@$(BIN)/python -m pytest tests/deployment

run: $(VENV)/.runtime ## Run one real day: make run DAY=2025-09-03 (needs EDGAR_USER_AGENT)
	@test -n "$(DAY)" || { echo 'error: say which day: make run DAY=2025-09-03'; exit 2; }
	@$(BIN)/python -m edgar_pipeline run $(DAY)

evaluate: $(VENV)/.dev ## Judge titles and excerpts on an archive of real submissions: make evaluate ARCHIVE=…
	@PYTHONPATH=. $(BIN)/python -m evaluation $(or $(ARCHIVE),../shared/edgar-archive)

bench: $(VENV)/.dev ## Measure what is promised, beside other projects: make bench NAMES="split text" ARCHIVE=…
	@PYTHONPATH=. $(BIN)/python -m benchmarks $(NAMES) $(if $(ARCHIVE),--archive $(ARCHIVE))

audit: $(VENV)/.audit ## Look for known vulnerabilities in every pinned version (needs a network): make audit SERVICE="-s osv"
	@$(BIN)/python scripts/audit.py $(SERVICE)

lock: $(VENV)/.dev ## Resolve requirements*.in into the pinned, hashed files
	@$(BIN)/python scripts/lock.py

clean: ## Remove what setup and the tests made; data/ stays
	rm -rf $(VENV) .cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.runtime: requirements-setup.txt requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
		|| { echo 'error: Python 3.11, 3.12 or 3.13 is needed; name one: make $(MAKECMDGOALS) PYTHON=python3.12'; exit 2; }
	@echo 'Setting up $(VENV) …'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.txt
	@$(UV) -r requirements.txt
	@$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "edgar_pipeline.pth").write_text("$(CURDIR)/plugins\n")'
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@$(UV) -r requirements-dev.txt
	@touch $@

$(VENV)/.deploy: $(VENV)/.dev requirements-deploy.txt
	@$(UV) -r requirements-deploy.txt
	@touch $@

$(VENV)/.audit: $(VENV)/.runtime requirements-audit.txt
	@$(PYTHON) -m venv --without-pip $(VENV)/audit
	@$(BIN)/uv pip install --quiet --python $(VENV)/audit/bin/python --require-hashes -r requirements-audit.txt
	@touch $@

$(VENV)/.browser: $(VENV)/.dev requirements-browser.txt
	@$(UV) -r requirements-browser.txt
	@touch $@
