# Everything a developer runs. Each target makes its own virtual environment first; nothing else needs installing.
PYTHON ?= python3
BIN := .venv/bin
# Tests run side by side, each module in one worker, for its tests may share something; those that take long begin, as
# tests/conftest.py has them. Two workers more than there are cores, since most wait; WORKERS=0 runs one after the other.
WORKERS ?= $(shell echo $$(($$(nproc 2>/dev/null || echo 2) + 2)))
PYTEST := $(BIN)/python -m pytest

.PHONY: demo check fast test lint bench soak clean

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[embedded,dashboard,ssh,dev]'
	touch $@

demo: .venv/installed      ## a hub in a temporary folder, without Docker: up, status, models, test-model, down
	PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo.sh

# Before a commit: lint, types, and the unit, property and command line tests that start no server and no second Python.
check: .venv/installed
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint fast

fast: .venv/installed
	$(PYTEST) -n $(WORKERS) --dist worksteal -q -m fast tests/unit tests/property tests/cli $(wildcard tests/test_*.py)

test: .venv/installed      ## every suite whose need is on the machine; HUBCTL_TEST_ALL=1 makes a missing need a failure
	$(PYTEST) -n $(WORKERS) --dist loadfile --no-loadscope-reorder

soak: .venv/installed      ## the long sweeps, whole: two thousand kills and interrupts, twenty rounds of changes with failures in them
	HUBCTL_TEST_SWEEPS=whole $(PYTEST) $$(grep -rl --include='*.py' '^from tests.sweeps' tests)

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/installed     ## ratios, measured side by side in one run
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
