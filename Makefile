# One word per habit. Everything runs in .venv, which `make setup` creates from the locked versions.

bin := .venv/bin

.PHONY: help setup test test-all newest lowest databases packaging lint types workflows fmt golden docs check bench demo lock upgrade pin ci clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/ready ## create .venv with everything that developing needs

.venv/ready: pyproject.toml .locks/dev.txt
	python3 -m venv .venv
	$(bin)/pip install -q --disable-pip-version-check -r .locks/dev.txt
	$(bin)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

test: setup ## the default test suite
	$(bin)/pytest -q -n auto

test-all: setup ## the default suite and the tests that take long, as in CI
	APPLIER_TEST_EXTENDED=1 $(bin)/pytest -q -n auto

newest: ## the default test suite with the newest versions of today
	.ci/floor newest

lowest: ## the default test suite with the lowest versions that are allowed
	.ci/floor lowest

databases: setup ## the tests against MariaDB and PostgreSQL servers of their own
	.ci/databases $(bin)/pytest -q -m database

packaging: setup ## build the wheel and use it in empty environments
	APPLIER_TEST_PACKAGING=1 $(bin)/pytest -q -m packaging

lint: setup ## formatting, rules and layers
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/lint-imports

types: setup ## mypy, strict
	$(bin)/mypy

workflows: ## workflows and actions: what is wrong and what could be tricked
	.ci/workflows

check: lint types test ## what a change has to pass before it is handed in

fmt: setup ## format, and repair what can be repaired
	$(bin)/ruff check --fix-only -q .
	$(bin)/ruff format .

golden: setup ## write all golden files and all generated parts of pages anew; read the diff before you commit it
	UPDATE_GOLDEN=1 UPDATE_DOCS=1 $(bin)/pytest -q -n auto $$(grep -rlE "golden|transcript|compare_form|UPDATE_DOCS|check_or_write" --include="test_*.py" tests)

docs: setup ## write the generated parts of the pages: help, outputs, codes, spec
	UPDATE_DOCS=1 $(bin)/pytest -q tests/test_commands_page.py tests/test_codes.py tests/test_spec_page.py tests/test_map.py tests/test_guides.py tests/test_readme.py tests/test_recipes.py

bench: setup ## the table of measured times
	$(bin)/python -m tests.benchmarks.run

demo: setup ## the example, applied and run in the sandbox
	$(bin)/applier apply examples/mysql-to-snowflake --sandbox --yes --run

lock: ## write .locks/ anew, keeping the versions that still fit
	.ci/lock

upgrade: ## write .locks/ anew with the newest of everything
	.ci/lock --upgrade

pin: ## look up the commits and digests of .github/pins.txt and use them
	python3 .ci/pin.py

ci: ## everything that CI does, from an empty .venv on
	.ci/run

clean: ## remove what was built
	rm -rf .venv .envs .applier dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
