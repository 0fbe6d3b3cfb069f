#!/bin/sh
# Programs that are stopped and broken on purpose, on the RTL under random latency and back-pressure: soft resets at random
# cycles, bad instructions, illegal addresses, bus errors, a program without END, flooded and forgotten semaphores. Each must
# end with its own error code and an interrupt, complete its open transactions, and leave nothing behind: the clean run
# that follows equals the C model in every integer and, without back-pressure, in every counter. The same after programs of
# random words, which may end as they like.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
suite=e2e/abuse
. tests/verdict.inc
BUILD=${BUILD:-build}
make=${MAKE:-make}
axsim=$BUILD/sim/d4w8-table/axsim
"$make" --no-print-directory -s "BUILD=$BUILD" D=4 RTL_MULT=table axsim >/dev/null || exit 1
abuse() { # abuse CASES OPTION..
  n=$1
  shift
  out=$("$axsim" --abuse "$n" --quiet "$@" 2>&1)
  case $(printf '%s\n' "$out" | tail -n 1) in "ABUSE d=4 cases=$n failed=0 attacks=$((n * 12)) PASS") true ;; *) false ;; esac
  code=$?
  [ $code -eq 0 ] || printf '%s\n' "$out" | tail -n 8
  verdict $code "$n nets $*"
}
abuse 12 --seed 1
abuse 6 --seed 100 --back-pressure 70
abuse 6 --seed 200 --back-pressure 0 --latency 1
refuses 'does not go with --abuse' "$axsim" --abuse 1 --vdd 0.5
exit $failed
