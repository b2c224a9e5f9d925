# Every target installs what it needs: Debian packages when it may, Python packages under .build.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help build test sandbox-test lint packages

help: ## list these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

build: packages ## release binaries, in .build/release
	swift build -c release --static-swift-stdlib

test: packages sandbox-test ## every test
	swift test

sandbox-test: packages ## the tests of the sandbox that the other tests use
	@python=$$(Tests/Sandbox/setup) && PYTHONPATH=Tests/Sandbox PYTHONDONTWRITEBYTECODE=1 "$$python" \
	-m unittest discover --start-directory Tests/Sandbox/tests --top-level-directory Tests/Sandbox

lint: packages ## Swift, Python and shell: formatting and common mistakes
	swift format lint --strict --recursive Package.swift Sources Tests
	grep -rIlE --exclude-dir=.build --exclude-dir=.git '^#!/bin/(ba)?sh' . | xargs --no-run-if-empty shellcheck
	@python=$$(Tests/Sandbox/setup) && ruff() { "$$python" -m ruff --quiet "$$@" Tests/Sandbox; } && \
	ruff check --no-cache && ruff format --check --no-cache

packages:
	@.ci/install-packages
