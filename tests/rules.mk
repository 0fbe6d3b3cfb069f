# Tests, checks and benchmarks. What a suite is, is told in docs/testing.md. Paths are from the top.
# SPDX-License-Identifier: Apache-2.0

TEST_PROGRAMS := $(patsubst tests/sw/%.c,$(BUILD)/test/bin/sw/%,$(wildcard tests/sw/test_*.c)) \
  $(patsubst tests/sim/%.c,$(BUILD)/test/bin/sim/%,$(wildcard tests/sim/test_*.c))

# The programs of tests/sw and tests/sim.
.PHONY: test-programs
test-programs: $(TEST_PROGRAMS)
$(BUILD)/test/bin/sw/%: tests/sw/%.c $(AXF_LIB) $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) -Itests/sw $(CFLAGS) $(LDFLAGS) -MMD -MP $< $(AXF_LIB) $(LDLIBS) -o $@

# Tests of the test bench take what they need of it from an archive: whoever needs no RTL is linked without any.
$(BUILD)/test/libsim.a: $(filter-out %/main.o,$(SIM_OBJECTS))
	@mkdir -p $(@D) && rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $^
$(BUILD)/test/bin/sim/%: tests/sim/%.c $(BUILD)/test/libsim.a $(AXF_LIB) $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) -Isim -Itests/sw $(CFLAGS) $(LDFLAGS) -MMD -MP $< $(BUILD)/test/libsim.a $(AXF_LIB) $(LDLIBS) -o $@
-include $(TEST_PROGRAMS:%=%.d)

.PHONY: test test-fast lint sanitize bench profile
test: ## Run the whole regression; the last line counts what passed and failed (SUITES="sw/* e2e/isa" for some).
	@set -f; tests/run $(SUITES)

test-fast: ## Run the quick suites only: the unit tests of the C code and the short end-to-end tests.
	@tests/run --fast

lint: ## Check every configuration of the RTL with Verilator, the C sources with clang-format and cppcheck.
	@tests/lint.sh

sanitize: ## Run the unit tests of the C code under the address and undefined-behaviour sanitizers.
	@tests/sanitize.sh

bench: ## Measure speeds; one line `BENCH name=.. ..` for each.
	@tests/bench.sh

profile: ## Show where the time of training and inference goes, function by function (NET= TABLE=random).
	@tests/profile.sh

.PHONY: formal
formal: ## Prove properties of the RTL's blocks with Yosys and ABC; a line a proof (PROOFS="read_arbiter *" for some).
	@tests/formal/prove.sh $(if $(PROOFS),'$(PROOFS)')

# What the soak is asked for is told in tests/soak/soak.sh.
SOAK_CASES ?= 2000
SOAK_SEED ?= 1
SOAK_HOURS ?= 0
SOAK_D ?= 4 8 16 32
.PHONY: soak
soak: ## Run random nets, array sizes, stalls and failing cells against the C models; goes on after a kill (SOAK_CASES= SOAK_HOURS= ..).
	@SOAK_CASES='$(SOAK_CASES)' SOAK_SEED='$(SOAK_SEED)' SOAK_HOURS='$(SOAK_HOURS)' SOAK_D='$(SOAK_D)' tests/soak/soak.sh

FUZZ_SECONDS ?= 60
.PHONY: fuzz
fuzz: $(AXF_LIB) ## Feed every parser with mutated files under sanitizers, FUZZ_SECONDS=60 each (TARGET=csv for one).
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' tests/fuzz/fuzz.sh $(TARGET)

.PHONY: coverage
coverage: $(AXFLOW) $(AXF_LIB) ## Count the lines and toggles of rtl/ that tests and nets reach, by module; exit 1 below 98 and 90 % (MISSING=1: what is not; PARTS= for some workloads).
	@MISSING='$(MISSING)' tests/coverage/coverage.sh $(if $(PARTS),'$(PARTS)')

KILLS ?= 100
.PHONY: kill-test
kill-test: $(AXFLOW) ## Kill trainings and experiments at KILLS=100 random moments, go on, compare every byte.
	@KILLS='$(KILLS)' tests/kill/kill.sh

# What is asked for is told in tests/mutate/mutate.sh.
MUTANTS ?= 300
MUTATE_SEED ?= 1
$(BUILD)/mutate/mutants: $(wildcard tests/mutate/*.c tests/mutate/*.h)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -D_GNU_SOURCE $(CFLAGS) $(filter %.c,$^) -o $@
.PHONY: mutate
mutate: ## Change one token of the RTL or of its C model at a time, MUTANTS=300 drawn by MUTATE_SEED=1, and see which changes no check finds (LIST=1, MUTANT=id, AGAIN=1, ..).
	@MUTANTS='$(MUTANTS)' SEED='$(MUTATE_SEED)' LIST='$(LIST)' MUTANT='$(MUTANT)' AGAIN='$(AGAIN)' JOBS='$(JOBS)' PLANTED='$(PLANTED)' tests/mutate/mutate.sh
