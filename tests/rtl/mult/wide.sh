#!/bin/sh
# Multipliers at 16 bits: the simulated Verilog against the C formula on corners and PAIRS random pairs each.
# usage: [BUILD=build] [PAIRS=100000000] tests/rtl/mult/wide.sh [NAME..]     default: exact, truncated and DRUM ones
# Not part of `make test`, which takes a million pairs of every multiplier (run.sh): a hundred million take minutes.
# SPDX-License-Identifier: Apache-2.0
set -u
build=${BUILD:-build}
pairs=${PAIRS:-100000000}
work=$build/test/mult_wide
case $pairs in 0* | *[!0-9]* | ???????????*) echo "wide.sh: PAIRS must be a number from 1 on, not '$pairs'" >&2; exit 2 ;; esac
[ $# -gt 0 ] || set -- exact trunc1 trunc4 trunc8 drum3 drum4 drum5 drum6 drum7
mkdir -p "$work" || exit 1
"${MAKE:-make}" --no-print-directory -s "BUILD=$build" "$build/libaxflow.a" >/dev/null || exit 1
status=0
for name in "$@"; do # one at a time: a bench evaluates all of its cores
  rtl/mult/gen.sh list "$name" >"$work/list" &&
    CORE_LIB=$build/libaxflow.a rtl/mult/bench.sh "$work/bench" "$work/test_bench" 16 tests/rtl/mult/test_bench.c <"$work/list" &&
    "$work/test_bench" "$work/list" 16 "$pairs" >"$work/log" || status=1
  grep "^$name " "$work/log" || status=1
done
exit $status
