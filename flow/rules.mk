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
# MEM_VDD_NB, _KB, _NS, _KS, _PS, _PR: of the memories of one class (flow/memories.txt).
# Folder of the libraries that Debian does not package.
PDK_DIR ?= $(if $(wildcard ../shared/pdk),../shared/pdk,$(BUILD)/pdk)
FLOW_SETTINGS = DATA_LABEL='$(DATA_LABEL)' BUILD='$(BUILD)' PDK_DIR='$(PDK_DIR)' LIB='$(LIB)' W='$(W)' SEGS='$(SEGS)' CLOCK_NS='$(CLOCK_NS)' \
  MEM_TYPE='$(MEM_TYPE)' MEM_VDD='$(MEM_VDD)' $(foreach c,NB KB NS KS PS PR SAFE,MEM_VDD_$(c)='$(MEM_VDD_$(c))') \
  PROTECT_NB='$(PROTECT_NB)' PROTECT_KB='$(PROTECT_KB)' PROTECT_REC='$(PROTECT_REC)' \
  ZERO_SKIP='$(ZERO_SKIP)' ISOLATE='$(ISOLATE)'

.PHONY: synth equivalence
synth: ## Synthesise and time: area by block, memories, maximum clock; then make power (TOP=pe or ENERGY=0: not) (MULT= D= W= SEGS= LIB= CLOCK_NS= PROTECT= PROTECT_REC= MEM_TYPE= MEM_VDD=).
	@case '$(ENERGY)' in 0 | 1) ;; *) echo "make $@: ENERGY is '$(ENERGY)', expected 0 or 1" >&2; exit 1 ;; esac
	@sim/skips.sh '$(ZERO_SKIP)' '$(MULT)'
	@$(FLOW_SETTINGS) flow/library.sh 'make $@'
	@$(if $(TOP)$(filter 0,$(ENERGY)),$(FLOW_SETTINGS) MULT='$(MULT)' D='$(D)' TOP='$(TOP)' flow/synth.sh,$(MAKE) --no-print-directory power)

# Proofs of blocks are at EQUIV_D; the inference on the gates of the whole is at D = 4.
EQUIV_D ?= 16
EQUIV_OF ?=
equivalence: ## Prove that the netlist is the RTL, multipliers and blocks, and run LeNet on the gates (LIB= W= EQUIV_D= EQUIV_OF="pe exact").
	@$(FLOW_SETTINGS) flow/library.sh 'make $@'
	@$(MAKE) --no-print-directory -s $(PARALLEL) axpower multipliers-tables >/dev/null
	@$(FLOW_SETTINGS) MULT='$(MULT)' D='$(EQUIV_D)' flow/equiv.sh $(EQUIV_OF)
	@[ -n '$(EQUIV_OF)' ] || [ '$(W)' != 8 ] || $(MAKE) --no-print-directory gate-simulation D=4

# How the scripts are called; with FLOW_CHECK=1 they only look at their settings.
GATESIM = $(FLOW_SETTINGS) W=8 MULT='$(MULT)' D='$(D)' DATA='$(DATA_NAME)' NET='$(NET_NAME)' AXPOWER='$(AXPOWER)' flow/gatesim.sh
.PHONY: gate-simulation
gate-simulation: ## One inference of NET on the gates of the whole accelerator: every output bit of every cycle (LIB= MULT= D= NET=).
	@$(FLOW_SETTINGS) flow/library.sh 'make $@'
	@model=$$($(SETTINGS) '$(MULT)' '$(D)' 1 0 verilog '$(MODEL)'); $(SIM_CHECK) --mult '$(MULT)' --images 1; FLOW_CHECK=1 $(GATESIM); \
	  $(MAKE) --no-print-directory -s $(PARALLEL) $(AXFLOW) $(BUILD)/mult/tables.stamp $(AXSIM_PINS) $(AXPOWER) >/dev/null; \
	  MODEL="$$model" AXSIM_PINS='$(AXSIM_PINS)' $(GATESIM)

# Faults to plant, from a seed.
FAULTS ?= 40
FAULT_SEED ?= 1
FAULTS_OF = $(FLOW_SETTINGS) W=8 MULT='$(MULT)' D='$(D)' DATA='$(DATA_NAME)' NET='$(NET_NAME)' AXPOWER='$(AXPOWER)' \
  FAULTS='$(FAULTS)' FAULT_SEED='$(FAULT_SEED)' flow/faults.sh
.PHONY: equivalence-faults
equivalence-faults: ## Plant faults into the netlist of the accelerator: do its proofs and LeNet on the gates find them? (FAULTS= FAULT_SEED= LIB= D=4).
	@$(FLOW_SETTINGS) flow/library.sh 'make $@'
	@model=$$($(SETTINGS) '$(MULT)' '$(D)' 1 0 verilog '$(MODEL)'); $(SIM_CHECK) --mult '$(MULT)' --images 1; FLOW_CHECK=1 $(FAULTS_OF); \
	  $(MAKE) --no-print-directory -s $(PARALLEL) $(AXFLOW) $(BUILD)/mult/tables.stamp $(AXSIM_PINS) $(AXPOWER) >/dev/null; \
	  MODEL="$$model" AXSIM_PINS='$(AXSIM_PINS)' $(FAULTS_OF)

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

