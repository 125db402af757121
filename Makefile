# One target per thing a person wants. Bare `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help nightly test check types sql dev bench docs lock proof clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export DO_NOT_TRACK := 1

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# Byte code is compiled here because it may be switched off in the environment: without it every
# night pays for compiling 10,000 modules again.
$(READY): requirements.lock pyproject.toml
	python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q $(VENV)/lib orchestration metrics quality_checks reports > /dev/null || true
	touch $(READY)

nightly: $(READY)  ## make the synthetic centre if it is not there, run one night, say what was published
	$(BIN)/evenhand synthetic-centre
	$(BIN)/evenhand nightly

test: $(READY) check  ## everything that must hold before a change is merged
	$(BIN)/pytest -q --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: $(READY)  ## lint, types, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory --jobs 2 --output-sync types sql

types: $(READY)
	$(BIN)/mypy

sql: $(READY)
	$(BIN)/sqlfluff lint --disable-progress-bar dbt_project

dev: $(READY)  ## open Dagster on http://127.0.0.1:3000
	$(BIN)/evenhand dev

bench: $(READY)  ## measure a night against hand-written SQL, pandas and polars; writes docs/performance.md
	$(BIN)/python -m tests.bench

proof: $(READY)  ## what takes longer than a merge may: faults, the two commands on a fresh clone
	$(BIN)/pytest -q -m proof --override-ini "addopts=--import-mode=importlib --strict-markers -ra"

docs: $(READY)  ## write the generated pages of docs/
	$(BIN)/python -m metrics.engine.catalogue_page
	$(BIN)/python -m orchestration.landing.feeds_page

lock: $(READY)  ## resolve requirements.lock anew, with hashes and without any registry's address
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 --extra dev --upgrade pyproject.toml --output-file requirements.lock

clean:  ## remove the environment and everything that was built; keeps raw, landing and published
	rm -rf $(VENV) .evenhand/warehouse.duckdb .evenhand/scratch .evenhand/dbt
