# Each target installs what it needs; nothing has to be run first.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
MINISTACK := var/ministack-venv
LINT := var/lint-venv
VELOCITY := var/velocity
PIP := -m pip install --quiet --no-compile --disable-pip-version-check

# Whatever the machine says: without their caches, the five Pythons of `up` start half as fast.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: install install-dev up test nightly check bench soak clean
.DEFAULT_GOAL := up

# Side by side, as each waits for the network as long as it works.
install:
	@$(MAKE) --silent --no-print-directory -j2 $(VENV)/.installed $(MINISTACK)/.installed

install-dev: install
	@$(MAKE) --silent --no-print-directory $(VENV)/.installed-dev

# What runs needs, and no more: the tools of tests and checks come with the first of those. Modules are
# compiled as they are first imported; all of them at once would take as long as the downloads.
$(VENV)/.installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "CampaignHub needs Python 3.11 or later with venv (Debian: apt-get install python3-venv)."; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing CampaignHub's dependencies …"
	@$(BIN)/python $(PIP) -e . -c constraints.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the tools of tests and checks …"
	@$(BIN)/python $(PIP) -e '.[dev]' -c constraints.txt
	@touch $@

# The emulator pins a botocore of its own, so it gets an environment of its own.
$(MINISTACK)/.installed: constraints-ministack.txt
	@test -n "$(PYTHON)" || { echo "CampaignHub needs Python 3.11 or later with venv (Debian: apt-get install python3-venv)."; exit 1; }
	@install -d -m 700 var
	@test -x $(MINISTACK)/bin/pip || $(PYTHON) -m venv --clear $(MINISTACK)
	@echo "Installing the AWS emulator …"
	@$(MINISTACK)/bin/python $(PIP) -r constraints-ministack.txt
	@touch $@

# What reads the templates for holes pins a boto3 of its own, too.
$(LINT)/.installed: constraints-lint.txt
	@test -n "$(PYTHON)" || { echo "CampaignHub needs Python 3.11 or later with venv (Debian: apt-get install python3-venv)."; exit 1; }
	@install -d -m 700 var
	@test -x $(LINT)/bin/pip || $(PYTHON) -m venv --clear $(LINT)
	@echo "Installing the checks of the AWS templates …"
	@$(LINT)/bin/python $(PIP) -r constraints-lint.txt
	@touch $@

# A second reader of the gateway's templates, where there is Node; the tests do without it elsewhere.
$(VELOCITY)/.installed:
	@install -d -m 700 $(VELOCITY)
	@if command -v npm >/dev/null; then npm install --silent --no-package-lock --no-audit --no-fund \
		--prefix $(VELOCITY) amplify-velocity-template@1.4.17 || true; fi
	@touch $@

up: install
	@exec $(BIN)/python manage.py up

test: install-dev $(VELOCITY)/.installed
	@bash tests/run

check: install-dev $(LINT)/.installed
	@bash tests/check

bench: install-dev
	@exec $(BIN)/python -m bench

# The same tests with branch coverage, and ten times the examples of every property.
nightly: install-dev
	@NIGHTLY=1 bash tests/run

# Repetitions and millions of rows: hours, not minutes.
soak: install-dev
	@PICTURES=1 $(BIN)/pytest -q -n0 -m soak tests
	@for way in api worker; do WAY_IN=$$way $(BIN)/pytest -q -n0 -m "flow and not soak" tests/flows || exit; done
	@exec $(BIN)/python -m bench soak

clean:
	rm -rf var .venv
