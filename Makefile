# The command index. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run test test-postgres lint ci bench screenshots demo-reset lock
PY := .venv/bin/python

help:              ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

run:               ## start the site on http://localhost:8000 (PORT=…)
	@scripts/setup base
	@exec $(PY) scripts/run.py
