# Every target installs what it needs: Debian packages when it may, Python packages under .build.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help build demo test swift-test sandbox-test packaging-test dashboard-test simulation simulation-test simulate fuzz load bench deb \
	deb-test lint packages deb-packages

BINARIES := keybaton-agent keybaton keybaton-dashboard
SEEDS := 1000000

# The package's build says `none`: debug information holds a hash of headers with their times, so no two checkouts would
# make the same binary, stripped or not.
DEBUG_INFORMATION := dwarf
# Static: a host needs no Swift. No run path: nobody who writes to a folder beside the binary runs code in it. -z now: with
# RELRO, which is the default, the linker's tables are read-only once the program runs. No symbols are exported, as nothing
# is loaded later that would look for them. libstdc++ stays a shared library: a static one would need Debian 12's C library.
RELEASE := --configuration release --static-swift-stdlib --disable-local-rpath \
	-Xlinker -z -Xlinker now -Xlinker --no-export-dynamic -Xlinker --icf=safe -debug-info-format $(DEBUG_INFORMATION)
# Unoptimised, the search takes far too long, and it looks inside Rotation, which takes -enable-testing. In a
# folder of its own: the binaries must not be built so, and building its few modules twice takes less time than both all over
# again whenever the other one was built last.
SIMULATION := --scratch-path .build-simulation --configuration release -Xswiftc -enable-testing
# Line by line, also into a log.
SIMULATOR := stdbuf --output=L .build-simulation/release/relay-simulation

# Through libFuzzer as a library, because SwiftPM names the entry point of an executable itself.
FUZZ_SECONDS := 60
FUZZER = --scratch-path .build-fuzz --configuration release --sanitize address -Xswiftc -enable-testing \
	-Xswiftc -sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table \
	-Xcc -fsanitize=fuzzer-no-link -Xcxx -fsanitize=fuzzer-no-link -Xlinker -u -Xlinker LLVMFuzzerRunDriver \
	-Xlinker $(shell clang -print-resource-dir)/lib/linux/libclang_rt.fuzzer_no_main-$(shell uname -m).a -Xlinker -lstdc++

help: ## list these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

build: packages ## release binaries, in .build/release
	for product in $(BINARIES); do swift build $(RELEASE) --product "$$product"; done

demo: build ## the relay, end to end: three hosts, one of them asleep, AWS's protocols on this machine
	@python=$$(Tests/Sandbox/setup) && PYTHONDONTWRITEBYTECODE=1 "$$python" Tests/Demo/relay.py .build/release Tests/Sandbox/serve

test: swift-test sandbox-test packaging-test dashboard-test simulation-test ## every test, and the search of the relay's small scenarios

# The integration tests by themselves, one after the other: they wait for processes and measure out their time.
SWIFT_TEST := swift test --explicit-target-dependency-import-check error
swift-test: packages
	$(SWIFT_TEST) --skip IntegrationTests
	$(SWIFT_TEST) --no-parallel --filter IntegrationTests

sandbox-test: packages ## the tests of the sandbox that the other tests use
	@python=$$(Tests/Sandbox/setup) && PYTHONPATH=Tests/Sandbox PYTHONDONTWRITEBYTECODE=1 "$$python" \
	-m unittest discover --start-directory Tests/Sandbox/tests --top-level-directory Tests/Sandbox

packaging-test: packages ## manual pages against the program, units, cron script
	for product in $(BINARIES); do swift build --product "$$product"; done
	@binaries=$$(swift build --show-bin-path) && \
	PYTHONDONTWRITEBYTECODE=1 KEYBATON_AGENT="$$binaries/keybaton-agent" KEYBATON="$$binaries/keybaton" \
	KEYBATON_DASHBOARD="$$binaries/keybaton-dashboard" python3 -m unittest discover --start-directory Tests/Packaging

dashboard-test: packages ## the dashboard in Debian's Chromium, beside a real rotation; screenshots in .build/screenshots
	@.ci/install-packages chromium default-jre-headless fonts-dejavu-core
	for product in $(BINARIES); do swift build --product "$$product"; done
	@Tests/Sandbox/setup > /dev/null; python=$$(Tests/Sandbox/setup Tests/Browser) && \
	KEYBATON_BINARIES="$$(swift build --show-bin-path)" PYTHONPATH=Tests/Demo PYTHONDONTWRITEBYTECODE=1 \
	"$$python" -m unittest discover --start-directory Tests/Browser

simulation: packages
	swift build $(SIMULATION) --product relay-simulation

simulation-test: simulation
	@$(SIMULATOR) search & search=$$!; status=0; \
	{ $(SIMULATOR) ablate && $(SIMULATOR) seeds --count 10000; } || status=$$?; wait $$search && exit $$status

simulate: simulation ## every scenario of the relay, and SEEDS=1000000 random lives
	$(SIMULATOR) search --all
	$(SIMULATOR) ablate
	$(SIMULATOR) seeds --count $(SEEDS)

# Every target with the corpus that `make test` replays; new finds stay in .build-fuzz/corpus. Leaks are not looked for: Swift's
# metadata and the TOML parser's tables live as long as the process.
fuzz: packages ## feed every reader with anything at all, FUZZ_SECONDS=60 each
	swift build $(FUZZER) --product fuzz
	for target in $$(ls Tests/Fuzz/Corpus); do \
	  echo "== $$target"; mkdir -p .build-fuzz/corpus/"$$target"; \
	  FUZZ_TARGET="$$target" SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 .build-fuzz/release/fuzz \
	    .build-fuzz/corpus/"$$target" Tests/Fuzz/Corpus/"$$target" -max_total_time=$(FUZZ_SECONDS) \
	    -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 -artifact_prefix=.build-fuzz/; \
	done

load: build ## two hundred hosts at once, while AWS throttles and connections break
	@python=$$(Tests/Sandbox/setup) && PYTHONDONTWRITEBYTECODE=1 "$$python" Tests/Load/load.py .build/release Tests/Sandbox/serve

# nginx is unpacked and not installed: its package would begin to serve on port 80.
bench: build deb ## what a run costs, beside curl, the AWS CLI and nginx; rewrites the tables in README.md
	@.ci/install-packages wrk
	@test -x .build/nginx/usr/sbin/nginx || { mkdir -p .build/nginx && cd .build/nginx && \
	apt-get download --quiet nginx && dpkg-deb --extract nginx_*.deb . ; }
	@python=$$(Tests/Sandbox/setup) && PYTHONPATH=Tests/Bench:Tests/Sandbox PYTHONDONTWRITEBYTECODE=1 "$$python" -m bench

deb: deb-packages ## the agent's Debian package, in .build/deb, with lintian's opinion of it
	packaging/build-deb

deb-test: build deb ## the package in a fresh Debian 12 and 13: installed, used, upgraded, removed, purged
	@.ci/install-packages debootstrap piuparts systemd-container
	@python=$$(Tests/Sandbox/setup) && PYTHONPATH=Tests/Demo PYTHONDONTWRITEBYTECODE=1 "$$python" \
	Tests/Packaging/lifecycle.py .build/deb .build/release Tests/Sandbox/serve

lint: packages ## formatting, common mistakes, layers
	.ci/check-sources

packages:
	@.ci/install-packages

deb-packages:
	@.ci/install-packages build-essential debhelper dpkg-dev lintian rsync
