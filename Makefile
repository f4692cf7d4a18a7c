# Everything a developer runs. Each target makes its own virtual environment first; nothing else needs installing.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint bench soak clean

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[embedded,dashboard,ssh,dev]'
	touch $@

demo: .venv/installed      ## a hub in a temporary folder, without Docker: up, status, models, test-model, down
	PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo.sh

test: .venv/installed      ## every suite whose need is on the machine; HUBCTL_TEST_ALL=1 makes a missing need a failure
	$(BIN)/python -m pytest

soak: .venv/installed      ## the long runs: a thousand kills, twenty rounds of changes with failures in them
	HUBCTL_TEST_KILLS=1000 $(BIN)/python -m pytest tests/cli/test_killed.py
	HUBCTL_TEST_ROUNDS=20 $(BIN)/python -m pytest tests/engine/restart/test_soak.py

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/installed     ## ratios, measured side by side in one run
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