# Power: axpower replays what axsim-pins, the simulator with a recorder at its pins, has seen.
AXPOWER := $(BUILD)/axpower
AXPOWER_OBJ := $(patsubst flow/power/%.c,$(BUILD)/obj/flow/power/%.o,$(filter-out flow/power/pinlog.c,$(wildcard flow/power/*.c))) \
  $(patsubst sw/%.c,$(BUILD)/obj/%.o,$(wildcard sw/core/*.c))
AXSIM_PINS = $(SIM_DIR)/axsim-pins
# The clock in MHz (empty: the fastest), inferences to average, pJ a bit of external memory.
MHZ ?=
POWER_IMAGES ?= 1
EXT_PJ ?= 20.3
# Cycles that are replayed with delays, for the glitches; 0: none.
GLITCH_CYCLES ?= 1000
$(AXPOWER): $(AXPOWER_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) $^ -lz -lpthread -lm -o $@
$(BUILD)/obj/flow/power/pinlog.o: CPPFLAGS += -Isim
-include $(AXPOWER_OBJ:.o=.d) $(BUILD)/obj/flow/power/pinlog.d
$(AXSIM_PINS): $(AXSIM) $(BUILD)/obj/flow/power/pinlog.o
	$(call say,C++,$@)
	$(Q)$(SIM_CXX) -Wl,--wrap=axf_shim_step -o $@ $(BUILD)/obj/flow/power/pinlog.o $$(ls $(SIM_DIR)/*.o | grep -v /Vaxflow) \
	  $(SIM_DIR)/Vaxflow__ALL.a $(SIM_OBJECTS) $(SIM_LIB) -lopenblas -lz -lpthread -lm -latomic

POWER = $(FLOW_SETTINGS) MULT='$(MULT)' D='$(D)' DATA='$(DATA_NAME)' NET='$(NET_NAME)' AXPOWER='$(AXPOWER)' MHZ='$(MHZ)' \
  POWER_IMAGES='$(POWER_IMAGES)' EXT_PJ='$(EXT_PJ)' GLITCH_CYCLES='$(GLITCH_CYCLES)' flow/power.sh

.PHONY: axpower axsim-pins power
axpower: $(AXPOWER) ## Build axpower, the replay of real activity on the netlist (build/axpower --help).
axsim-pins: $(AXSIM_PINS)
power: ## Energy of an inference from real activity: make synth, then a replay of NET on the netlist (LIB= MULT= D= MHZ= NET=).
	@$(FLOW_SETTINGS) flow/library.sh 'make $@'
	@sim/skips.sh '$(ZERO_SKIP)' '$(MULT)'
	@model=$$($(SETTINGS) '$(MULT)' '$(D)' 1 0 verilog '$(MODEL)'); $(SIM_CHECK) --mult '$(MULT)' --images 1; FLOW_CHECK=1 $(POWER); \
	  $(MAKE) --no-print-directory -s $(PARALLEL) $(AXFLOW) $(BUILD)/mult/tables.stamp $(AXSIM_PINS) $(AXPOWER) >/dev/null; \
	  MODEL="$$model" AXSIM_PINS='$(AXSIM_PINS)' $(POWER)

.PHONY: energy-coefficients
energy-coefficients: ## Write sw/compile/energy.txt, by which the compiler's mapper minds energy, from the results of make power LIB=nangate45.
	@flow/energy.sh write

# Multipliers to characterise (empty: all unsigned ones).
PARETO_OF ?=
PARETO = $(FLOW_SETTINGS) D='$(D)' DATA='$(DATA_NAME)' NET='$(NET_NAME)' AXFLOW='$(AXFLOW)' AXPOWER='$(AXPOWER)' flow/pareto.sh $(PARETO_OF)
.PHONY: pareto
pareto: ## Characterise the multipliers under NET's own operands; fronts of accuracy and energy (LIB= D= NET= PARETO_OF="exact drum4").
	@[ '$(W)' = 8 ] || { echo "make pareto: W = $(W): multipliers are characterised at 8 bits" >&2; exit 1; }
	@$(FLOW_SETTINGS) flow/library.sh 'make $@'
	@GOAL=$@ sim/array.sh '$(D)' && FLOW_CHECK=1 $(PARETO)
	@$(MAKE) --no-print-directory power MULT=exact >'$(BUILD)/pareto-power.log' || { grep ' FAIL$$' '$(BUILD)/pareto-power.log' | tail -n 1; exit 1; }
	@model=$$($(SETTINGS) exact '$(D)' 1 0 verilog '$(MODEL)'); \
	  MODEL="$$model" $(PARETO)

.PHONY: pareto-page
pareto-page: ## Write the tables and figures of docs/pareto.md from the rows of make pareto and make headline (kept in flow/results).
	@flow/page.sh rows && flow/page.sh page && flow/page.sh figures

# What may be lost, in points; rows of trained nets.
POINTS ?= 0.5
ROWS ?=
.PHONY: headline
headline: $(AXFLOW) ## Energy of an inference at equal accuracy: exact, fewer bits, trained nets; after make pareto (LIB= D= NET= POINTS= ROWS=).
	@$(MAKE) --no-print-directory -s axmem >/dev/null
	@$(FLOW_SETTINGS) D='$(D)' NET='$(NET_NAME)' DATA='$(DATA_NAME)' POINTS='$(POINTS)' ROWS='$(ROWS)' AXMEM='$(AXMEM)' AXFLOW='$(AXFLOW)' flow/headline.sh

.PHONY: pdk
pdk: ## Download the cell libraries nangate45 and sg13g2 into BUILD/pdk, checked against pinned sha256 (LIBS=nangate45 for one).
	@AXF_ORIGINS=flow/libs/origins.txt sw/datasets/download.sh '$(BUILD)/pdk' $(LIBS)
	@for f in $(BUILD)/pdk/sg13g2/*.lib; do [ ! -e "$$f" ] || gzip -nkf "$$f"; done
