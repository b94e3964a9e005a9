# Every target does its own set-up on a fresh machine: a virtual environment in .venv, the Python packages,
# and on Debian or Ubuntu the two system libraries that Skia links to.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test lint bench gallery clean system help

help:          ## what can be made
	@grep -hE '^[a-z]+: .*##|^[a-z]+:  *##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

demo: $(STAMP)  ## make a finished clip, offline, and print its path
	$(BIN)/aigc run product-clip --inputs examples/pikolo/pikolo.yaml --out out

test: $(STAMP)  ## run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(STAMP)  ## ruff, mypy strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(STAMP)  ## every number the README claims
	$(BIN)/python -m benchmarks

clean:  ## remove what was made here
	rm -rf $(VENV) out dist build

system:
	@sh .ci/system-libraries

$(STAMP): pyproject.toml | system
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
