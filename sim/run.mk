# What to do with the simulator: `make sim`, `make train-and-verify`. How it is built stands in sim/rules.mk.
# SPDX-License-Identifier: Apache-2.0

# How the multipliers of the array are simulated: verilog (their own Verilog) or table (proved equal, loaded at start).
RTL_MULT ?= verilog
# Cycles from an accepted read address to the first data; share of cycles, in percent, in which the bus stalls at random.
LATENCY ?=
BACK_PRESSURE ?=
# Unrolling factors, a file; without it the compiler's mapper chooses. TRACE=1 writes the waveforms.
FACTORS ?=
TRACE ?=
# What `make utilisation` maps for: cycles, accesses or energy; COUPLING=1: the paper's rule between layers.
OBJECTIVE ?=
COUPLING ?=
# Supply of the neuron and kernel buffers in volts (VDD_NB, VDD_KB: of one of them), or BER, the probability that a cell
# fails; DIE decides what cells, FAULT=flip|stuck|transient what they do, CLUSTERED=1 gathers them (docs/reliability.md).
VDD ?=
VDD_NB ?=
VDD_KB ?=
BER ?=
DIE ?=
FAULT ?=
CLUSTERED ?=
# Technology: a name of sw/faults/tech.txt, 65nm if none is given.
TECH ?=

# The simulator of these settings: set by sim/rules.mk, as a function of D, MULT, RTL_MULT, PROTECT and TRACE.
AXSIM ?= $(BUILD)/sim/axsim
SUPPLY_NAMES := VDD VDD_NB VDD_KB BER DIE FAULT TECH
lower = $(shell echo '$(1)' | tr 'A-Z_' 'a-z-')
SUPPLY_OPTIONS = $(foreach n,$(SUPPLY_NAMES),$(if $($(n)),--$(call lower,$(n)) '$($(n))')) $(if $(filter 1,$(CLUSTERED)),--clustered)
RESULT = $(BUILD)/results/sim-$(NET_NAME)-$(DATA_LABEL)-$(MULT)-d$(D)$(if $(filter-out 8,$(W)),-w$(W))$(PROTECT_NAME)$(subst $(eval) ,,$(foreach n,$(SUPPLY_NAMES),$(if $($(n)),-$(call lower,$(n))$($(n)))))$(if $(filter 1,$(CLUSTERED)),-clustered)$(if $(LATENCY),-latency$(LATENCY))$(if $(BACK_PRESSURE),-back-pressure$(BACK_PRESSURE))
SIM_OPTIONS = --mult '$(MULT)' --rtl-mult $(RTL_MULT) --seed $(SEED) $(if $(LATENCY),--latency $(LATENCY)) \
  $(if $(BACK_PRESSURE),--back-pressure $(BACK_PRESSURE)) $(if $(FACTORS),--factors '$(FACTORS)') \
  $(if $(filter 1,$(TRACE)),--trace '$(RESULT).fst') $(if $(JOBS),--jobs $(JOBS)) $(SUPPLY_OPTIONS)

# As many images as are said by default, of a small test set all.
AT_MOST ?= $(if $(filter file,$(origin IMAGES)),1)
IMAGES_OPTION = --images '$(IMAGES)' $(if $(filter 1,$(AT_MOST)),--at-most)

# The build inside uses all processors, unless make was itself called with -j.
PARALLEL = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
# SETTINGS: sim/settings.sh, with what make was asked for. SIM_CHECK OPTIONS: refuses what the simulator would, before that one is built.
SETTINGS = GOAL=$(patsubst wave-file,wave,$@) W='$(W)' SEGS='$(SEGS)' ZERO_SKIP='$(ZERO_SKIP)' ISOLATE='$(ISOLATE)' \
  PROTECT_NB='$(PROTECT_NB)' PROTECT_KB='$(PROTECT_KB)' PROTECT_REC='$(PROTECT_REC)' sim/settings.sh '$(NET)' '$(DATA_NAME)'
SIM_CHECK = $(MAKE) --no-print-directory -s $(PARALLEL) $(AXFLOW) $(BUILD)/mult/tables.stamp $(AXSIM_CHECK) >/dev/null; \
  AXF_CHECK='$(AXSIM_BUILD)' $(AXSIM_CHECK) --check --model "$$model" --data '$(DATA_NAME)'
