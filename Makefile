# The chores of redstart; CI uses the same ones.
SHELL := /bin/bash
# What commands run is placed side by side (see scripts/order_functions), which takes a section for
# each function, and the linker of Swift's toolchain.
ORDER = $(CURDIR)/scripts/function_order.txt
OPTIMISED := swift build -c release --static-swift-stdlib -Xswiftc -Xfrontend -Xswiftc -function-sections
RELEASE = $(OPTIMISED) --product redstart -Xswiftc -use-ld=lld \
	-Xlinker --symbol-ordering-file=$(ORDER) -Xlinker --no-warn-symbol-ordering \
	-Xlinker --no-export-dynamic
BINARY = $(shell swift build -c release --show-bin-path)/redstart

.PHONY: all setup build release demo test test-adapter test-moto lint format golden order bench bench-sql bench-templates clean install

all: lint build test

setup: ## Install what is missing from Debian
	@scripts/setup

build: ## Debug build
	swift build

release: ## Optimised build, Swift's runtime linked in
	$(RELEASE)

demo: setup release ## Migrate, load, transform and test the example, then look at it
	@scripts/demo "$(BINARY)"

test: setup ## Build and run every test
	swift build --build-tests
# Whole programs are run apart, and so is what waits for answers over a network: tests that compute
# for long, or wait for a program, hold the few threads that the others would go on with.
	swift test --skip-build --skip 'IntegrationTests|AWSClientTests|RedshiftAccessTests'
	swift test --skip-build --filter 'AWSClientTests|RedshiftAccessTests'
	swift test --skip-build --filter IntegrationTests

# moto stands for AWS: pip install 'moto[server]', moto_server -p 5757, and
# REDSTART_MOTO=http://127.0.0.1:5757 make test-moto
test-moto: setup ## The tests that ask moto's server, and are left out otherwise
	@[ -n "$$REDSTART_MOTO" ] || { echo "test-moto: REDSTART_MOTO must have moto's address" >&2; exit 1; }
	swift build --build-tests
	swift test --skip-build --filter 'MotoTests|MotoChainTests|worksAgainstMoto'

# Needs dbt-core 1.11, dbt-postgres, dbt-tests-adapter and pytest-xdist from PyPI in $(PYTHON), and a
# PostgreSQL server: scripts/adapter_tests/README.md
PYTHON ?= python3
test-adapter: build ## dbt's own adapter test-suite, through dbt's command line and through this one
	"$(PYTHON)" scripts/adapter_tests/run .build/debug/redstart

lint: ## Check formatting
	swift format lint --strict --recursive Sources Tests Package.swift

format: ## Format every file
	swift format --in-place --recursive Sources Tests Package.swift

golden: ## Record golden files anew (the run fails on purpose; read the diff, then run make test)
	REDSTART_RECORD=1 swift test

order: release ## Write anew which functions the linker places side by side; needs valgrind
	@scripts/order_functions "$(BINARY)" > "$(ORDER).new"
	@mv "$(ORDER).new" "$(ORDER)"

bench: release ## Measure start-up, compiling and loading
	@scripts/bench "$(BINARY)"

bench-sql: ## Measure reading SQL, beside sqlglot where it is installed
	$(OPTIMISED) --product sql-benchmark
	@scripts/bench_sql.py

bench-templates: ## Measure rendering templates, beside Jinja2 and MiniJinja where they are installed
	$(OPTIMISED) --product template-benchmark
	@scripts/bench_templates.py

install: release ## Copy the program to PREFIX/bin (default /usr/local)
	install -m 755 "$(BINARY)" "$${PREFIX:-/usr/local}/bin/redstart"

clean:
	rm -rf .build target
