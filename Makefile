# Needs python3 (3.11+) with venv, and make. Everything else comes from uv.lock.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# Office networks often have a certificate authority of their own, which only the system knows.
CERTS := $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),--system-certs)

.PHONY: report example test lab docs lint clean
.DELETE_ON_ERROR:

report: .venv/ready  ## render the newest quarter the data support; ARGS="2023Q4 --lang en" for another
	@$(BIN)/zs-analysis render $(ARGS)

# Invented firms and projects fill every report; kept apart from outputs/, where pages are real. Lists of single
# enterprises are withheld elsewhere.
example: .venv/ready  ## invent a data package and render its newest quarter; ARGS="--lang en" for English
	@$(BIN)/python examples/generate.py examples/data
	@$(BIN)/zs-analysis render --data examples/data --out examples/site --override "75_enterprise_lists=示例数据，纯属虚构 / the data are invented" $(ARGS)

# The tests run on all cores; threads of linear algebra would only wait for each other.
test: .venv/ready
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(ARGS)

# lab/ holds defaults (Chinese, no news from the network); what the user sets in Lab goes before them.
lab: .venv/ready  ## open JupyterLab on notebooks/explore/start_here.ipynb; ARGS="--no-browser --port 8890"
	@JUPYTER_CONFIG_PATH=$(CURDIR)/lab $(BIN)/jupyter lab --notebook-dir=notebooks --LabApp.default_url=/lab/tree/explore/start_here.ipynb $(ARGS)

docs: .venv/ready  ## build the documentation site; anew, since data and docstrings are in its pages
	@$(BIN)/sphinx-build --quiet --fresh-env --fail-on-warning --keep-going -b html docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

lint: .venv/ready
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/nbstripout --verify notebooks/*.ipynb notebooks/explore/*.ipynb

clean:
	rm -rf .venv outputs docs/_build examples/data examples/site .pytest_cache .ruff_cache .hypothesis

# uv itself is one of the locked packages, so one lock fixes the version of everything. Bytecode is compiled here
# because every report starts a kernel, and a kernel that may not write bytecode takes seconds longer to import.
.venv/ready: uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "zs-analysis needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) -V 2>&1`. Run: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Creating .venv from uv.lock (once; about a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==`sed -n '/^name = "uv"$$/{n;s/version = "\(.*\)"/\1/p;}' uv.lock`"
	@UV_PROJECT_ENVIRONMENT=.venv $(BIN)/uv sync --locked --quiet --compile-bytecode $(CERTS)
	@touch $@
