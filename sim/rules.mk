# The simulator axsim: the RTL Verilated with a C test bench. Included by the top Makefile; paths are from the top.
#   make axsim [D=16] [W=8] [SEGS=4] [MULT=exact|NAME,LAYER=NAME,..] [RTL_MULT=..] [PROTECT=..] [TRACE=1] [RULES=1]
# gives BUILD/sim/d16w8-exact/axsim; RTL_MULT=table: .../d16w8-table/axsim, for any unsigned multiplier, and for any signed
# one .../d16w8-table-signed/axsim; SEGS=1: ..-segs1/axsim; PROTECT=secded:
# ..-secded/axsim; TRACE=1: ..-trace/axsim; COVERAGE=1: ..-coverage/axsim, which counts lines and toggles (tests/coverage/coverage.sh).
# RULES=1: ..-rules/axsim, with the assertions of sim/axi_rules.sv. STORY=3: ..-story3/axsim, which tells what row 3 does (sim/story.sv).
# SPDX-License-Identifier: Apache-2.0
BUILD ?= build
D ?= 16
# Word width of the RTL, 8 or 16. At 16 axsim runs random nets and workloads, with the multipliers exact, truncT and drumK.
W ?= 8
# Segments into which a row can be cut, 1, 2, 4 .. D.
SEGS ?= 4
MULT ?= exact
RTL_MULT ?= verilog
TRACE ?=
COVERAGE ?=
# 1: the rules of the buses are watched in every cycle.
RULES ?=
# A row of the array whose doings are told cycle by cycle (sim/story.sv).
STORY ?=
# 1: zero operands are not multiplied; refused for multipliers that do not give 0 for them. 1: multipliers of idle lanes are
# held still. Parameters of the RTL (rtl/pe/pe.v).
ZERO_SKIP ?= 0
ISOLATE ?= 0
# The Verilog; another folder for a copy with faults.
RTL_DIR ?= rtl
# Protection of the words of the neuron and kernel buffers, or of one of them: none, parity, secded, or msbN (the N upper
# bits at nominal supply): parameters of the RTL, docs/reliability.md.
PROTECT ?= none
PROTECT_NB ?= $(PROTECT)
PROTECT_KB ?= $(PROTECT)
# Parameter records: none, or vote, three copies of each word in the kernel buffer, of which the majority counts.
PROTECT_REC ?= none
VERILATOR ?= verilator
CPPFLAGS ?= -D_GNU_SOURCE -Isw
SIM_LIB ?= $(BUILD)/libaxflow.a

# The names in MULT=NAME,LAYER=NAME,.. once each: the cores in every processing element, numbered in this order. Layers that
# are not spoken of are exact.
SIM_comma := ,
SIM_items := $(if $(findstring =,$(firstword $(subst $(SIM_comma), ,$(MULT)))),exact) $(subst $(SIM_comma), ,$(MULT))
SIM_once = $(if $1,$(firstword $1) $(call SIM_once,$(filter-out $(firstword $1),$1)))
SIM_NAMES := $(strip $(call SIM_once,$(foreach i,$(SIM_items),$(lastword $(subst =, ,$i)))))
SIM_MULT := $(subst $(subst ,, ),+,$(SIM_NAMES))
# The cores' Verilog from the library, or tables shared by all elements.
SIM_CORE := $(if $(filter table,$(RTL_MULT)),table,$(SIM_MULT))
# 1: the core multiplies in two's complement; the parameter MULT_SIGNED of the RTL. 0 too for names that are refused later.
SIM_SIGNED := $(filter 1,$(shell AXF_USER_MULT_DIR='$(AXF_USER_MULT_DIR)' rtl/mult/gen.sh kind '$(SIM_MULT)' 2>/dev/null))
SIM_SIGNED := $(if $(SIM_SIGNED),1,0)
protect_kind = $(if $(filter parity,$(1)),1,$(if $(filter secded,$(1)),2,$(if $(filter msb%,$(1)),3,0)))
protect_safe = $(if $(filter msb%,$(1)),$(patsubst msb%,%,$(1)),1)
# What stands in file names: nothing without protection, one name for both buffers, or both names; that of records.
PROTECT_NAME := $(if $(filter-out nonenone,$(PROTECT_NB)$(PROTECT_KB)),$(if $(filter $(PROTECT_NB),$(PROTECT_KB)),-$(PROTECT_NB),-nb_$(PROTECT_NB)-kb_$(PROTECT_KB)))$(if $(filter vote,$(PROTECT_REC)),-rec_vote)
SIM_DIR := $(BUILD)/sim/d$(D)w$(W)-$(SIM_CORE)$(if $(filter table1,$(SIM_CORE)$(SIM_SIGNED)),-signed)$(if $(filter-out 4,$(SEGS)),-segs$(SEGS))$(PROTECT_NAME)$(if $(filter 1,$(TRACE)),-trace)$(if $(filter 1,$(COVERAGE)),-coverage)$(if $(filter 1,$(RULES)),-rules)$(if $(STORY),-story$(STORY))$(if $(filter 1,$(ZERO_SKIP)),-skip)$(if $(filter 1,$(ISOLATE)),-isolate)
AXSIM := $(SIM_DIR)/axsim
ifeq ($(SIM_CORE),table)
SIM_CORE_FILES := sim/axf_mult_table.v
SIM_CORE_ARGS := sim/axf_mult_table.v -CFLAGS "-include $(CURDIR)/sim/mult_table.h"
else
SIM_CORE_FILES := $(BUILD)/gen/$(SIM_CORE)/files.f
# A core of the user's own may have lint findings and delays; the list of it is rtl/mult/rules.mk's.
SIM_CORE_ARGS := -f $(SIM_CORE_FILES) \
  $(if $(foreach n,$(SIM_NAMES),$(wildcard $(AXF_USER_MULT_DIR)/$n/$n.def)),-Wno-fatal -Wno-lint -Wno-style -Wno-UNOPTFLAT --no-timing)
