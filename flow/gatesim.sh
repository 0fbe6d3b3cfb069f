#!/bin/bash
# A complete inference on the gates: the RTL computes it, every integer equal to the C model's, and the netlist of the whole
# accelerator, driven by what the RTL's inputs saw, must give every output bit of every cycle. A line EQUIV .. PASS or FAIL.
# usage: MODEL=FILE.axm DATA=NAME NET=NAME AXSIM_PINS=PROGRAM AXPOWER=PROGRAM [LIB=osu018] [MULT=exact] [D=4] flow/gatesim.sh
#        [NETLIST.v..]
# NETLIST: of blocks, in place of those of `make synth`, which are LIB's; so that a test can plant a fault.
# Called by `make equivalence`; settings of flow/synth.sh hold too. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
flow_name='make equivalence'
LIB=${LIB:-osu018} MULT=${MULT:-exact} D=${D:-4} W=8 NET=${NET:-lenet}
export LIB MULT D W
. flow/common.sh
. flow/blocks.sh
. flow/pins.sh
[ "${FLOW_CHECK:-}" != 1 ] || TOP='' exec flow/synth.sh
blocks_protection
synth=$flow_work/gatesim-$LIB-$MULT-d$D.log
mkdir -p "$flow_work"
TOP='' flow/synth.sh >"$synth" || exit 1 # it has said why
files=$BUILD/results/synth-$LIB-$MULT-d$D-w$W$protect_name.files
mapfile -t netlists < <(sed -n 's/^netlist //p' "$files")
library=$(sed -n 's/^library //p' "$files")
for f in "$@"; do # in place of the netlist of the same block
  [ -r "$f" ] || flow_die "cannot read $f"
  found=0
  for k in "${!netlists[@]}"; do
    [ "$(basename "${netlists[k]}")" != "$(basename "$f")" ] || { netlists[k]=$f && found=1; }
  done
  [ $found = 1 ] || flow_die "$f is not named after a block"
done
flow_base

do_gatesim() {
  local begin work=$OUT/work
  begin=$(date +%s%N)
  pins_record "$work" 1
  grep -q 'mismatches=0 ' "$work/sim.log" || flow_die "the RTL differs from the C model: $(tail -n 1 "$work/sim.log")"
  flow_replay "the netlist does not do what the RTL did" "$OUT/replay.txt" \
    "$AXPOWER" --lib "$library" "${pins[@]}" --no-leakage "${netlists[@]}"
  rm -rf "$work"
  awk -v ns=$(($(date +%s%N) - begin)) 'BEGIN { printf "%.1f\n", ns / 1e9 }' >"$OUT/seconds"
}
line="EQUIV block=axflow d=$D w=$W lib=$LIB mult=$MULT method=gate_simulation net=$NET"
if (step "gates $NET, one inference" "$library" "${netlists[@]}" "$MODEL" "$AXSIM_PINS" "$AXPOWER" flow/pins.sh -- do_gatesim >&2 &&
  awk -v line="$line" -v seconds="$(cat "$STEP/seconds")" '/^replay:/ {
    for (k = 1; k <= NF; k++) if ($k == "output") bits = $(k - 1)
    print line " cycles=" $2 " output_bits=" bits " wrong=0 seconds=" seconds " PASS" }' "$STEP/replay.txt"); then
  exit 0
fi
echo "$line seconds=- FAIL"
exit 1
