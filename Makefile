# Everything a person types. `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed

.DEFAULT_GOAL := help
.PHONY: help run test check lint types contracts migrations-check spec-check spec bench pictures migration lock fmt clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

run: $(RUN_STAMP) ## set up, start the demo county on http://127.0.0.1:8000 (PORT, HOST, LIANXIN_DATA)
	@exec $(BIN)/python -m backend.cli demo

# PYTHONDONTWRITEBYTECODE, where it is set, would have each process compile 660 files of tests anew: 14 s of a core.
test: $(DEV_STAMP) ## set up, then every test (ARGS="-k visits" for some, WORKERS=0 for one process)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: lint types contracts migrations-check spec-check test ## everything CI asks

lint: $(DEV_STAMP) ## style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

fmt: $(DEV_STAMP) ## put style right
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

types: $(DEV_STAMP) ## mypy
	@$(BIN)/mypy

contracts: $(DEV_STAMP) ## rooms import downward only
	@$(BIN)/lint-imports

migrations-check: $(DEV_STAMP) ## tables and migrations say the same; empty -> now -> back
	@$(BIN)/python -m pytest -q tests/core/test_migrations.py

spec-check: $(DEV_STAMP) ## the committed documents are what the code says, and break no promise
	@$(BIN)/python -m pytest -q tests/spec -k "committed or nothing_breaks"

spec: $(DEV_STAMP) ## write the documents of mobile_api_spec/ anew
	@$(BIN)/python -m backend.cli spec

bench: $(DEV_STAMP) ## measure, as ratios to a floor of the same run (BENCH_SCALE=small)
	@$(BIN)/python -m tests.benchmarks
	@for part in uploads photos push push_tokens rosters deadlines cases diagnosis door laboratory reports antifraud hotline openrosa sync village; do \
		$(BIN)/python -m tests.benchmarks.$$part || exit 1; done

pictures: $(DEV_STAMP) ## take the pictures of the README anew (needs chromium)
	@$(BIN)/python -m tests.console.pictures

migration: $(DEV_STAMP) ## a new migration: make migration room=visits says="why"
	@$(BIN)/python -m backend.cli migration $(room) "$(says)"

lock: $(DEV_STAMP) ## write both lock files anew from pyproject.toml
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## forget the virtual environment and the demo's data
	rm -rf $(VENV) .lianxin

$(BIN)/python:
	@echo "[1/3] A virtual environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which with: make run PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment here. On Debian or Ubuntu: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(RUN_STAMP): requirements.lock | $(BIN)/python
	@echo "[2/3] Packages from requirements.lock (about a minute the first time)"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --quiet --require-hashes -r requirements.lock
	@echo "[3/3] Ready"
	@touch $@

$(DEV_STAMP): requirements-dev.lock | $(RUN_STAMP)
	@echo "[3/3] Packages from requirements-dev.lock (tests, lint, types)"
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-dev.lock
	@touch $@
