#!/bin/bash
# The energy of an inference of the whole accelerator at equal accuracy: exact; exact on fewer bits; the plain net, AxTrain and the
# best rival, each at its cheapest multiplier and supply of the kernel buffer. A line HEADLINE .. each, and the rows as CSV.
# usage: [LIB=nangate45] [D=4] [NET=lenet] [DATA=mnist] [POINTS=0.5] [ROWS="FILE.csv .."] AXMEM=PROGRAM AXFLOW=PROGRAM flow/headline.sh
# Called by `make headline`, after `make pareto`, whose results it reads: BUILD/results/power-*.json and pareto-*.csv. ROWS: accuracies
# of trained nets under a configuration of the hardware, from `axflow experiment` (docs/results.md). No training is done here.
# Failure rates become supplies by the 65 nm table of sw/faults/tech.txt, as a share of the nominal supply; the weights are what fails,
# so it is the kernel buffer's. Behind the buffer a path goes on for AFTER_FO4=13 delays of a NAND2 that drives four, as OpenSTA finds in
# `make synth MEM_VDD_KB=..`. Supplies: nominal, every 0.05 of it down to the table's end, and those of the rates in ROWS.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
flow_name='make headline'
LIB=${LIB:-nangate45} D=${D:-4} NET=${NET:-lenet} DATA=${DATA:-mnist} POINTS=${POINTS:-0.5}
# Without ROWS: of these experiments what there is.
experiments=(headline grid-lenet-mnist surface energy)
. flow/common.sh
. flow/blocks.sh
blocks_protection
lib_find
case $D in 4 | 8 | 16 | 32) ;; *) flow_die "D is '$D', expected 4, 8, 16 or 32" ;; esac
[[ $POINTS =~ ^[0-9]+(\.[0-9]+)?$ ]] || flow_die "POINTS is '$POINTS', expected what may be lost, in points"
for f in ${ROWS:-}; do [ -r "$f" ] || flow_die "cannot read the rows $f"; done
base=$BUILD/results/power-$LIB-exact-d$D$protect_name-$NET-${DATA_LABEL:-$DATA}.json
pareto=$BUILD/results/pareto-$LIB-d$D$protect_name-$NET-${DATA_LABEL:-$DATA}.csv
for f in "$base" "$pareto"; do [ -r "$f" ] || flow_die "$f is missing: make pareto LIB=$LIB D=$D"; done
rows=()
for f in ${ROWS:-$(printf "sw/experiments/results/%s.csv " "${experiments[@]}")}; do
  [ ! -r "$f" ] || rows+=("$f")
done
[ ${#rows[@]} -gt 0 ] || echo "$flow_name: no rows of trained nets (make reproduce)" >&2

size=$(sed -n 's/.*"size": *"\([0-9x]*\)_kb".*/\1/p' "$base" | head -n 1)
[ -n "$size" ] || flow_die "$base has no kernel buffer"
memory_options
nominal=$(memory_nominal "$AXMEM")
# `SHARE RATE` of the supplies, shares of nominal: every 0.05 of it down to the table's end, and those of the rates in the rows.
supply() { "$AXFLOW" supply --tech 65nm "$@" | awk '!/^#/ { printf "%.4f %.3g\n", $2, $3 }'; }
shares() {
  local rate end
  end=$(supply | awk 'END { print $1 }')
  supply --vdd "$(awk -v end="$end" 'BEGIN { for (s = 1; s > end - 1e-6; s -= 0.05) printf "%s%.2f", (s < 1 ? "," : ""), s }')"
  for rate in 0.1 0.01 0.001; do # a rate beyond the table's end has no supply
    supply --ber "$rate" 2>/dev/null || true
  done
}
after=$(sed -n "s/.* driving four: \([0-9.]*\) ps.*/\1/p" "${base%.json}.txt" 2>/dev/null | head -n 1)
[ -n "$after" ] || flow_die "${base%.json}.txt has no delay of a NAND2: make power LIB=$LIB D=$D MULT=exact"
after=$(awk "BEGIN { print $after * ${AFTER_FO4:-13} / 1000 }")
memories=$flow_work/headline-memories
mkdir -p "$flow_work"
shares | while read -r share rate; do
  vdd=$(awk "BEGIN { printf \"%.3f\", $share * $nominal }")
  # Below what the model knows, or what it cannot build, is no supply.
  line=$("$AXMEM" --table "${mem_options[@]}" --vdd "$vdd" "$size" 2>/dev/null) && echo "$share $rate $line"
done >"$memories" || true
[ -s "$memories" ] || flow_die "the memory model has no supply for $size"
out=$BUILD/results/headline-$LIB-d$D$protect_name-$NET-${DATA_LABEL:-$DATA}.csv
awk -v after="$after" -v points="$POINTS" -v lib="$LIB" -v d="$D" -v net="$NET" -v csv="$out.$$" -v mults=rtl/mult/multipliers.def \
  -f flow/json.awk -f flow/headline.awk "$memories" "$base" "$pareto" "${rows[@]}" || { rm -f "$out.$$"; flow_die "the table cannot be made"; }
mv "$out.$$" "$out"
