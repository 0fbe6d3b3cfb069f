# Multiplier library: generated wrappers and extracted tables. Included by the top Makefile; paths are from the top.
# SPDX-License-Identifier: Apache-2.0
BUILD ?= build

MULT_DEF := rtl/mult/multipliers.def
MULT_VERILOG := $(wildcard rtl/mult/*.v)
MULT_SCRIPTS := $(wildcard rtl/mult/*.sh rtl/mult/*.awk rtl/mult/sim/*)
# Every multiplier of the list but the presets, which have no tables of their own.
MULT_NAMES := $(shell awk '!/^[ \t]*(\#|$$)/ && $$2 !~ /^=/ { print $$1 }' $(MULT_DEF))
MULT_TABLES := $(MULT_NAMES:%=$(BUILD)/mult/%.axt)

# Extract the table of every multiplier of the list by simulation, into BUILD/mult/NAME.axt.
.PHONY: multipliers-tables
multipliers-tables: $(MULT_TABLES)

$(BUILD)/mult/tables.stamp: $(MULT_DEF) $(MULT_VERILOG) $(MULT_SCRIPTS) $(wildcard sw/core/*.c sw/core/*.h)
	rtl/mult/extract.sh -o $(BUILD)/mult
	@touch $@

# One run makes all tables; a table that was deleted alone makes the run happen again.
$(MULT_TABLES): $(BUILD)/mult/tables.stamp
	@test -f $@ || { rtl/mult/extract.sh -o $(BUILD)/mult && touch $<; }

# Wrapper axf_mult of multiplier NAME for the processing element: BUILD/gen/NAME/axf_mult.v and its file list files.f.
$(BUILD)/gen/%/axf_mult.v $(BUILD)/gen/%/files.f: $(MULT_DEF) $(MULT_VERILOG) rtl/mult/gen.sh $(wildcard rtl/mult/*.awk)
	rtl/mult/gen.sh wrapper $* $(BUILD)/gen/$*

# Those that `axflow multiplier add` made are remade when their own files change, too.
USER_MULT_NAMES := $(notdir $(patsubst %/,%,$(dir $(wildcard $(AXF_USER_MULT_DIR)/*/*.def))))
$(foreach m,$(USER_MULT_NAMES),$(eval $(BUILD)/gen/$m/axf_mult.v $(BUILD)/gen/$m/files.f: \
  $(wildcard $(AXF_USER_MULT_DIR)/$m/*)))

.PHONY: multipliers
multipliers: $(AXFLOW) $(MULT_TABLES) ## Measure every multiplier of the library and write the table of docs/multipliers.md.
	@AXFLOW=$(AXFLOW) rtl/mult/page.sh

# Tests of the library: lint, synthesis, Verilog = formula, tables = formula.
.PHONY: test-multipliers
test-multipliers: $(MULT_TABLES)
	BUILD=$(BUILD) tests/rtl/mult/run.sh

.PHONY: test-multipliers-wide
test-multipliers-wide: ## Compare exact, truncated and DRUM multipliers at 16 bits with their formulas on PAIRS=100000000 pairs each.
	@BUILD=$(BUILD) tests/rtl/mult/wide.sh
