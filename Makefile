# Two commands do everything: `make demo` shows the product, `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help demo test check bench cover image clean

help: ## say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/.run: requirements.txt requirements-sandbox.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "syncd needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-sandbox.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check hatchling editables
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: $(VENV)/.run ## run the main job on the built-in sandbox: about a minute and a half
	$(BIN)/syncd demo --once

test: $(VENV)/.dev ## run the tests, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: $(VENV)/.dev ## lint, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

cover: $(VENV)/.dev ## run the tests and show branch coverage
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term-missing:skip-covered

bench: $(VENV)/.dev ## measure against the floor, as ratios in one run
	$(BIN)/python -m tests.benchmarks

image: ## build the container image without a container engine (see docs/how-to/container.md)
	buildah --storage-driver vfs bud --isolation chroot $(if $(BASE),--build-arg BASE=$(BASE)) --network host \
	  $(if $(TARGET),--target $(TARGET)) --tag syncd$(if $(TARGET),:$(TARGET)) .

clean: ## remove what was made
	rm -rf $(VENV) .venv-newest dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
