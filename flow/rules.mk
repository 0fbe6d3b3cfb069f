# Area and timing of the logic by open tools, and proofs that the netlist is the RTL; flow/README.md. Paths are from the top.
# SPDX-License-Identifier: Apache-2.0

# Standard-cell library: a description flow/libs/LIB.lib.txt.
LIB ?= osu018
# Clock period asked for, in ns; empty: the library's own. Block to look at alone; empty: all.
CLOCK_NS ?=
TOP ?=
# Memories: device type (hp, lop, lstp) and supply in V; empty: the library's type, its nominal supply.
MEM_TYPE ?=
MEM_VDD ?=
# Folder of the libraries that Debian does not package.
PDK_DIR ?= $(if $(wildcard ../shared/pdk),../shared/pdk,$(BUILD)/pdk)
FLOW_SETTINGS = BUILD='$(BUILD)' PDK_DIR='$(PDK_DIR)' LIB='$(LIB)' W='$(W)' CLOCK_NS='$(CLOCK_NS)' \
  MEM_TYPE='$(MEM_TYPE)' MEM_VDD='$(MEM_VDD)'

.PHONY: synth equivalence
synth: ## Synthesise and time: area by block, memories, maximum clock (MULT= D= W= LIB= CLOCK_NS= TOP= MEM_TYPE= MEM_VDD=).
	@$(FLOW_SETTINGS) MULT='$(MULT)' D='$(D)' TOP='$(TOP)' flow/synth.sh

equivalence: ## Prove for every multiplier that the synthesised netlist is the RTL (LIB= W=).
	@$(FLOW_SETTINGS) flow/equiv.sh

# The memory model.
AXMEM := $(BUILD)/axmem
AXMEM_OBJ := $(patsubst flow/mem/%.c,$(BUILD)/obj/flow/mem/%.o,$(wildcard flow/mem/*.c)) \
  $(patsubst sw/%.c,$(BUILD)/obj/%.o,$(wildcard sw/core/*.c))
.PHONY: axmem
axmem: $(AXMEM) ## Build axmem, the model of on-chip memories (build/axmem --help).
$(BUILD)/obj/flow/%.o: flow/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) -Iflow/mem $(CFLAGS) -MMD -MP -c $< -o $@
$(AXMEM): $(AXMEM_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) $^ -lz -lpthread -lm -o $@
-include $(AXMEM_OBJ:.o=.d)
