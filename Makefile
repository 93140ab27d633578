# Everything happens in .venv, which each target fills with no more than it needs. To begin anew: make clean.
#
#   make demo PROTOCOL=swift PORT=9000    make demo CHECK=1    make test ARGS="-k demo"    make demo PYTHON=python3.12

PYTHON ?= python3
PROTOCOL ?= s3
PORT ?= 8000
CHECK ?=
ARGS ?=
PAIRS ?= all
SCALE ?= full
ONLY ?=
RESUME ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Each process of the tests starts servers of its own. A file's tests stay in one process.
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile
LOCALES := $(wildcard src/django_selectel_storage/locale src/django_selectel_storage/*/locale)
# A stamp for each set of extras; all of them are made anew when the project's requirements change.
MADE := .venv/.made
FOR_DEMO := .venv/.for-demo
FOR_TEST := .venv/.for-test
FOR_LINT := .venv/.for-lint
FOR_BROWSER := .venv/.for-browser
FOR_DOCS := .venv/.for-docs
FOR_RELEASE := .venv/.for-release
FOR_BENCH := .venv/.for-bench
# The distributions are built anew when something that goes into them changes.
DIST := dist/.made
SOURCES := pyproject.toml tox.ini Makefile $(wildcard *.md) \
	$(shell find benchmarks demo docs release src tests -type f -not -path '*/__pycache__/*' -not -path '*/_build/*' -not -path 'demo/data/*')

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test long-test browser-test bench-test bench docs lint audit format messages translated dist matrix \
	wheel-test installers clean

help:  ## show this list
	@sed -n 's/^\([a-z-]*\): .*## \(.*\)/make \1	\2/p' Makefile

demo: $(FOR_DEMO)  ## a picture gallery on real OpenStack Swift; CHECK=1: walk through it without a browser
	@$(BIN)/python -m demo --protocol=$(PROTOCOL) --port=$(PORT) $(if $(filter-out 0 no false,$(CHECK)),--check)

test: $(FOR_TEST)  ## run the tests; ARGS="…" goes to pytest
	@$(PYTEST) $(ARGS)

long-test: ARGS := tests/faults tests/load tests/outside_static
long-test: $(FOR_TEST)  ## run the tests that take long; ARGS="tests/load" for a part
	@$(PYTEST) $(ARGS)

browser-test: $(FOR_BROWSER)  ## run the tests that need a Chromium (found on PATH, or CHROMIUM=/path)
	@$(BIN)/python -m pytest tests/browser $(ARGS)

bench-test: $(FOR_TEST)  ## run the tests of the measuring programs; they need nginx-extras
	@$(PYTEST) tests/measuring $(ARGS)

bench: $(FOR_BENCH)  ## measure everything beside its peers and write docs/benchmarks.md; SCALE=small takes minutes; needs nginx-extras
	@$(BIN)/python -m benchmarks --scale=$(SCALE) $(if $(ONLY),--only $(ONLY)) $(if $(RESUME),--resume)

docs: $(FOR_DOCS)  ## build the documentation into build/docs; a warning is an error, and so is a link that leads nowhere
	@$(BIN)/sphinx-build -q -W --keep-going --fresh-env --nitpicky --builder html docs build/docs
	@echo "See build/docs/index.html"

lint: $(FOR_LINT)  ## look for mistakes: ruff, mypy, bandit
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml src

audit: $(FOR_LINT)  ## look for known weaknesses in what the project needs (asks osv.dev)
	$(BIN)/pip-audit --vulnerability-service=osv --skip-editable --progress-spinner=off

format: $(FOR_LINT)  ## bring the code into its format
	$(BIN)/ruff format
	$(BIN)/ruff check --select I --fix

translated: $(FOR_TEST)  ## record that the Russian pages say what the English ones say now
	@$(BIN)/python -m tests.documents.translations

messages: $(FOR_TEST)  ## compile the translations
	@for folder in $(LOCALES); do $(BIN)/pybabel compile --domain django --directory $$folder || exit; done

dist: $(DIST)  ## build the source distribution and the wheel, and check what they say of themselves

$(DIST): $(FOR_RELEASE) $(SOURCES)
	@rm -rf dist
	@$(BIN)/python -m build --outdir dist . >/dev/null
	@$(BIN)/twine check --strict dist/*
	@touch $@

matrix: $(DIST)  ## run the tests against the wheel, on all pairs of Python and Django; PAIRS=oldest, newest or names
	@$(BIN)/python -m release.matrix --pairs=$(PAIRS) -- $(ARGS)

wheel-test: PAIRS = newest
wheel-test: matrix  ## the same on the newest pair alone

installers: $(DIST)  ## install the wheel with pip, pipenv, poetry and uv, and the last commit from its URL
	@$(BIN)/python -m release.installers

clean:  ## remove .venv and everything else that was made here
	rm -rf .venv .bench .tox build dist htmlcov .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find benchmarks demo release src tests -name __pycache__ -prune -exec rm -rf {} +

# pip before 21.3 cannot install a pyproject.toml in place (PEP 660); Python 3.10.0 comes with such a one.
$(MADE):
	@echo "Making .venv ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "error: Python 3.10 or newer is needed; say which: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -c 'import pip, sys; sys.exit(tuple(map(int, pip.__version__.split(".")[:2])) < (21, 3))' \
		|| $(PIP) install 'pip>=21.3'
	@touch $@

$(FOR_DEMO): EXTRAS := devserver,demo
$(FOR_TEST): EXTRAS := devserver,demo,test,docs
$(FOR_LINT): EXTRAS := devserver,demo,test,docs,lint,browser
$(FOR_BROWSER): EXTRAS := devserver,demo,test,browser
$(FOR_DOCS): EXTRAS := docs
$(FOR_RELEASE): EXTRAS := release
$(FOR_BENCH): EXTRAS := devserver

$(FOR_DEMO) $(FOR_TEST) $(FOR_LINT) $(FOR_BROWSER) $(FOR_DOCS) $(FOR_RELEASE) $(FOR_BENCH): pyproject.toml | $(MADE)
	@echo "Installing the project with $(EXTRAS) ..."
	@$(PIP) install --editable '.[$(EXTRAS)]'
	@touch $@
