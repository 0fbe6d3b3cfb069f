#!/bin/bash
# How well the proofs and the inference on the gates find faults: plants gates with an input stuck at 0 or 1, drawn at random, one by
# one into the netlist of a block of the whole accelerator, and has the proof of that block and the inference look at it.
# usage: MODEL=.. DATA=.. NET=.. AXSIM_PINS=.. AXPOWER=.. [LIB=osu018] [MULT=exact] [D=4] [FAULTS=20] [FAULT_SEED=1] flow/faults.sh
# A line FAULT each. proof: `refuted`, or `proved`: no input and no state shows the fault, the gate's input is redundant, and then
# the inference must not show it either. gates: `seen` or `unseen`: one inference need not reach a fault. Last line: FAULTS .. PASS,
# or FAIL if a proof ended without an answer or the two contradict each other. Called by `make equivalence-faults`; FAULT lines of
# an earlier run are not made again. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
flow_name='make equivalence-faults'
LIB=${LIB:-osu018} MULT=${MULT:-exact} D=${D:-4} W=8 NET=${NET:-lenet} FAULTS=${FAULTS:-20} FAULT_SEED=${FAULT_SEED:-1}
export LIB MULT D W NET
. flow/common.sh
. flow/blocks.sh
. flow/prove.sh
flow_need yosys-abc yosys
[[ $FAULTS =~ ^[0-9]{1,4}$ ]] && [[ $FAULT_SEED =~ ^[0-9]{1,8}$ ]] || flow_die "FAULTS and FAULT_SEED are whole numbers"
[ "${FLOW_CHECK:-}" != 1 ] || TOP='' exec flow/synth.sh
flow_base
lib_prepare
flow_tools
CLOCK_NS=${CLOCK_NS:-$(lib_get clock_ns)}
rtl/mult/gen.sh wrapper "$MULT" "$flow_work/gen/$MULT" || flow_die "multiplier '$MULT' cannot be generated"
mult_files=$flow_work/gen/$MULT/files.f
MULT_SIGNED=$(rtl/mult/gen.sh kind "$MULT")
blocks_values
blocks_synth axflow "$(awk "BEGIN { printf \"%d\", 1000 * $CLOCK_NS }")" >&2
work=$flow_work/faults
mkdir -p "$work"

# The input that is stuck: of gate G of the block, drawn from all; which input and which value, too. Prints what it was.
plant() { # plant BLOCK NETLIST DRAW >FAULTY.v
  awk -v cells="$lib/outside.v" -v draw="$3" -v said="$work/said" 'BEGIN {
      while ((getline line < cells) > 0) {
        split(line, word, /[ (;]+/)
        if (line ~ /^module /) type = word[2]
        if (line ~ /^  input /) is_input[type, word[3]] = 1
        if (line ~ /^module /) cell[type] = 1
      }
      srand(draw)
      at = rand()
      value = rand() < 0.5 ? 0 : 1
    }
    { text[NR] = $0 }
    /^  [A-Z][A-Za-z0-9_]* .*\($/ { type = $1; name = $2 }
    type in cell && /^    \./ {
      pin = $1
      sub(/^\./, "", pin)
      sub(/\(.*/, "", pin)
      if ((type, pin) in is_input && $0 !~ /clk_i/ && $0 !~ /\(1/) { line_of[++n] = NR; what[n] = type " " name "." pin }
    }
    END {
      pick = 1 + int(at * n)
      sub(/\(.*\)/, "(1\047b" value ")", text[line_of[pick]])
      print what[pick] "=" value > said
      for (k = 1; k <= NR; k++) print text[k]
    }' "$2"
}
# refuted, proved or unknown
proof_of() { # proof_of BLOCK NETLIST
  local c stubs=()
  for c in ${block_children[$1]}; do stubs+=("${block_dir[$c]}/stub.v"); done
  if [ "$1" = axf_mult ]; then
    flow/cec.sh "$mult_files" axf_mult "W=$W" "$lib/cells.v" "$2" "$work/proof" 2>"$work/why" && echo proved && return
  else
    (prove_block "$1" "$2" "$lib/cells.v" "$work/proof" "${stubs[@]}") 2>"$work/why" && echo proved && return
  fi
  if grep -q 'RTL and netlist differ' "$work/why"; then echo refuted; else echo unknown && cat "$work/why" >&2; fi
}
lines=$BUILD/results/faults-$LIB-$MULT-d$D-$FAULT_SEED.txt
mkdir -p "$BUILD/results"
touch "$lines"
for ((k = $(grep -c '^FAULT ' "$lines" || true) + 1; k <= FAULTS; k++)); do
  block=${block_list[(k - 1) % ${#block_list[@]}]}
  plant "$block" "${block_dir[$block]}/$block.v" "$((FAULT_SEED * 10000 + k))" >"$work/$block.v"
  proof=$(proof_of "$block" "$work/$block.v")
  gates=unseen
  if ! flow/gatesim.sh "$work/$block.v" >"$work/gates" 2>&1; then
    grep -q ' wrong, first ' "$work/gates" || flow_die "the inference on the gates ended otherwise: $(grep -m 1 '^make' "$work/gates")"
    gates=seen
  fi
  rm "$work/$block.v"
  echo "FAULT n=$k block=$block d=$D w=$W lib=$LIB mult=$MULT gate=$(tr ' ' ':' <"$work/said") proof=$proof gates=$gates" | tee -a "$lines"
done
awk -v head="FAULTS lib=$LIB mult=$MULT d=$D seed=$FAULT_SEED" '/^FAULT / {
    n++
    refuted += / proof=refuted /
    proved += / proof=proved /
    seen += / gates=seen$/
    wrong += / proof=proved gates=seen$/ || / proof=unknown /
  }
  END { print head, "planted=" n, "refuted=" refuted + 0, "redundant=" proved + 0, "seen_by_inference=" seen + 0, "contradictions=" wrong + 0, wrong || !n ? "FAIL" : "PASS"
    exit wrong || !n }' "$lines"
