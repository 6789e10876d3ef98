# The front door. Every target does one thing; CI calls these and nothing else.

CARGO ?= cargo
BIN   := target/debug/gorgias-import

.PHONY: build test lint fmt deny demo bench crash fixtures docs clean help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | sort | awk -F'\t' '{printf "  %-10s %s\n", $$1, $$2}'

build: ## the program, for development
	$(CARGO) build --locked

test: ## everything quick: unit, property, snapshot and end-to-end tests
	INSTA_UPDATE=no $(CARGO) test --locked

lint: ## formatting, clippy without warnings, file sizes
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings

fmt: ## format the code
	$(CARGO) fmt

deny: ## licences, bans and sources of dependencies (needs cargo-deny)
	cargo deny --locked check licenses bans sources

demo: build ## the main job on the fixtures: validate, run, kill half-way, resume, prove
	$(CARGO) run --locked --quiet --example demo

crash: ## 200 kills of the real process at random moments
	CRASH_KILLS=200 $(CARGO) test --locked --test it -- --ignored --nocapture crash_storm

bench: ## ratios: parsing, ledger, pace, overhead
	$(CARGO) bench --locked

fixtures: ## write the fixtures again, byte for byte the same
	$(CARGO) run --locked --example make-fixtures

docs: ## the crate's documentation, without warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps

clean: ## remove what was built
	$(CARGO) clean
