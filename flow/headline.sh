#!/bin/bash
# The energy of an inference of the whole accelerator at equal accuracy: exact; exact on fewer bits; trained nets, each at its
# cheapest multiplier and supply of the kernel buffer. A line HEADLINE .. each, and the rows as CSV.
# usage: [LIB=nangate45] [D=4] [NET=lenet] [DATA=mnist] [POINTS=0.5] [ROWS=sw/experiments/results/headline.csv] AXMEM=PROGRAM flow/headline.sh
# Called by `make headline`, after `make pareto`, whose results it reads: BUILD/results/power-*.json and pareto-*.csv. ROWS: accuracies
# of trained nets under a configuration of the hardware, from `axflow experiment` (docs/results.md). No training is done here.
# The failure probability of a configuration becomes a supply by the 65 nm table of sw/faults/tech.txt, as a share of the nominal
# one; the weights are what fails, so it is the kernel buffer's. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
flow_name='make headline'
LIB=${LIB:-nangate45} D=${D:-4} NET=${NET:-lenet} DATA=${DATA:-mnist} POINTS=${POINTS:-0.5}
ROWS=${ROWS:-sw/experiments/results/headline.csv}
. flow/common.sh
. flow/blocks.sh
blocks_protection
base=$BUILD/results/power-$LIB-exact-d$D$protect_name-$NET-$DATA.json
pareto=$BUILD/results/pareto-$LIB-d$D$protect_name-$NET-$DATA.csv
for f in "$base" "$pareto"; do [ -r "$f" ] || flow_die "$f is missing: make pareto LIB=$LIB D=$D"; done
[ -r "$ROWS" ] || { echo "$flow_name: no rows of trained nets: $ROWS (make reproduce); only untrained ones are listed" >&2 && ROWS=/dev/null; }

size=$(sed -n 's/.*"size": *"\([0-9x]*\)_kb".*/\1/p' "$base" | head -n 1)
[ -n "$size" ] || flow_die "$base has no kernel buffer"
type=${MEM_TYPE:-$(lib_get memory)}
options=(--tech flow/mem/tech.txt --ports 1r1w --node "$(lib_get node_nm)" --type "$type")
nominal=$("$AXMEM" --table "${options[@]}" "$size" | awk '{ print $9 }')
# Supplies: nominal, and those at which 1 % and 10 % of the cells fail.
memories=$flow_work/headline-memories
mkdir -p "$flow_work"
echo "0 $("$AXMEM" --table "${options[@]}" "$size")" >"$memories"
for ber in 0.01; do
  share=$(awk -v ber=$ber '$1 == "technology" { on = $2 == "65nm"; split($4, p, "="); nominal = p[2] }
    on && $1 == "point" { split($3, p, "="); v[++n] = $2 / nominal; l[n] = log(p[2]) }
    END { for (k = 1; k < n; k++) if (log(ber) >= l[k] && log(ber) <= l[k + 1]) { printf "%.4f", v[k] + (v[k + 1] - v[k]) * (log(ber) - l[k]) / (l[k + 1] - l[k]) } }' \
    sw/faults/tech.txt)
  [ -n "$share" ] || continue
  vdd=$(awk "BEGIN { printf \"%.3f\", $share * $nominal }")
  line=$("$AXMEM" --table "${options[@]}" --vdd "$vdd" "$size" 2>/dev/null) || continue # below what the model knows
  echo "$ber $line" >>"$memories"
done
out=$BUILD/results/headline-$LIB-d$D$protect_name-$NET-$DATA.csv
awk -v points="$POINTS" -v lib="$LIB" -v d="$D" -v net="$NET" -v csv="$out.$$" -v mults=rtl/mult/multipliers.def \
  -f flow/headline.awk "$memories" "$base" "$pareto" "$ROWS" || flow_die "the table cannot be made"
mv "$out.$$" "$out"
