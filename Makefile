# Firstpoint. `make help` lists what can be done; everything else is done by programs that these lines call.

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell command -v $(name) 2>/dev/null)))
BOOTSTRAP = $(if $(PYTHON),$(PYTHON),$(error Python 3.11 or newer is needed: apt-get install python3 python3-venv)) scripts/bootstrap
VENV = .venv/bin
TESTS ?= tests
QUICK = tests/unit tests/architecture tests/integration/test_database.py
PYTEST_WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help run worker test test-fast lint types arch format migration seed reset bench bench-load screenshots clean lock assets venv

##@ Use it

run: ## Start the demo: installs what it needs, database, web, worker and mail. PORT, HOST and DATABASE_URL are honoured
	@$(BOOTSTRAP) run run

worker: ## Start one more worker beside a running Firstpoint (jobs and sending; any number may run)
	@$(BOOTSTRAP) run worker

seed: ## Build the demo city in an empty database. RESIDENTS=250000 for a large one
	@$(BOOTSTRAP) run seed $(if $(RESIDENTS),--residents $(RESIDENTS))

reset: ## Delete the demo's database, mail and secrets, after asking. YES=1 does not ask
	@$(BOOTSTRAP) run reset $(if $(YES),--yes)

##@ Change it

test: ## Everything: installs tools and Chromium, then the whole suite on a real PostgreSQL. TESTS=path for a part
	@$(BOOTSTRAP) test -n $(PYTEST_WORKERS) --maxprocesses 6 --dist loadfile $(TESTS)

test-fast: ## Under a minute: unit, architecture and quick integration tests, no browser
	@$(BOOTSTRAP) develop
	@$(VENV)/python -m pytest -q -n $(PYTEST_WORKERS) --maxprocesses 6 --dist loadfile -m "not browser and not slow" $(QUICK)

lint: venv ## Ruff: rules and layout
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .

types: venv ## mypy, strict, on app/ and mdm/
	@$(VENV)/mypy

arch: venv ## import-linter: imports point down only
	@$(VENV)/lint-imports

format: venv ## Put the code in order: imports, layout, and what Ruff can mend by itself
	@$(VENV)/ruff check --fix-only --quiet .
	@$(VENV)/ruff format .

migration: venv ## Write a migration for changed models: make migration NAME="add tip permits"
	@test -n "$(NAME)" || { echo 'Name it: make migration NAME="add tip permits"'; exit 2; }
	@$(VENV)/python -m app.cli migrate --write "$(NAME)"

BENCH = build/bench
OUT ?= $(if $(DATA),docs,build)/benchmarks.md

bench: $(BENCH)/.ready ## Measure matching beside Splink: small sets, SETS=febrl3,city,index1m, or SETS=all. DATA=folder of labelled files
	@$(BENCH)/bin/python -m tests.benchmarks.matching --out $(OUT) $(if $(SETS),--sets $(SETS)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(DATA),--data $(DATA))
	@cat $(OUT)

$(BENCH)/.ready: export UV_SYSTEM_CERTS := 1
$(BENCH)/.ready: requirements/bench.txt | venv
	@echo 'Preparing an environment for measuring in $(BENCH)'
	@$(VENV)/uv venv --quiet --clear --python $(VENV)/python $(BENCH)
	@$(VENV)/uv pip sync --quiet --require-hashes --python $(BENCH)/bin/python requirements/bench.txt
	@touch $@

bench-load: venv ## Measure the console under load: 400,000 enquiries, 100 advisors. ENQUIRIES, ADVISORS, SECONDS change it; KEEP=folder keeps the data
	@$(VENV)/python -m tests.benchmarks.load $(if $(ENQUIRIES),--enquiries $(ENQUIRIES)) $(if $(ADVISORS),--advisors $(ADVISORS)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(KEEP),--keep $(KEEP))

screenshots: venv ## Take the pictures of the README again, from the demo city in a real browser
	@$(BOOTSTRAP) browser
	@$(VENV)/python -m scripts.screenshots
	@$(VENV)/python -m scripts.eighty_days

lock: export UV_SYSTEM_CERTS := 1
lock: venv ## Resolve requirements/*.in again into hash-pinned *.txt. UPGRADE=1 takes newer versions
	@for name in bootstrap base dev bench node; do \
	  $(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

##@ Housekeeping

venv: # the environment with the test and check tools
	@$(BOOTSTRAP) develop

assets: ## Build the front-end assets again, if their sources have changed
	@$(BOOTSTRAP) prepare

clean: ## Delete what was built or installed here; the demo's data stays
	@rm -rf .venv node_modules app/web/static/dist build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## This page
	@echo 'Firstpoint: the front office of a public body.'
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\n%s\n' 'On a fresh machine, with Python 3.11 and make: `make run`, then open the address it prints.'
