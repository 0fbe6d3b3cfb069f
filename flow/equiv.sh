#!/bin/bash
# Proves, for multipliers of the library, that the synthesised netlist is the RTL: a line EQUIV .. PASS or FAIL for each.
# usage: [LIB=osu018] [W=8] [CLOCK_NS=..] [BUILD=build] flow/equiv.sh [NAME..]     default: all of rtl/mult/multipliers.def
# The netlist is the one `make synth` uses. A proof is repeated only if something changed; `seconds` is its own time.
# SPDX-License-Identifier: Apache-2.0
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
flow_name='make equivalence'
LIB=${LIB:-osu018} D=16 W=${W:-8}
. flow/common.sh
. flow/blocks.sh
flow_need yosys yosys
flow_base
lib_prepare
flow_tools
CLOCK_NS=${CLOCK_NS:-$(lib_get clock_ns)}
[ $# -gt 0 ] || mapfile -t all < <(rtl/mult/gen.sh list | cut -d' ' -f1)
[ $# -gt 0 ] || set -- "${all[@]}"
[ $# -gt 0 ] || flow_die "there are no multipliers to prove"

do_proof() { # do_proof FILES.f NETLIST
  local begin
  begin=$(date +%s%N)
  flow/cec.sh "$1" axf_mult "W=$W" "$lib/cells.v" "$2" "$OUT" || exit 1
  awk -v ns=$(($(date +%s%N) - begin)) 'BEGIN { printf "%.1f\n", ns / 1e9 }' >"$OUT/seconds"
}

failed=0
for name in "$@"; do
  wrapper=$flow_work/gen/$name
  rtl/mult/gen.sh wrapper "$name" "$wrapper" || exit 1
  mult_files=$wrapper/files.f
  blocks_values
  # In a shell of its own, where a step may end with a sentence.
  if seconds=$(
    blocks_synth axf_mult "$(awk "BEGIN { printf \"%d\", 1000 * $CLOCK_NS }")" >&2
    # shellcheck disable=SC2046 # a list of files
    step "cec mult_$name" flow/cec.sh "$lib/cells.v" "$STEP/axf_mult.v" $(cat "$mult_files") -- \
      do_proof "$mult_files" "$STEP/axf_mult.v" >&2
    cat "$STEP/seconds"
  ); then
    echo "EQUIV block=mult_$name w=$W lib=$LIB method=abc_cec seconds=$seconds PASS"
  else
    echo "EQUIV block=mult_$name w=$W lib=$LIB method=abc_cec seconds=- FAIL"
    failed=1
  fi
done
exit $failed
