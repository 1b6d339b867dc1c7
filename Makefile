# `make` prints this list. PYTHON=python3.12 chooses the Python of the virtual environment.
.PHONY: help setup setup-tests run test check prove bench lock clean
.DEFAULT_GOAL := help
export PYTHON

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

setup: ## What the product needs, in .venv
	@setup/venv.sh requirements.lock

setup-tests: ## And what the tests need
	@setup/venv.sh requirements-dev.lock
	@setup/postgresql.sh
	@setup/postfix.sh
	@setup/chromium.sh

run: setup ## The practice internet and the main job on it; ARGS=--exit ends by itself
	@.venv/bin/hotline practice $(ARGS)

test: check ## Every test, after make check
	.venv/bin/pytest -n 2 --dist loadfile

check: setup-tests ## Style, types and the floors of the house
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy --strict
	.venv/bin/lint-imports

prove: setup-tests ## The long proofs: soaks, kills, big data
	.venv/bin/pytest -m prove --timeout 3600

bench: setup-tests ## The benchmarks, one after the other
	@for file in bench/*.py; do echo "== $$file"; .venv/bin/python "$$file" || exit 1; done

COMPILE = .venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --upgrade

lock: setup-tests ## The lock files anew, with the newest stable packages
	$(COMPILE) pyproject.toml --extra dev --group build --output-file requirements-dev.lock
	$(COMPILE) pyproject.toml --constraint requirements-dev.lock --output-file requirements.lock
	$(COMPILE) --group build --constraint requirements-dev.lock --output-file requirements-build.lock

clean: ## Removes .venv, caches and the practice home
	rm -rf .venv build var *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
