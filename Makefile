# Everything one does with the project, a target each. `make help` lists them.
SYSTEM_PYTHON ?= $(shell command -v python3.11 || command -v python3)
PYTHON := .venv/bin/python
ARGS ?=
# A park and a test run are dozens of processes: what the first has compiled, the others need not.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: fuzz faults mutants bench screenshots help run dev test check lock client run-environment dev-environment

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1~\2/p' Makefile | column -t -s '~' 2>/dev/null || sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1  \2/p' Makefile

run: run-environment ## start the park on this machine: http://localhost:8000, or PORT=; DATABASE_URL= and REDIS_URL= name real servers
	@exec $(PYTHON) -m incubator.embedded run

dev: dev-environment ## the same with reload and debug pages
	@exec $(PYTHON) -m incubator.embedded dev

test: dev-environment ## all tests, in parallel, the whole story in Chromium included; ARGS= goes to pytest
	@$(PYTHON) -m tests.browser
	@$(PYTHON) -m pytest -n auto $(ARGS)

fuzz: dev-environment ## the API against its own schema, a thousand requests made up for each operation; EXAMPLES= for more or fewer
	@API_FUZZ_EXAMPLES=$(or $(EXAMPLES),1000) $(PYTHON) -m pytest -n auto tests/incubator/api/test_fuzz.py $(ARGS)

faults: dev-environment ## twenty thousand messages while processes and servers are killed, and a table of what arrived; DELIVERIES=, KILLS=
	@DJANGO_SETTINGS_MODULE=incubator.settings.test $(PYTHON) -m incubator.embedded exec $(abspath $(PYTHON)) -m tests.faults

mutants: dev-environment ## each guard of delivery taken out in turn: a named test has to notice; ARGS= limits it
	@$(PYTHON) -m tests.mutants $(ARGS)

bench: dev-environment ## the API against bare programs on the same rows, one table of ratios; ROWS=1000000 for many
	@ROWS=$(ROWS) $(PYTHON) -m incubator.embedded exec $(abspath $(PYTHON)) -m benchmarks

screenshots: dev-environment ## pictures of every page of the demo's tour, as each role, at two widths, light and dark; ROLES= limits it
	@$(PYTHON) -m tests.browser
	@$(PYTHON) -m tests.screenshots

check: dev-environment ## format, lint, types, layers, migrations, deployment, templates, translations, OpenAPI and the contract in docs/api
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(PYTHON) -W 'ignore:Got an error checking a consistent migration history:RuntimeWarning' manage.py makemigrations --check --dry-run
	@set -a; . .ci/production.env; $(PYTHON) manage.py check --deploy --fail-level WARNING
	@if [ -d templates ]; then $(PYTHON) -m djlint --quiet --lint templates; fi
	@if [ -d locale ]; then $(PYTHON) manage.py compilemessages --verbosity 0; fi
	@$(PYTHON) manage.py spectacular --validate --fail-on-warn --file /dev/null
	@$(PYTHON) manage.py contract

client: dev-environment ## the typed Python client of the partner API, generated into build/park-client
	@$(PYTHON) manage.py api_client build/park-client

lock: dev-environment ## write the hash-locked lists of packages anew, after a change of dependencies in pyproject.toml
	@$(SYSTEM_PYTHON) -I incubator/embedded/bootstrap.py lock

run-environment:
	@$(SYSTEM_PYTHON) -I incubator/embedded/bootstrap.py run

dev-environment:
	@$(SYSTEM_PYTHON) -I incubator/embedded/bootstrap.py dev
