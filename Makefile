PYTHON := .venv/bin/python

.PHONY: test check

test:
	@$(PYTHON) -m pytest -n auto $(ARGS)

check:
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@$(PYTHON) manage.py makemigrations --check --dry-run
