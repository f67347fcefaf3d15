# Python 3.11 and make are all that a machine needs; everything else is installed into .venv from requirements.lock.
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
UV := uv==0.13.9
SBOM := cyclonedx-bom==7.5.0
ARGS ?=
COVERAGE ?=
BIN := .venv/bin
READY := .venv/.ready
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-annotate --no-header
NEEDED := "Python 3.11 or newer is needed: install it, or name it, as in 'make PYTHON=/path/to/python3.11 ...' / 需要 Python 3.11 或更新版本"

# Every command starts in half the time where Python may keep what it has compiled.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo up test check promtool sim chaos bench format schemas lock sbom clean

help: ## list what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/\1|\2/' | column -t -s '|' 2>/dev/null \
	  || grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST)

install: $(READY) ## install what the lock names, and the command `cheqi`

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo $(NEEDED); exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(UV)
	$(BIN)/uv pip sync --quiet --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## play the article's day on all services (ARGS=--once: end after the last step)
	$(BIN)/cheqi demo $(ARGS)

up: $(READY) ## run all services in one process
	$(BIN)/cheqi up $(ARGS)

test: $(READY) ## run every test (COVERAGE=yes: also hold what they cover to its limits, as CI does)
	$(BIN)/pytest --numprocesses=2 --dist=loadscope $(if $(COVERAGE),--cov --cov-report=term) $(ARGS)
	$(if $(COVERAGE),$(BIN)/coverage report --fail-under=100 --include='services/**/rules.py')

check: $(READY) ## run what CI runs before the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m shared.events.contract check
	$(BIN)/python -m cheqi.asyncapi check
	$(BIN)/pytest -q tests/architecture

promtool: $(READY) ## fetch what tests the alert rules, from Debian's package where apt has it
	test -x $(BIN)/promtool || deploy/observability/fetch-promtool $(BIN)

sim: $(READY) ## play 2,000 seeded schedules (ARGS='--seed 7': replay one)
	$(BIN)/python -m tests.sim $(ARGS)

chaos: $(READY) ## kill processes and servers under load, in containers (ARGS='--seed 7': strike the same again)
	$(BIN)/python -m tests.chaos $(ARGS)

bench: $(READY) ## measure everything in turn, on containers (an hour or more), and print the tables
	for one in embedded apply relay journey catch_up; do $(BIN)/python -m bench.$$one || exit 1; done

format: $(READY) ## format the code and mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

schemas: $(READY) ## store new revisions of event schemas, write what docs/ holds of events and settings
	$(BIN)/python -m shared.events.contract write
	$(BIN)/python -m cheqi.asyncapi write
	$(BIN)/python -m cheqi.configuration

lock: $(READY) ## lock the dependencies again (ARGS=--upgrade: to the newest that fit)
	$(LOCK) --extra dev --extra bench --extra telemetry $(ARGS) --output-file requirements.lock pyproject.toml
	$(LOCK) --extra telemetry --constraint requirements.lock --output-file deploy/requirements.lock pyproject.toml

sbom: $(READY) ## write build/sbom.json: what the image is made of, in CycloneDX, from its lock
	mkdir -p build
	$(BIN)/uv tool run --from $(SBOM) cyclonedx-py requirements deploy/requirements.lock --spec-version 1.6 \
	  --output-reproducible --output-format JSON --output-file build/sbom.json

clean: ## remove what was installed, built and cached
	rm -rf .venv build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