.PHONY: sim
sim: ## Run IMAGES images of NET through the RTL and compare every integer with the C model (MULT= D= SEED= TRACE=1 ...).
	@model=$$($(SETTINGS) '$(MULT)' '$(D)' '$(IMAGES)' '$(SEED)' '$(RTL_MULT)' '$(MODEL)'); \
	  [ -e '$(AXSIM)' ] || { echo 'building $(AXSIM), about a minute'; $(SIM_CHECK) $(IMAGES_OPTION) $(SIM_OPTIONS); }; \
	  $(MAKE) --no-print-directory -s $(PARALLEL) $(AXFLOW) $(BUILD)/mult/tables.stamp $(AXSIM) >/dev/null; \
	  mkdir -p $(BUILD)/results; \
	  $(AXSIM) --model "$$model" --data '$(DATA_NAME)' $(IMAGES_OPTION) --json '$(RESULT).json' $(SIM_OPTIONS)

# The parts leave their lines in files, from which the last line is put together.
VERIFY = $(BUILD)/results/verify-$(NET_NAME)-$(DATA_LABEL)-$(MULT)
VERIFY_IMAGES ?= 500
# 1: the last line ends with the energy of an inference (make power: LIB= ..); 0: without. The buffers' supplies are then those of
# the simulation (VDD= VDD_NB= VDD_KB=), as the same share of the library's nominal supply, unless MEM_VDD* are given.
ENERGY ?= 1
SAME_SUPPLIES = $(if $(MEM_VDD)$(MEM_VDD_NB)$(MEM_VDD_KB),,$(if $(VDD)$(VDD_NB)$(VDD_KB),1))
.PHONY: train-and-verify
train-and-verify: ## Train NET (or continue), quantise, measure on the whole test set, run 500 images on the RTL, and find the energy (ENERGY=0: not).
	@IMAGES_OF=VERIFY_IMAGES $(SETTINGS) '$(MULT)' '$(D)' '$(VERIFY_IMAGES)' '$(SEED)' '$(RTL_MULT)' -
	@case '$(ENERGY)' in 0 | 1) ;; *) echo "make $@: ENERGY is '$(ENERGY)', expected 0 or 1" >&2; exit 1 ;; esac
	@[ '$(ENERGY)' = 0 ] || ! command -v yosys >/dev/null || ! command -v sta >/dev/null || FLOW_CHECK=1 $(POWER)
	@$(MAKE) --no-print-directory -s $(PARALLEL) $(AXFLOW) $(BUILD)/mult/tables.stamp >/dev/null
	@$(AXFLOW) predict --net '$(NET)' --d '$(D)' --w '$(W)' --segs '$(SEGS)' --batch 1 >/dev/null # a net for the accelerator, before it is trained
	@mkdir -p $(BUILD)/results
	@if [ -e '$(FLOAT_MODEL)' ]; then \
	  echo '$(FLOAT_MODEL) is trained already (make train trains it again)'; \
	  $(AXFLOW) quantize --model '$(FLOAT_MODEL)' --data '$(DATA_NAME)' --out '$(BUILT_MODEL)' $(QUANTIZE_OPTIONS); \
	else $(MAKE) --no-print-directory train; fi
	@$(AXFLOW) eval --model '$(BUILT_MODEL)' --data '$(DATA_NAME)' --mult '$(MULT)' | tee '$(VERIFY).eval'
	@$(MAKE) --no-print-directory sim MODEL='$(BUILT_MODEL)' IMAGES=$(VERIFY_IMAGES) AT_MOST=$(if $(filter file,$(origin VERIFY_IMAGES)),1,0) | tee '$(VERIFY).sim'
	@rm -f '$(VERIFY).power'
	@if [ '$(ENERGY)' != 1 ]; then :; \
	elif ! command -v yosys >/dev/null || ! command -v sta >/dev/null; then \
	  echo 'no energy: yosys or sta is missing: apt-get install yosys opensta' >&2; \
	else supplies=; \
	  $(if $(SAME_SUPPLIES),$(MAKE) --no-print-directory -s axmem >/dev/null; \
	    supplies=$$(LIB='$(LIB)' MEM_TYPE='$(MEM_TYPE)' AXFLOW='$(AXFLOW)' AXMEM='$(AXMEM)' flow/supplies.sh '$(or $(TECH),65nm)' \
	      'NB=$(or $(VDD_NB),$(VDD))' 'KB=$(or $(VDD_KB),$(VDD))');) \
	  $(MAKE) --no-print-directory power MODEL='$(BUILT_MODEL)' $$supplies >'$(VERIFY).power' || \
	  { grep ' FAIL$$' '$(VERIFY).power' | tail -n 1 >&2; exit 1; }; \
	  echo "SUPPLIES $$supplies" >>'$(VERIFY).power'; fi
	@sim/verify.sh '$(VERIFY).eval' '$(VERIFY).sim' $$([ ! -e '$(VERIFY).power' ] || echo '$(VERIFY).power')

