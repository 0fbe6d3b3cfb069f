#!/bin/bash
# Proves that the synthesised netlist is the RTL: a line EQUIV .. PASS or FAIL for each multiplier and each block.
# usage: [LIB=osu018] [W=8] [D=16] [MULT=exact] [CLOCK_NS=..] [BUILD=build] flow/equiv.sh [NAME..]
# NAME: a multiplier of rtl/mult/multipliers.def or a block of flow/blocks.txt; default: all of them, and that the blocks make
# up the whole. The netlists are those of `make synth`; in those of blocks the multiplier is MULT. A proof is repeated only if
# something changed; `seconds` is its own time. SPDX-License-Identifier: Apache-2.0
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
flow_name='make equivalence'
LIB=${LIB:-osu018} D=${D:-16} W=${W:-8} MULT=${MULT:-exact}
. flow/common.sh
. flow/blocks.sh
. flow/prove.sh
flow_need yosys yosys
flow_need yosys-abc yosys
flow_base
lib_prepare
flow_tools
CLOCK_NS=${CLOCK_NS:-$(lib_get clock_ns)}
clock_ps=$(awk "BEGIN { printf \"%d\", 1000 * $CLOCK_NS }")
mapfile -t multipliers < <(rtl/mult/gen.sh list | cut -d' ' -f1)
[ ${#multipliers[@]} -gt 0 ] || flow_die "there are no multipliers to prove"
wrapper() { # wrapper NAME: the module axf_mult of that multiplier
  rtl/mult/gen.sh wrapper "$1" "$flow_work/gen/$1" || exit 1
  mult_files=$flow_work/gen/$1/files.f
  MULT_SIGNED=$(rtl/mult/gen.sh kind "$1")
  blocks_values
}
wrapper "$MULT"
blocks=()
for b in "${block_list[@]}"; do [ "$b" = axf_mult ] || blocks+=("$b"); done
whole=0
[ $# -gt 0 ] || { set -- "${multipliers[@]}" "${blocks[@]}" && whole=1; }

timed() { # timed COMMAND..: leaves its seconds in OUT/seconds
  local begin
  begin=$(date +%s%N)
  "$@" || exit 1
  awk -v ns=$(($(date +%s%N) - begin)) 'BEGIN { printf "%.1f\n", ns / 1e9 }' >"$OUT/seconds"
}
do_multiplier() { timed flow/cec.sh "$1" axf_mult "W=$W" "$lib/cells.v" "$2" "$OUT"; } # do_multiplier FILES.f NETLIST
do_block() { # do_block BLOCK NETLIST
  local c stubs=()
  for c in ${block_children[$1]}; do stubs+=("${block_dir[$c]}/stub.v"); done
  timed prove_block "$1" "$2" "$lib/cells.v" "$OUT" "${stubs[@]}"
  rm -f "$OUT"/*.v "$OUT"/*.log "$OUT/names"
}
# In shells of their own, where a step may end with a sentence.
prove_multiplier() (
  wrapper "$1"
  blocks_synth axf_mult "$clock_ps" >&2
  # shellcheck disable=SC2046 # a list of files
  step "cec mult_$1" flow/cec.sh "$lib/cells.v" "$STEP/axf_mult.v" $(cat "$mult_files") -- \
    do_multiplier "$mult_files" "$STEP/axf_mult.v" >&2
  cat "$STEP/seconds"
)
prove_one() (
  blocks_synth "$1" "$clock_ps" >&2
  stubs=()
  for c in ${block_children[$1]}; do stubs+=("${block_dir[$c]}/stub.v"); done
  netlist=${block_dir[$1]}/$1.v
  # shellcheck disable=SC2086 # a list of files
  step "prove $1" flow/prove.sh flow/cut.awk "$lib/cells.v" "$netlist" "${stubs[@]}" rtl/include/*.vh ${block_files[$1]} -- \
    do_block "$1" "$netlist" >&2
  cat "$STEP/seconds"
)

failed=0
proved=' '
for name in "$@"; do
  case " ${blocks[*]} " in
  *" $name "*) block=$name method=abc_cec_cut at="d=$D w=$W lib=$LIB mult=$MULT" command=prove_one ;;
  *) block=mult_$name method=abc_cec at="w=$W lib=$LIB" command=prove_multiplier ;;
  esac
  if seconds=$($command "$name"); then
    echo "EQUIV block=$block $at method=$method seconds=$seconds PASS"
    proved+="$name "
  else
    echo "EQUIV block=$block $at method=$method seconds=- FAIL"
    failed=1
  fi
done
# The netlist has the hierarchy of blocks.txt, every instance with the parameters its block was proved with (netlist.awk), and
# the wires between them are part of the proof of the block that holds them.
if [ $whole = 1 ]; then
  verdict=PASS
  for b in $(blocks_below axflow | grep -v '^axf_mult$' | sort -u) "$MULT"; do
    case $proved in *" $b "*) ;; *) verdict=FAIL failed=1 && echo "make equivalence: $b is not proved" >&2 ;; esac
  done
  echo "EQUIV block=axflow d=$D w=$W lib=$LIB mult=$MULT method=composition blocks=$(blocks_below axflow | sort -u | wc -l) seconds=0 $verdict"
fi
exit $failed
