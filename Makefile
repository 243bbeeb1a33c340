# Everything a developer or CI does, by name. `make` alone prints this list.
# Written for GNU make 3.81 and later, so that the make of macOS is enough.

VENV  := .venv
BIN   := $(VENV)/bin
TOOLS := $(VENV)/.tools
APP   := $(VENV)/.runtime
DEV   := $(VENV)/.dev
LOCKS := uv runtime matching dev

# The first of these that is new enough and can create environments is taken; `make demo PYTHON=...` decides otherwise.
PYTHON := python3.11 python3.12 python3.13 python3.14 python3

# Tests that read the tree and the schema only and start no engine: `make check` runs them before anything slow.
HOUSE := tests/house $(wildcard tests/test_schema.py)

# uv does not read pip's settings. Whoever needs a mirror or a folder of wheels has told pip, so uv is told the same.
# Nothing of it is recorded: the locks hold versions and hashes only.
UV := mirror="$${PIP_INDEX_URL:-$$($(BIN)/pip config get global.index-url 2>/dev/null)}"; \
	[ -z "$$mirror" ] || export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$mirror}"; \
	[ -z "$$PIP_FIND_LINKS" ] || export UV_FIND_LINKS="$${UV_FIND_LINKS:-$$PIP_FIND_LINKS}"; \
	[ -z "$$PIP_CERT" ] || export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$PIP_CERT}"; \
	$(BIN)/uv

# Tests plan thousands of statements once each: what the second compiler of the JVM would win, nobody lives to see.
QUICK := JDK_JAVA_OPTIONS=-XX:TieredStopAtLevel=1

.DEFAULT_GOAL := help
.PHONY: help demo test prove check schema bench lock format clean
# A recipe that fails half-way must not leave a stamp behind.
.DELETE_ON_ERROR:

help: ## print this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(APP) ## start a real graph with demo data and serve it, until Ctrl-C
	@$(BIN)/python -m api dev --demo

test: $(DEV) ## every property, with small counts, on the real engines
	$(QUICK) $(BIN)/python -m pytest -n 2 --dist loadfile

prove: $(DEV) ## the whole suite, with the full figures
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "full or not full"

check: $(DEV) ## format, lint, types, layers, layout and schema: what CI runs first
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest $(HOUSE)

schema: $(APP) ## write schema.graphql, and what partners and customers know of it, from the types
	$(BIN)/python -m api schema > $(VENV)/schema.graphql
	mv $(VENV)/schema.graphql schema.graphql
	set -e; for each in partner customer; do \
	  $(BIN)/python -m api schema --audience $$each > $(VENV)/schema.graphql; \
	  mv $(VENV)/schema.graphql docs/schema/$$each.graphql; \
	done

bench: $(DEV) ## measure against other servers (ARGS="--people 1000" and more: docs/bench.md)
	$(BIN)/python -m bench $(ARGS)

format: $(DEV) ## let ruff write the code as it should look
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(TOOLS) ## resolve requirements/*.in again (UPGRADE=--upgrade takes newer versions)
	@for name in $(LOCKS); do \
	  ( $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(UPGRADE) \
	      --output-file requirements/$$name.txt requirements/$$name.in ) || exit 1; \
	  echo "requirements/$$name.txt"; \
	done

clean: ## remove the environment and the tools' caches; data and downloaded engines stay
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment: a stamp per stage, so a second run costs nothing -------------------------------------------

# The stamp is inside the environment: whoever deletes .venv gets a new one, and a changed lock is installed by itself.
$(TOOLS): requirements/uv.txt
	@echo "creating $(VENV)"; \
	for python in $(PYTHON); do \
	  "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
	  "$$python" -m venv --clear $(VENV) || exit 1; \
	  break; \
	done; \
	if [ ! -x $(BIN)/python ]; then \
	  new=""; old=""; \
	  for python in $(PYTHON); do \
	    version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then new="$$python"; else old="$$python is $$version"; fi; \
	  done; \
	  if [ -n "$$new" ]; then \
	    echo "$$new cannot create environments: install its venv package (on Debian and Ubuntu: apt install python3-venv), then run make again." >&2; \
	  elif [ -n "$$old" ]; then \
	    echo "Python 3.11 or later is needed, $$old: install a newer one, or name it: make demo PYTHON=/path/to/python3.11" >&2; \
	  else \
	    echo "No Python found (tried: $(PYTHON)): install Python 3.11 or later, or name it: make demo PYTHON=/path/to/python3.11" >&2; \
	  fi; \
	  exit 1; \
	fi
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes --only-binary :all: -r requirements/uv.txt
	@touch $@

# `pip install` and not `pip sync`: a demo after a test run must not take the test tools away.
$(APP): $(TOOLS) requirements/runtime.txt
	@echo "installing what the server needs"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements/runtime.txt
	@touch $@

$(DEV): $(APP) requirements/dev.txt
	@echo "installing what checks and tests need"
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@touch $@
