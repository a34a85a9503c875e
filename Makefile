# Needs GNU make, a POSIX sh, and a Python of 3.11 or newer with venv and pip. `make help` lists the targets.

PYTHON ?= python3
ARGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint test-extra test-lowest test-pythons bench format clean

VENV := .venv
LOWEST := .venv-lowest
OTHER_PYTHONS := 3.12 3.13 3.14
CODE := $(wildcard depotfinity_async tests benchmarks examples)
PIP_OPTIONS := --quiet --disable-pip-version-check --no-input
# Two at a time: much of the suite waits for servers and processes.
PYTEST := -m pytest --numprocesses 2
BUILD_FILES := pyproject.toml requirements/test.txt depotfinity_async/_version.py

# $(call make_venv,python,folder)
define make_venv
@$(1) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
@rm -rf $(2)
@$(1) -m venv $(2)
endef

# $(call install_pinned,folder): the file lists all that is needed, so nothing is resolved, only checked.
define install_pinned
@echo "installing the pinned test tools in $(1)"
@$(1)/bin/python -m pip install $(PIP_OPTIONS) --no-deps -r requirements/test.txt
@$(1)/bin/python -m pip install $(PIP_OPTIONS) --no-deps --no-build-isolation --editable .
@$(1)/bin/python -m pip check --disable-pip-version-check
endef

help:
	@echo "make demo          poll a simulated depot; options in ARGS, such as ARGS=\"--chargers 150\""
	@echo "make test          the static checks, then all tests with branch coverage"
	@echo "make lint          the static checks alone"
	@echo "make test-extra    the tests that need Debian's redis-server, which root gets installed"
	@echo "make test-lowest   all tests with the lowest versions the package allows"
	@echo "make test-pythons  all tests with each other Python found on this machine"
	@echo "make bench         the benchmarks; options in ARGS"
	@echo "make format        lay out the code"
	@echo "make clean         remove all that make has made"

# A stamp is the last thing its recipe makes: an interrupted installation is done again.
$(VENV)/made:
	$(call make_venv,$(PYTHON),$(VENV))
	@touch $@

$(VENV)/installed: pyproject.toml | $(VENV)/made
	@echo "installing the package in $(VENV)"
	@$(VENV)/bin/python -m pip install $(PIP_OPTIONS) --editable '.[cli]'
	@touch $@

$(VENV)/test-tools: $(BUILD_FILES) | $(VENV)/made
	$(call install_pinned,$(VENV))
	@touch $@ $(VENV)/installed

$(LOWEST)/test-tools: $(BUILD_FILES) requirements/lowest.txt
	$(call make_venv,$(PYTHON),$(LOWEST))
	$(call install_pinned,$(LOWEST))
	@# A tool of `make lint` that asks for a newer rich than the package does.
	@$(LOWEST)/bin/python -m pip uninstall $(PIP_OPTIONS) --yes import-linter
	@$(LOWEST)/bin/python -m pip install $(PIP_OPTIONS) -r requirements/lowest.txt
	@$(LOWEST)/bin/python -m pip check --disable-pip-version-check
	@touch $@

# exec: the program itself gets the signal of Ctrl-C, with no shell in between.
demo: $(VENV)/installed
	@exec $(VENV)/bin/depotfinity demo $(ARGS)

test: lint
	$(VENV)/bin/python $(PYTEST) --cov

lint: $(VENV)/test-tools
	$(VENV)/bin/ruff check $(CODE)
	$(VENV)/bin/ruff format --check $(CODE)
	$(VENV)/bin/mypy $(CODE)
	$(VENV)/bin/pyright --pythonpath $(VENV)/bin/python
	$(VENV)/bin/lint-imports --no-logo

# RUNLEVEL: Debian is not to start a server of its own, the tests start theirs.
test-extra: $(VENV)/test-tools
	@if ! command -v redis-server >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "test-extra: installing redis-server"; \
	    export RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive; \
	    apt-get update -qq && apt-get install -qq --no-install-recommends redis-server >/dev/null || true; \
	fi
	@if command -v redis-server >/dev/null; then \
	    exec $(VENV)/bin/python -m pytest tests/extra; \
	else \
	    echo "test-extra: no redis-server here, and no way to install it, left out"; \
	fi

test-lowest: $(LOWEST)/test-tools
	$(LOWEST)/bin/python $(PYTEST)

test-pythons: $(OTHER_PYTHONS:%=test-python-%)

# A name on PATH may be a stand-in for a version that is not installed, so it is tried, not looked up.
test-python-%:
	@for python in python$* "$$HOME"/.pyenv/versions/$*.*/bin/python; do \
	    if "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	        echo "test-pythons: $$("$$python" --version) ($$python)"; \
	        exec $(MAKE) --no-print-directory run-python-$* OTHER_PYTHON="$$python"; \
	    fi; \
	done; \
	echo "test-pythons: no Python $* here, left out"

run-python-%: .venv-%/test-tools
	.venv-$*/bin/python $(PYTEST)

.PRECIOUS: .venv-%/test-tools
.venv-%/test-tools: $(BUILD_FILES)
	$(call make_venv,$(OTHER_PYTHON),.venv-$*)
	$(call install_pinned,.venv-$*)
	@touch $@

$(VENV)/bench-tools: requirements/bench.txt $(VENV)/test-tools
	@echo "installing what the benchmarks compare with in $(VENV)"
	@$(VENV)/bin/python -m pip install $(PIP_OPTIONS) --no-deps -r requirements/bench.txt
	@$(VENV)/bin/python -m pip check --disable-pip-version-check
	@touch $@

bench: $(VENV)/bench-tools
	@exec $(VENV)/bin/python -m benchmarks $(ARGS)

format: $(VENV)/test-tools
	$(VENV)/bin/ruff check --fix $(CODE)
	$(VENV)/bin/ruff format $(CODE)

clean:
	rm -rf .venv .venv-* build dist htmlcov .coverage .coverage.* .hypothesis .import_linter_cache
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
