# axflow: neural networks on approximate hardware, from training to the running RTL. `make` alone shows what there is.
# SPDX-License-Identifier: Apache-2.0
#
# Every folder that needs rules has its own rules.mk, included below; all paths are from the top. Variables below with ?=
# are for the command line: make sim NET=lenet MULT=drum6 D=8.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# ---- what to work on
# Network: a file sw/nets/NET.net, or the path of a .net file.
NET ?= lenet
# Data set: a name from sw/datasets, digits (embedded generator), or auto: the set that NET is named after, or mnist if its
# files are found, else digits. Or the path of a .set file, or a whole description (sw/datasets/mnist.set).
DATA ?= auto
# Multiplier, a name from rtl/mult/multipliers.def or one that axflow multiplier add has made.
MULT ?= exact
# Array dimension.
D ?= 16
# Images of the test set to run on the RTL (by default fewer if there are fewer); 0: all.
IMAGES ?= 200
# Above 0: the images are drawn at random by this seed, else the first ones are taken.
SEED ?= 0

# ---- where things are
# Everything that is made goes below BUILD.
BUILD ?= build
# Data sets: a folder with one folder for each set.
DATA_DIR ?= $(if $(wildcard ../shared/data),../shared/data,$(BUILD)/data)

# ---- tools
CC := gcc
AR := ar
OPT ?= -O3
CPPFLAGS := -D_GNU_SOURCE -Isw
CFLAGS := -std=c11 $(OPT) -mavx2 -mfma -ffp-contract=off -fno-trapping-math -Wall -Wextra -Wshadow -Werror
LDFLAGS :=
LDLIBS := -lopenblas -lz -lm -lpthread
# Commands are shown as one word each; V=1 shows them in full.
Q := $(if $(filter 1,$(V)),,@)
say = @$(if $(Q),printf "  %-5s%s\n" "$(1)" "$(2)",:)

# A variable of the command line that nobody reads is a slip: refused, or the default would be used without a word.
ifeq ($(MAKELEVEL),0)
GIVEN := $(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $v))),$v))
UNREAD := $(if $(GIVEN),$(shell sw/unread.sh $(GIVEN)))
$(if $(UNREAD),$(error nothing reads the variable $(firstword $(UNREAD)); make help lists the targets and their variables))
endif
$(if $(word 2,[$(BUILD)]),$(error BUILD is '$(BUILD)': the path must hold no blanks))

# What the programs and the scripts read.
export BUILD CC DATA_DIR
export AXF_ROOT := .
export AXF_BUILD := $(BUILD)
export AXF_DATA_DIR := $(DATA_DIR)
export AXF_MULT_DIR := $(BUILD)/mult
# Multipliers added by `axflow multiplier add`; set it to a folder outside BUILD to keep them after make clean.
export AXF_USER_MULT_DIR ?= $(BUILD)/user-mult

include sw/rules.mk
include sw/experiments/rules.mk
-include sim/rules.mk
-include rtl/mult/rules.mk
include sim/run.mk
-include flow/rules.mk
include docs/rules.mk
include tests/rules.mk

.PHONY: help
help: ## Show this list.
	@echo "usage: make TARGET [VARIABLE=value]"
	@awk -F ':.*## ' '/^[a-z][-a-z]*:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(filter %.mk,$(MAKEFILE_LIST)) Makefile
	@echo "networks: $(NETS)"
	@echo "NET=$(NET) DATA=$(DATA) MULT=$(MULT) D=$(D) IMAGES=$(IMAGES) SEED=$(SEED) BUILD=$(BUILD) DATA_DIR=$(DATA_DIR)"

.PHONY: clean
clean: ## Remove everything that was made (the build folder, downloaded data included).
	rm -rf $(BUILD)
