# A fresh clone needs Python 3.11 or later and make; everything else is brought here.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: run test test-all house bench chaos demo lint types lock help clean environment

# The first Python that is new enough; `make PYTHON=/path/to/python run` overrides it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
UV ?= uv
WORKERS ?= 2
SEED ?= 0
SHARED_DATA ?= $(abspath $(CURDIR)/../shared/data)
export SHARED_DATA

# Databases of tests live in memory where there is room: what they show is a killed process, not a power cut.
MEMORY := $(shell test -w /dev/shm && test "$$(df -Pk /dev/shm | awk 'NR==2 {print $$4}')" -gt 4000000 && echo TMPDIR=/dev/shm)
PYTEST := $(MEMORY) $(BIN)/python -m pytest
XDIST := -n $(WORKERS) --dist loadgroup

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.stamp  ## the whole product with invented data at http://127.0.0.1:8000 (PORT, DATA_DIR; LAN=1 https for tablets)
	@exec env YINGBIN_MODE="$${YINGBIN_MODE:-demo}" YINGBIN_LAN="$${LAN:-0}" $(BIN)/yingbin local

test: $(VENV)/.stamp-dev  ## lint, house rules, then every test but the slow ones, on both stacks
	@$(BIN)/python -m deploy.packages postgresql rabbitmq nginx node chromium
	@$(MAKE) --no-print-directory lint
	$(PYTEST) -q $(XDIST) tests/house
	$(PYTEST) -q $(XDIST) -m "not slow" --duties --ignore=tests/house --ignore=tests/bench tests $(ARGS)

test-all: $(VENV)/.stamp-dev  ## `make test`, types and the slow tests too
	@$(BIN)/python -m deploy.packages postgresql rabbitmq nginx node chromium
	@$(MAKE) --no-print-directory lint types
	$(PYTEST) -q $(XDIST) tests/house
	$(PYTEST) -q $(XDIST) --duties --ignore=tests/house --ignore=tests/bench tests $(ARGS)

house: $(VENV)/.stamp-dev  ## only the rules of the building, in seconds
	$(PYTEST) -q $(XDIST) tests/house

bench: $(VENV)/.stamp-dev  ## the performance bars as ratios, written to tests/bench/results.json
	@$(BIN)/python -m deploy.packages postgresql rabbitmq
	$(BIN)/python -m tests.bench $(ARGS)

chaos: $(VENV)/.stamp-dev  ## the fault tests, all rounds; SEED=n repeats a run
	@$(BIN)/python -m deploy.packages postgresql rabbitmq nginx
	$(PYTEST) -q -n $(WORKERS) --dist loadgroup --chaos --seed $(SEED) tests/faults $(ARGS)

demo: $(VENV)/.stamp  ## an invented morning of three branches against `make run`, in five minutes (ARGS="--fast" at once)
	@exec $(BIN)/python -m deploy.demo $(ARGS)

lint: $(VENV)/.stamp-dev  ## style and who may import whom
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-logo > $(VENV)/.imports 2>&1 || { cat $(VENV)/.imports; exit 1; }

types: $(VENV)/.stamp-dev  ## mypy
	@$(BIN)/mypy

environment: $(VENV)/.stamp-dev  ## .venv with everything for development

lock:  ## resolve again (needs uv): hashes, no addresses
	@for target in "requirements.lock" "requirements-dev.lock --group dev --constraint requirements.lock"; do \
		set -- $$target; file=$$1; shift; \
		$(UV) pip compile --no-config --quiet --generate-hashes --universal --python-version 3.11 --no-annotate \
			--custom-compile-command "make lock" "$$@" pyproject.toml --output-file $$file $(LOCK_ARGS) || exit 1; done
	@! grep -nE '://|^-' requirements.lock requirements-dev.lock

clean:  ## throw .venv and caches away (never var/)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: install it, or say make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "no virtual environment could be made; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing what the product needs into $(VENV)"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.stamp-dev: requirements-dev.lock requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing what tests need into $(VENV)"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.stamp $@