# Several cores are remade when those of the user among them change.
ifneq ($(word 2,$(SIM_NAMES)),)
$(SIM_CORE_FILES): $(foreach n,$(SIM_NAMES),$(wildcard $(AXF_USER_MULT_DIR)/$n/*))
endif
endif

SIM_RTL := $(filter-out $(RTL_DIR)/mult/%,$(wildcard $(RTL_DIR)/*.v $(RTL_DIR)/*/*.v)) $(if $(filter 1,$(RULES)),sim/axi_rules.sv) $(if $(STORY),sim/story.sv)
SIM_OBJECTS := $(patsubst sim/%.c,$(BUILD)/obj/sim/%.o,$(wildcard sim/*.c))
# One thread: more are slower for a design of this size. g++, the fallback, makes a model half as fast as clang++ does.
SIM_CXX := $(if $(shell command -v clang++),clang++,g++)
# Waveforms and stories are of one image: there the compiler's time counts.
SIM_OPT := $(if $(filter 1,$(TRACE))$(STORY),OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O1,OPT_FAST=$(if $(filter 1,$(COVERAGE)),-O1 OPT_SLOW=-O0,-O3 OPT_SLOW=-O1) OPT_GLOBAL=-O2)
# Buses of up to 1,280 bits are counted (the instruction queues); storage starts at 0, or random values count as first toggles.
SIM_COVERAGE := --coverage-line --coverage-toggle --coverage-underscore --coverage-max-width 1280 --x-initial 0 tests/coverage/top.vlt
SIM_FLAGS := --cc --exe --top-module axflow -GD=$(D) -GW=$(W) -GSEGS=$(SEGS) -GMULT_SIGNED=$(SIM_SIGNED) -GZERO_SKIP=$(ZERO_SKIP) -GISOLATE=$(ISOLATE) \
  -GNB_PROTECT=$(call protect_kind,$(PROTECT_NB)) -GNB_SAFE=$(call protect_safe,$(PROTECT_NB)) \
  -GKB_PROTECT=$(call protect_kind,$(PROTECT_KB)) -GKB_SAFE=$(call protect_safe,$(PROTECT_KB)) -GPROTECT_REC=$(if $(filter vote,$(PROTECT_REC)),1,0) -O3 --x-assign fast --x-initial fast $(if $(filter 1,$(RULES)),--assert,--noassert) \
  -I$(RTL_DIR)/include $(if $(STORY),-DSTORY_ROW=$(STORY)) $(if $(filter 1,$(TRACE)),--trace-fst) $(if $(filter 1,$(COVERAGE)),$(SIM_COVERAGE))

.PHONY: axsim axsim-path axsim-settings
axsim-settings:
	@GOAL=axsim sim/array.sh '$(D)' '$(W)' '$(SEGS)' '$(RTL_MULT)' '$(ZERO_SKIP)' '$(ISOLATE)' '$(PROTECT_NB)' '$(PROTECT_KB)' '$(PROTECT_REC)'
axsim: axsim-settings $(AXSIM) ## Build the simulator for D, MULT and RTL_MULT (TRACE=1: it can write waveforms).
axsim-path:
	@echo $(AXSIM)

$(BUILD)/obj/sim/%.o: sim/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) -Isim $(CFLAGS) -MMD -MP -c $< -o $@
-include $(SIM_OBJECTS:.o=.d)

$(SIM_DIR)/Vaxflow.mk: $(SIM_RTL) $(wildcard rtl/include/*.vh) $(SIM_CORE_FILES) sim/public.vlt sim/rules.mk $(if $(filter 1,$(COVERAGE)),tests/coverage/top.vlt) | axsim-settings
	@command -v $(VERILATOR) >/dev/null || { echo "verilator is missing: apt-get install verilator" >&2; exit 1; }
	@mkdir -p $(@D)
	$(call say,VERIL,$(@D))
	$(Q)$(VERILATOR) $(SIM_FLAGS) sim/public.vlt $(SIM_CORE_ARGS) $(SIM_RTL) $(CURDIR)/sim/shim.cpp \
	  -CFLAGS '-I$(CURDIR)/sim -DAXF_D=$(D) -DAXF_W=$(W) -DAXF_SEGS=$(SEGS) -DAXF_RTL_MULT=\"$(SIM_CORE)\" -DAXF_MULT_SIGNED=$(SIM_SIGNED) -DAXF_ZERO_SKIP=$(ZERO_SKIP)' \
	  -CFLAGS '-DAXF_PROTECT_NB=\"$(PROTECT_NB)\" -DAXF_PROTECT_KB=\"$(PROTECT_KB)\" -DAXF_PROTECT_REC=\"$(PROTECT_REC)\"' -Mdir $(SIM_DIR) -o axsim

# Verilator's own makefile compiles the model; the C objects and the library are linked behind it.
$(AXSIM): $(SIM_DIR)/Vaxflow.mk $(SIM_OBJECTS) $(SIM_LIB) sim/shim.cpp sim/shim.h sim/mult_table.h
	$(call say,C++,$@)
	@rm -f $@ # Verilator's makefile does not know that the C objects and the library matter
	$(Q)$(MAKE) $(if $(Q),-s) --no-print-directory -C $(SIM_DIR) -f Vaxflow.mk CXX=$(SIM_CXX) LINK=$(SIM_CXX) \
	  $(SIM_OPT) \
	  USER_LDLIBS="$(abspath $(SIM_OBJECTS) $(SIM_LIB)) -lopenblas -lz -lpthread -lm" axsim $(if $(Q),>/dev/null)
	@touch $@

# The test bench without an accelerator: it can only say whether the one of these settings would do as it is asked.
AXSIM_CHECK := $(BUILD)/sim/axsim-check
AXSIM_BUILD := $(D) $(W) $(SEGS) $(SIM_CORE) $(SIM_SIGNED) $(ZERO_SKIP) $(PROTECT_NB) $(PROTECT_KB) $(PROTECT_REC) $(if $(filter 1,$(TRACE)),1,0)
$(AXSIM_CHECK): sim/check/shim.c $(SIM_OBJECTS) $(SIM_LIB)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) -Isim $(CFLAGS) $^ -lopenblas -lz -lpthread -lm -o $@

# Unit tests of the test bench's own parts.
SIM_TESTS := $(patsubst tests/sim/%.c,$(BUILD)/test/bin/sim/%,$(wildcard tests/sim/test_*.c))
.PHONY: test-sim
test-sim: $(SIM_TESTS)
	@for t in $^; do "$$t" || exit 1; done
$(BUILD)/test/bin/sim/test_%: tests/sim/test_%.c $(BUILD)/obj/sim/%.o $(SIM_LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -Isim -Itests/sw $(CFLAGS) $^ -lopenblas -lz -lpthread -lm -o $@
