# Every target sets up what it needs, in .venv; again only when pyproject.toml or the pins change.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# Tests run side by side, each on one thread; more than four would want more memory than they save time.
WORKERS := -n auto --maxprocesses 4 --dist worksteal

.PHONY: demo test slow check format bench docs clean

demo: $(STAMP)  ## train, evaluate and report; a run that is there already is never touched
	@set -e; run=runs/demo; n=1; \
	while [ -e "$$run" ]; do n=$$((n + 1)); run=runs/demo-$$n; done; \
	$(BIN)/resnets train --model resnet20 --data digits --image-size 16 --epochs 20 --output "$$run"; \
	$(BIN)/resnets evaluate "$$run"; \
	$(BIN)/resnets report "$$run"

test: $(STAMP)
	$(BIN)/pytest -q $(WORKERS) -m "not slow and not gpu"

slow: $(STAMP)
	$(BIN)/pytest -q $(WORKERS) -m "slow and not gpu"

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)
	@set -e; for script in $$(grep -l __main__ benchmarks/*.py); do echo "== $$script"; $(BIN)/python "$$script"; done

docs: $(STAMP)
	$(BIN)/python docs/build.py build/docs

clean:
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@
