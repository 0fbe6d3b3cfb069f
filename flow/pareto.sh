#!/bin/bash
# Characterises the multipliers of the library: area, delay, energy under a network's own operands, errors, accuracy with and
# without retraining; and what each is worth in a processing element and in the whole accelerator. Rows as CSV, fronts as SVG.
# usage: [LIB=nangate45] [D=4] [NET=lenet] [DATA=mnist] [TRAIN_EPOCHS=1] AXFLOW=PROGRAM AXPOWER=PROGRAM MODEL=FILE.axm
#        flow/pareto.sh [NAME..]
# TRAIN_EPOCHS: passes over the training data through each multiplier, the exact one too, from MODEL; 0: no retraining, and the
# column stays empty.
# Called by `make pareto`, which first makes the inference on the exact accelerator (make power). NAME: default all unsigned
# multipliers; signed ones see other operands (activations of 7 bits). Each multiplier is done once; a run goes on where it ended.
# Results: BUILD/results/pareto-LIB-dD[-SETTINGS]-NET-DATA.csv, -multiplier.svg, -element.svg, -accelerator.svg. docs/pareto.md.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
flow_name='make pareto'
LIB=${LIB:-nangate45} D=${D:-4} W=8 NET=${NET:-lenet} DATA=${DATA:-mnist} TRAIN_EPOCHS=${TRAIN_EPOCHS:-1}
# Fine-tuning as in sw/experiments/headline.exp, shorter.
train_options=(--method passive --optimiser adam --lr 0.0003 --epochs "$TRAIN_EPOCHS" --seed 1)
. flow/common.sh
. flow/blocks.sh
flow_need yosys yosys
flow_need sta opensta
flow_base
blocks_protection
[[ $TRAIN_EPOCHS =~ ^[0-9]{1,2}$ ]] || flow_die "TRAIN_EPOCHS is '$TRAIN_EPOCHS', expected 0 to 99"
mapfile -t all < <(rtl/mult/gen.sh list | cut -d' ' -f1 | grep -v '^s_')
[ $# -gt 0 ] || set -- "${all[@]}"
for name in "$@"; do
  [ "$(rtl/mult/gen.sh kind "$name" 2>/dev/null)" = 0 ] || flow_die "PARETO_OF: there is no unsigned multiplier '$name'; there are: ${all[*]}"
done
[ "${FLOW_CHECK:-}" != 1 ] || TOP='' exec flow/synth.sh
base=$BUILD/results/power-$LIB-exact-d$D$protect_name-$NET-${DATA_LABEL:-$DATA}
[ -r "$base.json" ] && [ -r "$base.operands" ] || flow_die "$base.json and .operands are missing: make power LIB=$LIB D=$D MULT=exact"
lib_prepare
flow_tools
CLOCK_NS=${CLOCK_NS:-$(lib_get clock_ns)}
library=$lib_file
"$AXFLOW" multiplier list >"$flow_work/multipliers.txt" || flow_die "the multipliers' errors cannot be listed"

do_delay() {
  FLOW_LIBS=$lib/lean.lib FLOW_NETLISTS=$1 FLOW_TOP=axf_mult FLOW_CLOCK_NS=1000 FLOW_OUT=$OUT \
    flow_run "OpenSTA, $1" "$OUT/sta.log" sta -no_splash -exit flow/sta_comb.tcl
  awk '$NF == "(MET)" { d = 1000 - $(NF - 1); if (d > m) m = d } END { printf "%.4f\n", m; exit !(m > 0) }' "$OUT/endpoints" >"$OUT/delay" ||
    flow_die "OpenSTA found no path in $1"
}
do_energy() {
  local leakage=()
  [ "$(lib_get leakage)" = yes ] || leakage=(--no-leakage)
  "$AXPOWER" --lib "$library" "${leakage[@]}" --pins "$base.operands" --top axf_mult --mhz 1 --json "$OUT/energy.json" "$1" >"$OUT/energy.txt"
}
# The words behind a step's command belong to its key, so the data stand there.
do_accuracy() { "$AXFLOW" eval --model "$MODEL" --data "$2" --mult "$1" >"$OUT/eval"; } # do_accuracy NAME DATA
do_trained() { # do_trained NAME DATA OPTION..
  local name=$1 data=$2
  shift 2
  "$AXFLOW" train --init "$MODEL" --data "$data" --mult "$name" "$@" --quiet --out "$OUT/trained.axm" >"$OUT/train" &&
    "$AXFLOW" eval --model "$OUT/trained.axm" --data "$data" --mult "$name" >"$OUT/eval" && rm "$OUT/trained.axm"
}
accuracy_in() { # accuracy_in FILE: in per cent
  local a
  a=$(sed -n 's/.*accuracy[= ]*\([0-9.]*\) *%.*/\1/p' "$1" | tail -n 1)
  [ -n "$a" ] || flow_die "axflow eval gave no accuracy in $1"
  echo "$a"
}
figure() { awk -F'[:,]' -v key="\"$1\"" '{ gsub(/[ {}]/, "", $1) } $1 == key { v = $2 } END { print v + 0 }' "$2"; }

rows=$flow_work/pareto-rows
: >"$rows"
n=0
for name in "$@"; do
  n=$((n + 1))
  flow_say "$n/$#" "$name"
  rtl/mult/gen.sh wrapper "$name" "$flow_work/gen/$name" || exit 1
  mult_files=$flow_work/gen/$name/files.f
  MULT_SIGNED=0
  blocks_values
  blocks_synth axf_mult "$(awk "BEGIN { printf \"%d\", 1000 * $CLOCK_NS }")"
  netlist=$STEP/axf_mult.v
  area=$(awk 'FNR == NR { area[$1] = $2; next } /^  [A-Za-z_][A-Za-z0-9_$]* .*\($/ && $1 in area { s += area[$1] } END { printf "%.3f", s }' \
    "$lib/areas" "$netlist")
  step "sta mult_$name" "$lib/lean.lib" flow/sta_comb.tcl "$netlist" -- do_delay "$netlist"
  delay=$(cat "$STEP/delay")
  step "power mult_$name" "flow/libs/$LIB.lib.txt" "$library" "$netlist" "$base.operands" "$AXPOWER" -- do_energy "$netlist"
  energy=$(awk -v e="$(figure energy_nj_per_inference "$STEP/energy.json")" -v c="$(figure cycles_per_inference "$STEP/energy.json")" \
    -v l="$(figure leakage_nj "$STEP/energy.json")" 'BEGIN { printf "%.4f", (e - l) / c * 1e6 }')
  leakage=n/a # of a library that has none
  ! grep -q '"leakage_uw"' "$STEP/energy.json" || leakage=$(figure leakage_uw "$STEP/energy.json")
  step "eval $name" "$MODEL" "$BUILD/mult/$name.axt" -- do_accuracy "$name" "$DATA"
  accuracy=$(accuracy_in "$STEP/eval") || exit 1
  trained=
  if [ "$TRAIN_EPOCHS" != 0 ]; then
    step "train $name, $TRAIN_EPOCHS epochs" "$MODEL" "$BUILD/mult/$name.axt" -- do_trained "$name" "$DATA" "${train_options[@]}"
    trained=$(accuracy_in "$STEP/eval") || exit 1
  fi
  errors=$(awk -v name="$name" '$1 == name { print $3 "," $5 "," $6 "," $8 }' "$flow_work/multipliers.txt")
  echo "$name,$area,$delay,$energy,$leakage,$accuracy,$trained,$errors" >>"$rows"
done

result=$BUILD/results/pareto-$LIB-d$D$protect_name-$NET-${DATA_LABEL:-$DATA}
{
  echo "# LIB=$LIB D=$D NET=$NET DATA=$DATA MODEL=$MODEL TRAIN_EPOCHS=$TRAIN_EPOCHS flow/pareto.sh; $(yosys -V | cut -d' ' -f1-2), OpenSTA $(sta -version)"
  awk -v d="$D" -v json="$base.json" -f flow/json.awk -f flow/pareto.awk "$rows"
} >"$result.csv.$$" || flow_die "the rows cannot be put together"
mv "$result.csv.$$" "$result.csv"
if command -v gnuplot >/dev/null; then
  for level in multiplier element accelerator; do
    flow/front.sh "$result.csv" "$level" "$result-$level.svg" || exit 1
  done
else
  echo "$flow_name: no figures: gnuplot is missing: apt-get install gnuplot-nox" >&2
fi
column -s, -t <(grep -v '^#' "$result.csv") 2>/dev/null || cat "$result.csv"
echo "PARETO lib=$LIB d=$D net=$NET data=$DATA multipliers=$(grep -vc -e '^#' -e '^name' "$result.csv") rows=$result.csv PASS"
