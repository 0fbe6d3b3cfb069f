#!/bin/bash
# Proves that the synthesised netlist is the RTL: a line EQUIV .. PASS or FAIL for each multiplier and each block.
# usage: [LIB=osu018] [W=8] [D=16] [MULT=exact] [CLOCK_NS=..] [BUILD=build] [AXPOWER=BUILD/axpower] [AXF_MULT_DIR=BUILD/mult]
#        flow/equiv.sh [NAME..]
# NAME: a multiplier of rtl/mult/multipliers.def or a block of flow/blocks.txt; default: all of them, and that the blocks make
# up the whole. The netlists are those of `make synth`; in those of blocks the multiplier is MULT. A proof is repeated only if
# something changed; `seconds` is its own processor time. At W = 8 each multiplier's netlist is also replayed on all pairs of
# operands against the table in AXF_MULT_DIR from which the C model multiplies. SPDX-License-Identifier: Apache-2.0
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
flow_name='make equivalence'
LIB=${LIB:-osu018} D=${D:-16} W=${W:-8} MULT=${MULT:-exact}
. flow/common.sh
. flow/blocks.sh
. flow/prove.sh
flow_need yosys yosys
flow_need yosys-abc yosys
AXPOWER=${AXPOWER:-$BUILD/axpower} AXF_MULT_DIR=${AXF_MULT_DIR:-$BUILD/mult}
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
for name in "$@"; do
  case " ${multipliers[*]} ${blocks[*]} " in *" $name "*) ;; *) rtl/mult/gen.sh kind "$name" >/dev/null 2>&1 ||
    flow_die "there is no multiplier or block '$name' to prove; there are: ${multipliers[*]} ${blocks[*]}" ;; esac
done
whole=0
[ $# -gt 0 ] || { set -- "${multipliers[@]}" "${blocks[@]}" && whole=1; }

timed() { # timed COMMAND..: leaves its seconds, of processor time, in OUT/seconds
  times >"$OUT/times"
  "$@" || exit 1
  times >>"$OUT/times"
  awk '{ # lines 2 and 4 are of the children: user and system, as 1m2.345s
    for (k = 1; k <= 2; k++) {
      split($k, part, "m")
      sum[NR] += 60 * part[1] + part[2]
    }
  }
  END { printf "%.1f\n", sum[4] - sum[2] }' "$OUT/times" >"$OUT/seconds"
}
do_multiplier() { timed flow/cec.sh "$1" axf_mult "W=$W" "$lib/cells.v" "$2" "$OUT"; } # do_multiplier FILES.f NETLIST
do_table() { timed table_is_netlist "$@"; } # do_table NAME TABLE NETLIST
table_is_netlist() {
  flow/table_pins.sh "$2" >"$OUT/pins" || return 1
  flow_replay "multiplier $1: its table and the netlist differ" "$OUT/replay.txt" \
    "$AXPOWER" --lib "$lib_file" --no-leakage --top axf_mult --mhz 1 --pins "$OUT/pins" "$3"
  rm "$OUT/pins"
}
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

compare_table() (
  wrapper "$1"
  blocks_synth axf_mult "$clock_ps" >&2
  netlist=$STEP/axf_mult.v
  # A preset has the table of its core, a multiplier of the user's own one beside its Verilog.
  table=$AXF_MULT_DIR/$(awk -v name="$1" '$1 == name && $2 ~ /^=/ { name = substr($2, 2) } END { print name }' rtl/mult/multipliers.def).axt
  [ -r "$table" ] || table=${AXF_USER_MULT_DIR:-$BUILD/user-mult}/$1/$1.axt
  [ -x "$AXPOWER" ] && [ -r "$table" ] ||
    flow_die "$AXPOWER or $AXF_MULT_DIR/$1.axt is missing: make axpower multipliers-tables"
  step "table mult_$1" flow/table_pins.sh "$AXPOWER" "$table" "$lib_file" "$netlist" -- do_table "$1" "$table" "$netlist" >&2
  cat "$STEP/seconds"
)
report() { # report LINE COMMAND ARGUMENT: LINE with its seconds and the verdict; status 0 if it holds
  local seconds
  if seconds=$("$2" "$3"); then
    echo "$1 seconds=$seconds PASS"
  else
    echo "$1 seconds=- FAIL"
    failed=1
    return 1
  fi
}

failed=0
proved=
for name in "$@"; do
  case " ${blocks[*]} " in
  *" $name "*) report "EQUIV block=$name d=$D w=$W lib=$LIB mult=$MULT method=abc_cec_cut" prove_one "$name" && proved+=" $name" ;;
  *)
    report "EQUIV block=mult_$name w=$W lib=$LIB method=abc_cec" prove_multiplier "$name" || continue
    [ "$name" != "$MULT" ] || proved+=" axf_mult"
    [ "$W" != 8 ] || report "EQUIV block=mult_$name w=$W lib=$LIB method=table_exhaustive pairs=65536" compare_table "$name"
    ;;
  esac
done
# The netlist has the hierarchy of blocks.txt, every instance with the parameters its block was proved with (netlist.awk), and
# the wires between them are part of the proof of the block that holds them.
compose() (
  wrapper "$MULT"
  blocks_synth axflow "$clock_ps" >&2
  macros=() netlists=()
  for b in $(blocks_below axflow | sort -u); do
    macros+=("${block_dir[$b]}/macros.v")
    netlists+=("${block_dir[$b]}/$b.v")
  done
  awk -v top=axflow -v proved="$proved" -f flow/compose.awk kind=cells "$lib/outside.v" "${macros[@]}" kind=netlist "${netlists[@]}"
)
if [ $whole = 1 ]; then
  line="EQUIV block=axflow d=$D w=$W lib=$LIB mult=$MULT method=composition"
  if found=$(compose); then
    echo "$line blocks=${found% *} instances=${found#* } seconds=0 PASS"
  else
    echo "$line seconds=- FAIL"
    failed=1
  fi
fi
exit $failed
