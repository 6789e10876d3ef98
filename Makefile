# The front door. Every target does one thing; CI calls these and nothing else.

CARGO ?= cargo

.PHONY: help build test lint fmt deny demo crash storm verify-big big living bench pace fuzz pictures man fixtures check-fixtures docs clean browser
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | sort | awk -F'\t' '{printf "  %-15s %s\n", $$1, $$2}'

build: ## the program, for development
	$(CARGO) build --locked

# End-to-end tests wait more than they work: for windows of the rate limit, for answers that come late.
TEST_THREADS ?= $(shell echo $$(( 2 * $$(nproc 2>/dev/null || echo 2) )))
test: ## all tests but the crash storm: unit, property, end-to-end
	INSTA_UPDATE=no RUST_TEST_THREADS=$(TEST_THREADS) $(CARGO) test --locked

lint: ## formatting, clippy without warnings
	$(CARGO) fmt --check
	cd browser-tests && $(CARGO) fmt --check
	cd fuzz && $(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings

fmt: ## format the code
	$(CARGO) fmt
	cd browser-tests && $(CARGO) fmt
	cd fuzz && $(CARGO) fmt

deny: ## licences, bans and sources of dependencies (needs cargo-deny)
	cargo deny --locked check licenses bans sources

demo: build ## the main job on the fixtures: validate, run, kill -9 half-way, resume, prove
	$(CARGO) run --locked --quiet --example demo

# The checker is fetched as it is and is no part of the project (its licence is the MPL).
AXE = browser-tests/target/npm/node_modules/axe-core/axe.min.js
$(AXE): browser-tests/package-lock.json
	mkdir -p browser-tests/target/npm
	cp browser-tests/package.json browser-tests/package-lock.json browser-tests/target/npm/
	npm ci --prefix browser-tests/target/npm --ignore-scripts --no-audit --no-fund
	touch $(AXE)

browser: build $(AXE) ## the pages in headless Chromium, with an accessibility checker (needs chromium and npm)
	cd browser-tests && $(CARGO) test --locked
	cd browser-tests && $(CARGO) clippy --locked --all-targets -- -D warnings

crash: ## 200 kills of the real process at random moments
	CRASH_KILLS=200 $(CARGO) test --locked --test it -- --ignored --nocapture crash_storm

storm: ## 10,000 schedules of faults, restarts, full disks and kills in simulated time
	STORM_SCHEDULES=10000 $(CARGO) test --locked --lib -- --nocapture everything_arrives_once_in_any_storm

verify-big: ## read back 100,000 tickets (VERIFY_TICKETS) from the stand-in: calls, time, memory
	$(CARGO) test --locked --test it -- --ignored --nocapture a_large_account_is_read_back_by_lists

big: ## sizes: an array of 2 GB, a line of 300 MB, archives and entries beyond 4 GB (needs 5 GB of disk)
	$(CARGO) test --locked --release --test it -- --ignored --nocapture --test-threads 1 dirt::large

living: ## forty histories of a living account in three exports each, against one import of the last
	DELTA_SEEDS=40 $(CARGO) test --locked --test it -- --nocapture three_exports_of_a_living_account

bench: ## ratios: parsing, ledger, pace, overhead; ends with an error where one misses its floor
	$(CARGO) bench --locked

pace: ## the table of budget shares, in simulated time
	$(CARGO) test --locked --lib limiter::pace_table -- --include-ignored --nocapture --test-threads 1

# Stable does, with the compiler's switch for unstable flags; without a sanitizer, as the code has no `unsafe`.
FUZZ_SECONDS ?= 120
FUZZ_TARGETS ?= $(basename $(notdir $(wildcard fuzz/fuzz_targets/*.rs)))
FUZZ_NEW ?= fuzz/target/new
# Half of the targets write a file for each input, for which a disk is too slow.
FUZZ_TMP ?= $(firstword $(wildcard /dev/shm) /tmp)
FUZZ_BUILD = --sanitizer none --codegen-units 16

fuzz: ## every parser fed with inventions, FUZZ_SECONDS each (needs cargo-fuzz)
	@cargo fuzz --version >/dev/null 2>&1 || \
	  { echo "make fuzz needs cargo-fuzz; install it with: cargo install cargo-fuzz --locked"; exit 1; }
	RUSTC_BOOTSTRAP=1 cargo fuzz build $(FUZZ_BUILD)
	@for target in $(FUZZ_TARGETS); do \
	  echo "== $$target"; mkdir -p $(FUZZ_NEW)/$$target; \
	  tmp=$$(mktemp -d -p $(FUZZ_TMP)); trap "rm -rf $$tmp" EXIT; \
	  TMPDIR=$$tmp RUSTC_BOOTSTRAP=1 cargo fuzz run $(FUZZ_BUILD) $$target $(FUZZ_NEW)/$$target fuzz/corpus/$$target -- \
	    -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=2048 -timeout=10 -max_len=8192 -dict=fuzz/words.dict \
	    -print_final_stats=1 || exit 1; \
	  rm -rf $$tmp; \
	done

pictures: build ## the pictures of the README, from the real program (needs Chromium and util-linux's script)
	cd browser-tests && $(CARGO) run --locked --quiet --bin readme -- ../docs/pictures
	$(CARGO) run --locked --quiet --example pictures

PROGRAM = target/debug/gorgias-import
man: build ## write the man pages and shell completions in docs again; a test fails where they are stale
	rm -rf docs/man docs/completions && mkdir -p docs/completions
	$(PROGRAM) man --out docs/man
	$(PROGRAM) completions bash > docs/completions/gorgias-import.bash
	$(PROGRAM) completions zsh > docs/completions/_gorgias-import
	$(PROGRAM) completions fish > docs/completions/gorgias-import.fish
	$(PROGRAM) completions powershell > docs/completions/_gorgias-import.ps1
	$(PROGRAM) completions elvish > docs/completions/gorgias-import.elv

fixtures: ## write the fixtures again, byte for byte the same
	$(CARGO) run --locked --example make-fixtures

check-fixtures: ## fail if the fixtures are not as their generator writes them
	$(CARGO) run --locked --quiet --example make-fixtures -- --check

docs: ## the documentation of the code, private parts too, without warnings
	RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" $(CARGO) doc --locked --no-deps --lib --document-private-items

clean: ## remove what was built
	$(CARGO) clean
