# Figures of the documentation, drawn from text. Paths are from the top.
# SPDX-License-Identifier: Apache-2.0
.PHONY: figures
figures: ## Draw the figures of docs/figures from their text (graphviz).
	@docs/figures/generate.sh
