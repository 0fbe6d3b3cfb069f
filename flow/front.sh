#!/bin/bash
# Draws the front of rows of pareto.sh. usage: flow/front.sh ROWS.csv multiplier|element|accelerator OUT.svg
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
[ $# = 3 ] || { sed -n '2p' "$0" | cut -c3- >&2; exit 2; }
cd "$(dirname "$0")/.."
command -v gnuplot >/dev/null || { echo "flow/front.sh: gnuplot is missing: apt-get install gnuplot-nox" >&2; exit 1; }
rows=$1 level=$2 out=$3
caps=(2 0.5) # points of accuracy lost at which the drawing ends
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for after in 0 1; do awk -v level="$level" -v after=$after -v cap="${caps[after]}" -f flow/front.awk "$rows" | sort -g -k2,2 -k1,1 >"$work/$after"; done
[ -s "$work/0" ] || { echo "flow/front.sh: $rows has no rows" >&2; exit 1; }
[ -s "$work/1" ] || cp "$work/0" "$work/1" # not retrained
key() { sed -n "1s/.* $1=\([^ ;]*\).*/\1/p" "$rows"; }
gnuplot -e "before='$work/0'; after='$work/1'; cap_before=${caps[0]}; cap_after=${caps[1]}; epochs='$(key TRAIN_EPOCHS)'; level='$level'; what=', $(key LIB), D = $(key D)'; out='$out.$$'" flow/pareto.gp ||
  { rm -f "$out.$$"; echo "flow/front.sh: gnuplot cannot draw $rows" >&2; exit 1; }
mv "$out.$$" "$out"
