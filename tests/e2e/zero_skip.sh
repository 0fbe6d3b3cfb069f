#!/bin/sh
# Skipped zeros and isolated operands change no integer and no counter; a multiplier that does not give 0 for zeros is refused.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
suite=e2e/zero_skip
. tests/verdict.inc
BUILD=${BUILD:-build}
make=${MAKE:-make}
axsim=$BUILD/sim/d4w8-table-skip-isolate/axsim
"$make" --no-print-directory -s "BUILD=$BUILD" D=4 RTL_MULT=table ZERO_SKIP=1 ISOLATE=1 axsim >/dev/null || exit 1
"$axsim" --random 40 --seed 600 --quiet | tail -n 1 | grep -q ' failed=0 mismatches=0 PASS$'
verdict $? "random nets with tables whose row and column 0 are zero"
sim() { # sim MULT: make sim of LeNet-5
  "$make" --no-print-directory -s "BUILD=$BUILD" sim NET=lenet D=4 RTL_MULT=table ZERO_SKIP=1 ISOLATE=1 IMAGES=3 "MULT=$1" 2>&1
}
sim exact | tail -n 1 | grep -q ' mismatches=0 .*PASS$'
verdict $? "LeNet-5, exact"
for mult in $(awk '!/^[ \t]*(#|$)/ { print $1 }' rtl/mult/multipliers.def); do
  "$BUILD/axflow" multiplier info "$mult" | grep -q 'not zero: zeros must be multiplied' && break
done
sim "$mult" | grep -q "'$mult' does not give 0 for every zero operand"
verdict $? "refused: $mult"
sim "exact,c3=$mult" | grep -q "'$mult' does not give 0 for every zero operand"
verdict $? "refused in one layer: $mult"
[ "$("$make" --no-print-directory -s "BUILD=$BUILD" synth D=4 ZERO_SKIP=1 "MULT=$mult" 2>&1 | grep -c "ZERO_SKIP=1: multiplier '$mult' does not give 0")" = 1 ]
verdict $? "refused by make synth"
exit $failed
