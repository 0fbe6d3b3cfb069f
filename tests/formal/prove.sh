#!/bin/bash
# Proves properties of the RTL's blocks with Yosys and the model checkers of ABC (which Yosys brings).
# usage: [BUILD=build] [RTL=rtl] tests/formal/prove.sh [--quick] [PATTERN..]    from the top; PATTERN: of `BLOCK PROPERTY`
# A line for each proof: FORMAL block=.. property=.. method=.. depth=.. seconds=.. PASS (or FAIL, with the cycle).
# SPDX-License-Identifier: Apache-2.0
set -u
export BUILD=${BUILD:-build} RTL=${RTL:-rtl} LC_ALL=C LIMIT=${LIMIT:-1200}
work=${WORK:-$BUILD/test/formal}
export WORK=$work

one() { # one 'BLOCK MODULE PROPERTY METHOD DEPTH EFFORT PARAMETER..'
  local block module property method depth effort parameters dir start said verdict p set=() zero=':' check
  # shellcheck disable=SC2086 # fields of a line
  set -- $1
  block=$1 module=$2 property=$3 method=$4 depth=$5 effort=$6
  shift 6
  parameters=$*
  dir=$work/$block-$property-$method$depth${parameters:+-${parameters// /-}}
  mkdir -p "$dir"
  for p in "$@"; do set+=(-set "${p%=*}" "${p#*=}"); done
  case $method in
  pdr) check="pdr -T $LIMIT" ;;
  scorr) check="scorr; pdr -T $LIMIT" zero='setundef -init -zero' ;;
  bmc) check="bmc3 -F $depth -T $LIMIT" ;;
  esac
  cat >"$dir/aiger.ys" <<YS
read_verilog -I$RTL/include $RTL/$module.v
read_verilog -sv -formal -I$RTL/include -D$property tests/formal/$block.sv
${set:+chparam ${set[*]} formal}
prep -top formal
flatten
memory_map
opt -full
${zero#:}
setundef -undriven -anyseq
techmap
opt -fast
dffunmap
abc -g AND -fast
opt_clean
write_aiger -I -B -zinit -no-startoffset $dir/model.aig
YS
  start=$(date +%s%N)
  said=$dir/log
  if yosys -q "$dir/aiger.ys" >"$said" 2>&1; then
    yosys-abc -c "read_aiger $dir/model.aig; print_stats; fold; strash; orpos; $check" >"$said" 2>&1
  fi
  # A model without an output has lost its property.
  if grep -q 'i/o = *[0-9]*/ *0' "$said"; then verdict="no property FAIL"
  elif [ "$method" != bmc ] && grep -q '^Property proved' "$said"; then verdict=PASS
  elif grep -q "^No output asserted in $depth frames" "$said" || grep -q '^No output asserted in 0 frames' "$said"; then verdict=PASS
  elif grep -q 'was asserted in frame' "$said"; then
    verdict="refuted=$(sed -n 's/.*was asserted in frame \([0-9]*\).*/\1/p' "$said" | head -n 1) FAIL"
  else verdict="$(grep -E 'ERROR|UNDECIDED|No output' "$said" | head -n 1 | cut -c1-100 | tr ' ' '_') FAIL"; fi
  printf 'FORMAL block=%s%s property=%s method=%s depth=%s seconds=%s %s\n' "$block" "${parameters:+(${parameters// /,})}" \
    "$property" "$method" "$depth" "$(awk -v ns="$(($(date +%s%N) - start))" 'BEGIN { printf "%.1f", ns / 1e9 }')" "$verdict"
  [ "$verdict" = PASS ]
}

if [ "${1:-}" = --one ]; then
  one "$2"
  exit
fi
command -v yosys >/dev/null && command -v yosys-abc >/dev/null || {
  echo "prove: yosys is missing: apt-get install yosys" >&2
  exit 1
}
efforts='quick long'
if [ "${1:-}" = --quick ]; then
  efforts=quick
  shift
fi
[ $# -gt 0 ] || set -- '*'
list=$(grep -v '^#' tests/formal/proofs | while read -r line; do
  read -r block _ property _ _ effort _ <<<"$line"
  case " $efforts " in *" $effort "*) ;; *) continue ;; esac
  for pattern in "$@"; do
    # shellcheck disable=SC2053 # a pattern
    if [[ "$block $property" == $pattern ]]; then
      printf '%s\n' "$line"
      break
    fi
  done
done)
[ -n "$list" ] || { echo "prove: no line of tests/formal/proofs is like: $*" >&2; exit 2; }
printf '%s\n' "$list" | tr '\n' '\0' | xargs -0 -r -n 1 -P "${JOBS:-2}" "$0" --one
