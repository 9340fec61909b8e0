# The commands of daily work; each makes first what it needs (tools/bootstrap.sh).
# ARGS goes to the tool: make test ARGS="tests/kernels -x"

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help

BIN := .venv/bin
ARGS ?=
PORT ?= 8000
KERNELS ?= all
# Notices of plugins about the future of MkDocs, at each start: the version is locked, and
# the pages build with a second engine.
export NO_MKDOCS_2_WARNING := true
export DISABLE_MKDOCS_2_WARNING := true

LINTS := lint-code lint-format lint-types lint-imports lint-spelling lint-markdown lint-workflows

.PHONY: help venv-site venv-dev headers search-index site offline wheel serve generate check test kernels-test probe verify lint fix bench lock clean distclean $(LINTS)

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv-site:
	@tools/bootstrap.sh site

venv-dev:
	@tools/bootstrap.sh dev

headers: venv-site
	@$(BIN)/bpfref scrape --download-only || \
		echo "notice: no kernel header here, so pages link to the manual page instead of quoting it" >&2

search-index: venv-site
	@$(BIN)/bpfref index

site: headers search-index ## Build the site into site/ (stops at every warning)
	$(BIN)/mkdocs build --strict $(ARGS)
	@$(BIN)/bpfref finish

offline: site ## Pack the site for readers without a network into dist/: an archive and a docset
	@$(BIN)/bpfref offline

wheel: venv-site ## Build the Python package of the data, bpfref-data, into dist/
	@$(BIN)/bpfref finish --package packaging/bpfref-data/bpfref_data/v1
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index \
		--wheel-dir dist packaging/bpfref-data $(ARGS)

serve: headers search-index ## Show the site on this machine while you write (PORT=8000)
	$(BIN)/mkdocs serve --dev-addr 127.0.0.1:$(PORT) $(ARGS)

generate: venv-site ## Fill the generated blocks of all pages
	$(BIN)/bpfref generate $(ARGS)

check: venv-site ## All checks of data and pages: the one command before a commit
	$(BIN)/bpfref check $(ARGS)

test: venv-dev ## Run the tests
	$(BIN)/pytest $(ARGS)

kernels-test: venv-dev ## Fetch every kernel of the lab (1.3 GB, kept) and test that each can be read
	BPFREF_REQUIRE_NETWORK=1 $(BIN)/pytest -m all_kernels $(ARGS)

probe: venv-site ## Ask the kernels what works where (KERNELS="v6.12 v7.3": only these)
	$(BIN)/bpfref probe -k $(KERNELS) --all $(ARGS)

verify: venv-dev ## Run the examples on the kernels (KERNELS="v6.12 v7.3": only these)
	$(BIN)/bpfref verify -k $(KERNELS) $(ARGS)

lint: venv-dev ## Code style, types, imports, spelling, Markdown, workflows
	@$(MAKE) --no-print-directory --keep-going $(LINTS)

lint-code: venv-dev
	$(BIN)/ruff check . || { echo "to repair: make fix" >&2; exit 1; }

lint-format: venv-dev
	$(BIN)/ruff format --check . || { echo "to repair: make fix" >&2; exit 1; }

lint-types: venv-dev
	$(BIN)/mypy

lint-imports: venv-dev
	$(BIN)/lint-imports

lint-spelling: venv-dev
	$(BIN)/codespell

lint-markdown: venv-dev
	$(BIN)/rumdl check . || { echo "to repair: make fix" >&2; exit 1; }

lint-workflows: venv-dev
	$(BIN)/zizmor --offline --quiet .github

fix: venv-dev ## Repair what can be repaired by machine: format, imports, Markdown
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/rumdl fmt .

bench: venv-dev ## Run all benchmarks that need no argument
	@for bench in bench/*.py; do \
		[ -e "$$bench" ] || continue; \
		echo "== $$bench"; $(BIN)/python "$$bench"; \
	done

# `make lock` keeps versions that still fit; `make lock ARGS=--upgrade` takes the newest.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --system-certs \
	--custom-compile-command "make lock"
lock: venv-dev ## Write requirements/*.txt anew from pyproject.toml (ARGS=--upgrade)
	$(LOCK) $(ARGS) pyproject.toml requirements/build.in --extra site -o requirements/site.txt
	$(LOCK) $(ARGS) pyproject.toml requirements/build.in --all-extras \
		--constraint requirements/site.txt -o requirements/dev.txt

clean: ## Delete what was built; keeps .venv and downloads
	rm -rf site build dist .mypy_cache .ruff_cache .rumdl_cache .pytest_cache .hypothesis .import_linter_cache

distclean: clean ## Delete .venv and the downloads as well
	rm -rf .venv .cache .bpfref-cache
