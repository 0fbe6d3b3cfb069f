# The experiments of docs/axtrain.md. Paths are from the top.
# SPDX-License-Identifier: Apache-2.0

# QUICK=1: only the small grid, in minutes.
QUICK ?= 0
EXPERIMENTS := $(if $(filter 1,$(QUICK)),quick,$(sort $(basename $(notdir $(wildcard sw/experiments/*.exp)))))

.PHONY: reproduce
reproduce: $(AXFLOW) multipliers-tables ## Run the experiments into BUILD/experiments, with tables (QUICK=1: the small grid); goes on where it stopped.
	@for e in $(EXPERIMENTS); do \
	  echo "experiment $$e"; \
	  $(AXFLOW) experiment sw/experiments/$$e.exp --table $(BUILD)/experiments/$$e.md || exit 1; \
	done
