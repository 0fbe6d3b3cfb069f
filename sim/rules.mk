# The simulator axsim: the RTL Verilated with a C test bench. Included by the top Makefile; paths are from the top.
#   make axsim [D=16] [W=8] [MULT=exact] [RTL_MULT=verilog|table] [TRACE=1]
# gives BUILD/sim/d16w8-exact/axsim (RTL_MULT=table: .../d16w8-table/axsim, for any multiplier; TRACE=1: ...-trace/axsim).
# SPDX-License-Identifier: Apache-2.0
BUILD ?= build
D ?= 16
W ?= 8
MULT ?= exact
RTL_MULT ?= verilog
TRACE ?= 0
VERILATOR ?= verilator

SIM_CORE := $(if $(filter table,$(RTL_MULT)),table,$(MULT))
SIM_DIR := $(BUILD)/sim/d$(D)w$(W)-$(SIM_CORE)$(if $(filter 1,$(TRACE)),-trace)
AXSIM := $(SIM_DIR)/axsim
SIM_LIB ?= $(BUILD)/libaxflow.a

# clang++ halves the simulation time; g++ is the fallback. One thread: more are slower for a design of this size.
SIM_CXX := $(if $(shell command -v clang++),clang++,g++)
SIM_RTL := $(filter-out rtl/mult/%,$(wildcard rtl/*.v rtl/*/*.v))
SIM_C := $(wildcard sim/*.c)
SIM_OBJ := $(SIM_C:sim/%.c=$(BUILD)/sim/obj/%.o)
SIM_CFLAGS ?= -std=c11 -O3 -mavx2 -mfma -ffp-contract=off -Wall -Wextra -Wshadow -Wvla -Wno-sign-compare
SIM_VFLAGS := --cc --exe --top-module axflow -GD=$(D) -GW=$(W) -O3 --x-assign fast --x-initial fast --noassert \
  -Irtl/include $(if $(filter 1,$(TRACE)),--trace-fst --trace-structs --trace-threads 1)
# The core inside the processing elements: generated from the library, or the shared table.
ifeq ($(SIM_CORE),table)
SIM_CORE_FILES := sim/axf_mult_table.v
SIM_CORE_ARGS := sim/axf_mult_table.v -CFLAGS "-include $(CURDIR)/sim/mult_table.h"
else
SIM_CORE_FILES := $(BUILD)/gen/$(SIM_CORE)/files.f
SIM_CORE_ARGS := -f $(SIM_CORE_FILES)
endif

# Build the simulator for D, W, MULT and RTL_MULT.
.PHONY: axsim
axsim: $(AXSIM)

$(BUILD)/sim/obj/%.o: sim/%.c $(wildcard sim/*.h sw/*/*.h)
	@mkdir -p $(@D)
	$(CC) $(SIM_CFLAGS) -D_GNU_SOURCE $(if $(GIT_REV),-DAXF_GIT_REV='"$(GIT_REV)"') -Isw -Isim -c $< -o $@

$(SIM_DIR)/Vaxflow.mk: $(SIM_RTL) $(wildcard rtl/include/*.vh) $(SIM_CORE_FILES) sim/public.vlt sim/rules.mk
	@command -v $(VERILATOR) >/dev/null || { echo "verilator is missing: apt-get install verilator" >&2; exit 1; }
	@mkdir -p $(@D)
	$(VERILATOR) $(SIM_VFLAGS) sim/public.vlt $(SIM_CORE_ARGS) $(SIM_RTL) $(CURDIR)/sim/shim.cpp \
	  -CFLAGS '-DAXF_D=$(D) -DAXF_W=$(W) -DAXF_RTL_MULT=\"$(SIM_CORE)\"' -Mdir $(SIM_DIR) -o axsim

# Verilator's own makefile compiles the model; the C objects and the library are linked behind it.
$(AXSIM): $(SIM_DIR)/Vaxflow.mk $(SIM_OBJ) $(SIM_LIB) sim/shim.cpp sim/shim.h sim/mult_table.h
	@rm -f $@ # the makefile of Verilator does not know the C objects and the library
	$(MAKE) -C $(SIM_DIR) -f Vaxflow.mk CXX=$(SIM_CXX) LINK=$(SIM_CXX) OPT_FAST=-O3 OPT_SLOW=-O1 OPT_GLOBAL=-O2 \
	  USER_LDLIBS="$(abspath $(SIM_OBJ)) $(abspath $(SIM_LIB)) -lopenblas -lz -lpthread -lm" axsim
	@touch $@