.PHONY: worked-example
worked-example: ## Follow one neuron of LeNet-5 through the RTL: writes the tables of docs/worked-example.md.
	@$(MAKE) --no-print-directory -s $(PARALLEL) BUILD=$(BUILD) D=16 W=8 SEGS=4 MULT=exact RTL_MULT=verilog PROTECT=none PROTECT_REC=none STORY=3 $(AXFLOW) axsim
	@BUILD=$(BUILD) sim/story.sh

# Cycles of the waveform.
CYCLES ?= 400
WAVE = $(BUILD)/wave/$(NET_NAME)$(if $(filter 16,$(D)),,-d$(D)).fst
WAVE_OPTIONS = --mult '$(MULT)' --rtl-mult $(RTL_MULT) --seed $(SEED) --images 1 --quiet --trace '$(WAVE).tmp' --trace-cycles '$(CYCLES)'
.PHONY: wave wave-file
wave: ## Write the waveform of an image's first CYCLES=400 cycles, and say how to open it (NET= DATA= D= MULT=).
	@$(MAKE) --no-print-directory TRACE=1 wave-file
wave-file:
	@model=$$($(SETTINGS) '$(MULT)' '$(D)' 1 '$(SEED)' '$(RTL_MULT)' '$(MODEL)'); \
	  [ -e '$(AXSIM)' ] || { echo 'building $(AXSIM), minutes'; $(SIM_CHECK) $(WAVE_OPTIONS); }; \
	  $(MAKE) --no-print-directory -s $(PARALLEL) $(AXFLOW) $(BUILD)/mult/tables.stamp $(AXSIM) >/dev/null; \
	  mkdir -p $(BUILD)/wave; \
	  $(AXSIM) --model "$$model" --data '$(DATA_NAME)' $(WAVE_OPTIONS); \
	  mv '$(WAVE).tmp' '$(WAVE)'
	@echo 'gtkwave $(WAVE) sim/worked-example.gtkw    # shows it; apt-get install gtkwave'

# What the workloads run on has none of these, whatever make was called with.
PLAIN := SEGS=4 PROTECT_NB=none PROTECT_KB=none PROTECT_REC=none ZERO_SKIP=0 ISOLATE=0
.PHONY: utilisation
utilisation: ## How busy the array is on the paper's six workloads, by the RTL (QUICK=1: large nets by the cycle model; D= W= OBJECTIVE= COUPLING=1).
	@GOAL=$@ sim/array.sh '$(D)' '$(W)'
	@case '$(OBJECTIVE)' in '' | cycles | accesses | energy) ;; *) echo "make $@: OBJECTIVE is '$(OBJECTIVE)', expected cycles, accesses or energy" >&2; exit 1 ;; esac
	@$(MAKE) --no-print-directory -s $(PARALLEL) $(AXFLOW) $(BUILD)/mult/exact.axt
	@$(MAKE) --no-print-directory -s BUILD=$(BUILD) D=$(D) W=$(W) $(PLAIN) $(if $(filter 8,$(W)),RTL_MULT=table,MULT=exact RTL_MULT=verilog) axsim
	@D=$(D) W=$(W) QUICK='$(QUICK)' OBJECTIVE='$(OBJECTIVE)' COUPLING='$(COUPLING)' sim/utilisation.sh

# Sizes at which the small nets run on the RTL too; RTL= for the cycle model alone.
RTL ?= 4 8 16 32
.PHONY: scalability
scalability: ## How busy arrays of D = 4 .. 64 are on the workloads; small nets on the RTL too (RTL="4 8 16 32"; RTL= for none).
	@for d in $(RTL); do GOAL=$@ sim/array.sh "$$d" || exit 1; done
	@$(MAKE) --no-print-directory -s $(PARALLEL) $(AXFLOW) $(BUILD)/mult/exact.axt
	@for d in $(RTL); do $(MAKE) --no-print-directory -s BUILD=$(BUILD) D=$$d W=8 $(PLAIN) RTL_MULT=table axsim || exit 1; done
	@BUILD=$(BUILD) RTL='$(RTL)' sim/scalability.sh
