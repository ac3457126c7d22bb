# What people type here. Every target sets up what it needs; `make` alone lists them.
#
#   make test PYTHON=python3.13   uses another interpreter (3.11 or later)

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.synced
SAMPLES := docs/demo/samples/by-hand--main--bcb-workbench-complete--hand-0-1.jsonl

# a `.venv` that another interpreter made, or that was moved, is made anew
WANTED := $(CURDIR) $(PYTHON)
ifneq ($(shell test -x $(BIN)/python && cat $(STAMP) 2>/dev/null),$(WANTED))
$(STAMP): FORCE
endif

.DEFAULT_GOAL := help
.PHONY: help setup env demo test check bench format build clean FORCE

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf 'make %-8s %s\n' "$$name" "$$what"; done

setup: $(STAMP) ## make `.venv` from `uv.lock`; no root, no pip, no uv needed

$(STAMP): uv.lock pyproject.toml .ci/bootstrap.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'error: `$(PYTHON)` is missing or older than Python 3.11' >&2; \
		echo 'hint: install a newer one and name it: make PYTHON=python3.12 ...' >&2; exit 2; }
	@$(PYTHON) -I .ci/bootstrap.py '$(WANTED)'

env: setup ## make the environment that the shipped tasks run in
	@$(BIN)/bcb env sync --corpus tasks

demo: env ## check the shipped tasks and score a shipped file of model answers
	$(BIN)/bcb-eval ground-truth --tasks tasks
	$(BIN)/bcb-eval run --tasks tasks --samples $(SAMPLES) --out .bcb/demo --both --min-time-limit 3 --overwrite

test: env ## run every test, with branch coverage and its floor
	$(BIN)/python -m pytest --cov --cov-report=term

check: setup ## format, lint, types, layers: what a change must pass besides the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: env ## measure what a run costs beyond its own tests; let nothing else run meanwhile
	@$(BIN)/python tests/bench/overhead.py

format: setup ## put the code into shape and apply the safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

build: setup ## make the wheel and the source distribution under `dist/`
	$(BIN)/uv build --no-build-isolation --python $(BIN)/python

clean: ## remove what can be made again, the environments too
	rm -rf .venv .bcb dist .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
