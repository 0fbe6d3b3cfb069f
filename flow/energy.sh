#!/bin/bash
# Energy coefficients of the compiler's mapper (docs/formats.md), from the results of `make power`.
# usage: flow/energy.sh print JSON LIB MULT D W EXT_PJ NET WHEN   to standard output
#        flow/energy.sh write     BUILD/results/power-$shipped.json becomes flow/results/power-$shipped.json and sw/compile/energy.txt
#        flow/energy.sh check     is sw/compile/energy.txt what flow/results says?
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C
shipped=nangate45-exact-d16-lenet-mnist
from=flow/results/power-$shipped.json to=${ENERGY_FILE:-sw/compile/energy.txt}
print() {
  awk -v lib="$2" -v mult="$3" -v d="$4" -v w="$5" -v ext="$6" -v net="$7" -v when="$8" -f flow/json.awk -f flow/power/energy.awk "$1"
}
print_shipped() { print $from nangate45 exact 16 8 20.3 lenet "$1"; }
case ${1:-} in
print)
  shift
  print "$@"
  ;;
write)
  new=${BUILD:-build}/results/power-$shipped.json
  [ -r "$new" ] || { echo "flow/energy.sh: $new is missing: make power LIB=nangate45" >&2; exit 1; }
  cp "$new" $from
  print_shipped "$(date -r "$new" +%F)" >"$to.tmp.$$" || { rm -f "$to.tmp.$$" && exit 1; }
  mv "$to.tmp.$$" "$to"
  echo "$to"
  ;;
check)
  # The day is all that the results do not know.
  when=$(sed -n 's/^# Measured \([0-9-]*\) by .*/\1/p' "$to")
  print_shipped "$when" | cmp -s - "$to" || { echo "$to is not what $from says: make energy-coefficients" >&2; exit 1; }
  ;;
*)
  sed -n '3,5p' "$0" | cut -c3- >&2
  exit 2
  ;;
esac
