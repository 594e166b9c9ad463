# The command index. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run demo-reset test test-postgres lint format ci bench screenshots lock environment
PY := .venv/bin/python
WORKERS ?= 2
POSTGRES ?= postgres://postgres@127.0.0.1:5432/postgres
REDIS ?= redis://127.0.0.1:6379/0

help:              ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

run:               ## start the site on http://localhost:8000 (PORT=…)
	@scripts/setup base
	@exec $(PY) scripts/run.py

demo-reset:        ## throw this machine's site away; the next `make run` begins anew
	@scripts/demo-reset

environment:
	@scripts/setup dev

test: environment  ## the whole suite, in parallel
	@scripts/browser
	$(PY) -m pytest -q -n $(WORKERS)

test-postgres: environment  ## what touches a database, on PostgreSQL and Redis, with the smoke journeys only
	@scripts/browser
	DATABASE_URL=$(POSTGRES) CACHE_URL=$(REDIS) $(PY) -m pytest -q -n $(WORKERS) -m "stores and (smoke or not browser)"

lint: environment  ## style, layers, types, migrations, translations, deployment checks
	@scripts/lint

format: environment  ## put Python and templates into shape
	$(PY) -m ruff check --fix --quiet . || true
	$(PY) -m ruff format --quiet .
	find templates -name '*.html' -print0 | xargs -0 .venv/bin/djhtml --tabwidth 2 --quiet
	find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 5.2

ci: test test-postgres lint  ## everything a change must pass
	$(PY) scripts/smoke_services.py
	python3 scripts/smoke_run.py

bench: environment ## requests per second and CPU per page; QUICK=1: two minutes (docs/performance.md)
	@scripts/tool wrk wrk
	$(PY) bench/run.py $(if $(QUICK),--quick)

screenshots: environment  ## pictures of the main pages, on a phone and on a desktop
	@scripts/browser
	$(PY) scripts/screenshots.py

lock: environment  ## lock the packages anew, with hashes
	@scripts/lock
