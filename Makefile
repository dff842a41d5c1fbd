# What a person types. Everything else is `swift build`, `swift test` and the tool itself.

SWIFT ?= swift
# What a plain build leaves out.
TRAITS := --traits TLS,SQLite,Redis
CAPTURE := Tests/Corpus/captures/4.0.1/usrloc.pcap
SOURCES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Examples/Package.swift Examples/Sources \
    Fuzz/Package.swift Fuzz/Sources
# Tests with sockets and servers, which wait for others: not beside those that only compute, or wait for a process, and keep a thread while
# they do.
CLOCKED := BINTransportTests|BINNodeTests|BINHTTPTests|BINStoreTests|BINConformanceTests
# The tests of BINCluster but those of large clusters and of many faults, which take long and reach little more.
CLUSTER_TESTS := BINClusterTests\.(Address|Conversation|Hardening|Link|SequenceRule|RateLimit|Membership|Operation|SharingTag|Sync)|GossipTests\.(Membership|Ownership|GossipPure|State|GossipWire)|BINNodeTests
# How long each fuzz target runs.
SECONDS := 10

.DEFAULT_GOAL := help
.PHONY: help setup build release demo examples test sanitize spec format format-check coverage fuzz fuzz-corpus benchmark clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 26

setup: ## install the system packages that are missing (Debian and Ubuntu)
	@./.ci/setup

build: setup ## build the command line for debugging
	$(SWIFT) build --product opensips-bin

release: setup ## build the command line for use: .build/release/opensips-bin
	$(SWIFT) build -c release --product opensips-bin

demo: setup ## build, and show what two real servers told each other
	@$(SWIFT) build --product opensips-bin
	@echo; echo '$$ opensips-bin inspect $(CAPTURE)   (contacts only)'; echo
	@$$($(SWIFT) build --show-bin-path)/opensips-bin inspect --filter 'capability=usrloc*' $(CAPTURE)
	@echo; echo '$$ opensips-bin inspect --stats $(CAPTURE)'; echo
	@$$($(SWIFT) build --show-bin-path)/opensips-bin inspect --stats $(CAPTURE)

examples: setup ## build the programs in Examples/
	$(SWIFT) build --package-path Examples

test: setup ## run all tests; those that look at clocks by themselves
	$(SWIFT) build --build-tests $(TRAITS)
	$(SWIFT) test --skip-build $(TRAITS) --skip '$(CLOCKED)|CommandLineTests'
	$(SWIFT) test --skip-build $(TRAITS) --filter CommandLineTests
	$(SWIFT) test --skip-build $(TRAITS) --filter '$(CLOCKED)' --skip 'a listener without room|BINConformanceTests'
	$(SWIFT) test --skip-build $(TRAITS) --filter BINConformanceTests
	BIN_TESTS_ALONE=1 $(SWIFT) test --skip-build $(TRAITS) --filter 'BINTransportTests.*a listener without room'

sanitize: setup ## run the tests of the sockets under the thread sanitizer
	$(SWIFT) test --sanitize=thread -Xswiftc -DTHREAD_SANITIZER --scratch-path .build-tsan --filter BINTransportTests

spec: setup ## write the machine-readable parts of Spec/ from the declarations
	$(SWIFT) run opensips-bin spec export Spec
	$(SWIFT) run opensips-bin vectors generate Spec/vectors

format: ## lay the code out
	$(SWIFT) format --in-place --recursive $(SOURCES)

format-check: ## fail when code is not laid out
	$(SWIFT) format lint --strict --recursive $(SOURCES)

coverage: setup ## how much of BINWire, BINMessages and BINCluster the tests reach, and the fuzz corpus alone
	./.ci/coverage 95 'BINWireTests|BINMessagesTests|CorpusTests'
	./.ci/coverage 90 '$(CLUSTER_TESTS)' BINCluster
	./.ci/coverage 0 FuzzReplayTests

fuzz: setup ## run every fuzz target for SECONDS=10; fail on a finding
	./Fuzz/fuzz run $(SECONDS)

fuzz-corpus: setup ## make the inputs in Fuzz/Corpus anew
	./Fuzz/fuzz corpus

benchmark: release ## measure against plain C, in one run
	$(SWIFT) build -c release --package-path Benchmarks
	$$($(SWIFT) build -c release --package-path Benchmarks --show-bin-path)/bin-benchmarks \
	    $$($(SWIFT) build -c release --show-bin-path)/opensips-bin
	$$($(SWIFT) build -c release --package-path Benchmarks --show-bin-path)/replica-benchmark
	@if command -v redis-server >/dev/null; then \
	    $$($(SWIFT) build -c release --package-path Benchmarks --show-bin-path)/gossip-benchmark; \
	else echo "gossip-benchmark compares with Redis: install redis-server"; fi

clean: ## remove what was built
	rm -rf .build .build-* Benchmarks/.build* Examples/.build* Fuzz/.build*
