# Each target installs what it needs; nothing here has to be run first.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MINISTACK := var/ministack-venv

.PHONY: install up test check bench soak clean
.DEFAULT_GOAL := up

install: $(VENV)/.installed $(MINISTACK)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing CampaignHub's dependencies…"
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]' -c constraints.txt
	@touch $@

# The emulator pins a botocore of its own, so it gets an environment of its own.
$(MINISTACK)/.installed: constraints-ministack.txt
	@mkdir -p var
	@test -x $(MINISTACK)/bin/python || $(PYTHON) -m venv $(MINISTACK)
	@echo "Installing the AWS emulator…"
	@$(MINISTACK)/bin/pip install --quiet --disable-pip-version-check -r constraints-ministack.txt
	@touch $@

up: install
	@exec $(BIN)/python manage.py up

test: install
	@bash tests/run

check: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy campaignhub campaigns submissions ingest_lambda tests
	@$(BIN)/lint-imports
	@$(BIN)/cfn-lint ingest_lambda/template.yaml
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@PRODUCTION=1 SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(60))") \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

bench: install
	@$(BIN)/python -m bench

soak: install
	@$(BIN)/pytest tests/soak -p no:randomly

clean:
	rm -rf var .venv
