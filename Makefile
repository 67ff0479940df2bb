.DEFAULT_GOAL := help
PYTHON ?= python3
INTO := 2>&1 | tee benchmarks/logs/
# A run whose words go into a log as well fails as it would without.
SHELL := bash
.SHELLFLAGS := -o pipefail -c
BIN := .venv/bin
# A worker of pytest has a graph of its own; a module's tests stay together, and the longest begin first.
SIDE_BY_SIDE ?= -n 2 --dist loadscope --no-loadscope-reorder
# Tests 5, 6, 9 and 12 to 18 of security.md, of which `make test` has time for a part.
FULL_SIZE := $(addprefix tests/webapp/test_,nothing_unrecorded.py statements.py) \
	$(addprefix tests/graph/services/test_,access.py fields.py passkeys.py guessing.py sealing_killed.py)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# What misses an aim says so in its log; the rest of a campaign goes on.
.IGNORE: campaign
.PHONY: help env assets demo code check test bench campaign pictures fix run migrate load

help:  ## Say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

env: .venv/ready  ## Make the environment in .venv

.venv/ready: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Signpost needs Python 3.11 or newer.")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	touch $@

assets: env  ## Fetch and build the style sheet and scripts
	$(BIN)/python -m webapp.assets

demo: env assets  ## Run Signpost with two invented areas, from nothing to a site
	@exec $(BIN)/python demonstration.py

code: env  ## Show the current sign-in code of USER in the demonstration
	@SIGNPOST_DEMO=1 $(BIN)/python -m graph user code $(USER)

run: env assets  ## Serve the site on the graph that is up
	@exec $(BIN)/python -m webapp

migrate: env  ## Bring the graph's schema up to date
	$(BIN)/python -m graph migrate

load: env  ## Load every file of FOLDER
	$(BIN)/python -m loaders load --all $(FOLDER)

check: env assets  ## Style, types, layers and the quick tests: no graph, no browser
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -q $(SIDE_BY_SIDE) -m "not browser and not slow and not graph"

test: env assets  ## Everything, with a real Neo4j and a real Chromium
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -q $(SIDE_BY_SIDE)

bench: env assets  ## The benchmarks at the size of CI
	$(BIN)/python -m benchmarks.loads --children 300 --ways first,daily
	$(BIN)/python -m benchmarks.pages --children 300 --calls 30 --lasting 2

campaign: env assets  ## The full sizes, outside CI: their words go into benchmarks/logs
	mkdir -p benchmarks/logs
	SIGNPOST_TEST_FULL=1 $(BIN)/pytest -q tests/loaders/test_two_ways.py $(INTO)two-ways.txt
	$(BIN)/python -m benchmarks.shields --feeds 10000 $(INTO)shields.txt
	$(BIN)/python -m benchmarks.joins --children 60000 --seed 17 $(INTO)joins.txt
	$(BIN)/python -m benchmarks.worth --children 20000 --seed 3 $(INTO)worth.txt
	$(BIN)/python -m benchmarks.scale --index 11000000 --records 50000 $(INTO)scale.txt
	$(BIN)/python -m benchmarks.one --children 11000000 $(INTO)one.txt
	$(BIN)/python -m benchmarks.tamper --events 10000 --bits 500 --honest 1000000 --seed 18 $(INTO)tamper.txt
	$(BIN)/python -m benchmarks.insider --children 5000 $(INTO)insider.txt
	$(BIN)/python -m benchmarks.misuse --children 20000 --days 100 --people 1000 --each 22 $(INTO)misuse.txt
	$(BIN)/python -m tests.mutants $(INTO)mutants.txt
	SIGNPOST_TEST_FULL=1 $(BIN)/pytest -q tests/webapp/test_nothing_to_infer.py tests/webapp/test_shield_tells_nothing.py $(INTO)every-pair.txt
	SIGNPOST_TEST_FULL=1 $(BIN)/pytest -q --timeout 14400 --capture=sys $(FULL_SIZE) $(INTO)full-size.txt
	$(BIN)/python -m benchmarks.loads --children 1000000 $(INTO)loads.txt
	$(BIN)/python -m benchmarks.circle --children 1000000 $(INTO)circle.txt
	$(BIN)/python -m benchmarks.pages --children 1000000 $(INTO)pages.txt
	$(BIN)/python -m benchmarks.paths --children 1000000 $(INTO)paths.txt

pictures: env assets  ## Retake docs/pictures from the demonstration that runs
	$(BIN)/python -m tests.webapp.pictures

fix: env  ## Format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
