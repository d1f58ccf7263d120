# Two commands do everything: `make demo` shows the product, `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto
PACKAGE := connectors/salesforce/package
# What lints and renders the Salesforce package; where the machine has no node, the environment gets one.
TOOLCHAIN := $(PYTHON) tests/lightning/toolchain.py
NODE_FROM := $(shell node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null || echo $(VENV)/.run)

# Bytecode is kept, whatever the shell says: else each worker, and each process that a test starts, compiles all anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types floors lightning year bench cover pins image image-test clean

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

# Nothing is installed but what is pinned, and no file of it whose hash is another: `make pins` writes the pins.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/.run: requirements.txt requirements-sandbox.txt requirements-build.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "syncd needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes -r requirements-sandbox.txt -r requirements-build.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

demo: $(VENV)/.run ## run the main job on the built-in sandbox: about a minute and a half
	$(BIN)/syncd demo --once

test: $(VENV)/.dev lightning ## run the tests, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: types lint floors ## lint, types, floors; with -j, side by side

types: $(VENV)/.dev
	$(BIN)/mypy

lint: $(VENV)/.dev lightning
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(TOOLCHAIN) lint

floors: $(VENV)/.dev
	$(BIN)/lint-imports --no-logo

lightning: $(NODE_FROM) # node, npm packages and a browser for the Salesforce package, fetched once
	$(TOOLCHAIN)

cover: $(VENV)/.dev lightning ## run the tests and show branch coverage
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term-missing:skip-covered

year: $(VENV)/.dev ## walk a small world through a year, day by day, calm and with faults: how large it grows, what health names
	$(BIN)/python -m tests.year --faults

bench: $(VENV)/.dev ## measure against the floor, as ratios in one run
	$(BIN)/python -m tests.benchmarks

pins: $(VENV)/.dev ## pin anew, with hashes; UPGRADE=all, or a package's name
	$(BIN)/python -m tests.pins $(if $(UPGRADE),--upgrade $(filter-out all,$(UPGRADE)))

# What is handed over to the engine: a pip.conf and certificates as secrets of the build, options of its own, its name.
IMAGE = IMAGE_PIP='$(PIP)' IMAGE_CA='$(CA)' IMAGE_OPTIONS='$(OPTIONS)' IMAGE_ENGINE='$(ENGINE)'

image: $(VENV)/.run ## build the container image by docker or podman; BASE=, TARGET=demo, PIP=, CA=, OPTIONS=, ENGINE= (docs/how-to/container.md)
	$(IMAGE) BASE=$(BASE) TARGET=$(TARGET) $(BIN)/python -m tests.image.engine

image-test: $(VENV)/.dev ## build both images, start them, and use them as an operator does
	$(IMAGE) BASE=$(BASE) IMAGE_TEST=yes $(BIN)/python -m pytest -rsP tests/image

clean: ## remove what was made
	rm -rf $(VENV) .venv-newest dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf $(PACKAGE)/node_modules $(PACKAGE)/rig/out $(PACKAGE)/.lock
