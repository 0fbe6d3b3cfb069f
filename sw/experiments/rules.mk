# The experiments of docs/axtrain.md and the page of their results. Paths are from the top.
# SPDX-License-Identifier: Apache-2.0

# QUICK=1: only the small grid, in minutes.
QUICK ?= 0
# KEEP=1: runs whose rows are in sw/experiments/results are not made again.
KEEP ?= 0
EXPERIMENTS ?= $(if $(filter 1,$(QUICK)),quick,$(filter-out quick,$(sort $(basename $(notdir $(wildcard sw/experiments/*.exp))))))

.PHONY: reproduce
reproduce: $(AXFLOW) multipliers-tables ## Run the experiments into BUILD/experiments, then write rows, page and figures of the results (QUICK=1: a small grid and its rows alone); goes on where it stopped (KEEP=1: leaves out what has its rows already).
	@for e in $(EXPERIMENTS); do \
	  echo "experiment $$e"; \
	  have=; [ "$(KEEP)" != 1 ] || [ ! -e sw/experiments/results/$$e.csv ] || have="--have sw/experiments/results/$$e.csv"; \
	  $(AXFLOW) experiment sw/experiments/$$e.exp --out $(BUILD)/experiments/$$e --table $(BUILD)/experiments/$$e.md $$have || exit 1; \
	  sw/experiments/page.sh rows $$e; \
	done
	@$(if $(filter 1,$(QUICK)),,sw/experiments/page.sh page && sw/experiments/page.sh figures)

.PHONY: results
results: $(AXFLOW) ## Write docs/results.md and its figures from the rows in sw/experiments/results (ROWS=1: first collect those of finished runs in RUNS, folders like BUILD/experiments).
	@$(if $(filter 1,$(ROWS)),sw/experiments/page.sh rows)
	@sw/experiments/page.sh page && sw/experiments/page.sh figures
