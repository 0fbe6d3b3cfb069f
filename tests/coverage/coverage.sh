#!/bin/bash
# Line and toggle coverage of rtl/ (multipliers excepted, whose tables are exhaustive), over the modules' tests and random nets.
# usage: tests/coverage/coverage.sh    from the top; COVERAGE_CASES (60): random nets; MISSING=1 lists what was not reached
# A line a file, then the whole; exit 1 below 98 % of the lines or 90 % of the toggles. Exclusions: tests/coverage/exclusions.
# SPDX-License-Identifier: Apache-2.0
set -u
export LC_ALL=C BUILD=${BUILD:-build}
data=$BUILD/coverage cases=${COVERAGE_CASES:-60}
case $cases in '' | *[!0-9]* | 0 | ??????*) echo "coverage: COVERAGE_CASES must be a number from 1 to 99999, not '$cases'" >&2; exit 2 ;; esac
mkdir -p "$data/dat" && rm -f "$data"/dat/*
data=$(cd "$data" && pwd)
# Models that count are slower and not kept with the others.
COVERAGE=$data/dat BUILD=$data RUNTIME=$data/runtime LIMIT=900 tests/rtl/run.sh ${CASES:-} >"$data/rtl.log" 2>&1 ||
  { grep -v ' 0 failed$' "$data/rtl.log" | tail -n 5; echo "coverage: a module's test failed, see $data/rtl.log"; exit 1; }
"${MAKE:-make}" --no-print-directory -s "BUILD=$BUILD" D=4 RTL_MULT=table COVERAGE=1 axsim || exit 1
axsim=$BUILD/sim/d4w8-table-coverage/axsim
for options in "--seed 1" "--seed 500 --vdd 0.5 --die 3" "--seed 700 --ber 0.05 --fault stuck --clustered" "--seed 900 --fault transient --ber 0.02"; do
  # shellcheck disable=SC2086 # words
  AXF_COVERAGE=$data/dat "$axsim" --random $(((cases + 3) / 4)) --quiet $options || exit 1
done
awk -v exclusions=tests/coverage/exclusions -v missing="${MISSING:-0}" -v line_floor=98 -v toggle_floor=90 \
  -f tests/coverage/count.awk "$data"/dat/*.dat
