#!/bin/bash
# Line and toggle coverage of rtl/ by module: runs the workloads below on models that count, merges what they have counted, and
# prints the table of docs/verification.md. usage: tests/coverage/coverage.sh [PART..]    from the top; PART: only these
#   workloads (patterns), no verdict on the rest; MISSING=1 lists every point that was not reached; JOBS: workloads at a
#   time (2)
# A workload that has run on the same files is not run again, so a stopped run goes on where it was.
# Writes BUILD/results/coverage.txt and .json. The last line: COVERAGE modules=.. line=.. toggle=.. PASS or FAIL.
# SPDX-License-Identifier: Apache-2.0
set -u
export LC_ALL=C BUILD=${BUILD:-build} JOBS=${JOBS:-2}
cd "$(dirname "$0")/../.." || exit 2
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
here=tests/coverage top=$BUILD work=$BUILD/coverage results=$BUILD/results
mkdir -p "$work/points" "$results" || exit 1
fail() {
  echo "coverage: $*" >&2
  exit 1
}

# ---- the workloads: each leaves coverage data in $dat ----
module() { # module FOLDER/NAME: its tests; D = 16 has nothing that D = 4 and D = 32 have not
  SKIP="@(array/[kn]*loader D=16 *|*/*_engine D=16 *|mem/bank_buffer D=16 *|array/writeback D=16 *|array/row D=16 *)" \
    COVERAGE=$dat BUILD=$work RUNTIME=$work/runtime LIMIT=900 JOBS=1 tests/rtl/run.sh "$1" "$1 *"
}
multipliers() { # multipliers W FLAGS: every core of the library against its formula
  rtl/mult/gen.sh list >"$dat/list" &&
    VFLAGS="--coverage-line --coverage-toggle --x-initial 0 ${2:-}" CORE_LIB=$top/libaxflow.a \
      rtl/mult/bench.sh "$dat/bench" "$dat/program" "$1" \
      tests/rtl/mult/test_bench.c <"$dat/list" && AXF_COVERAGE=$dat "$dat/program" "$dat/list" "$1" 20000
}
axsim() { # axsim SETTINGS..: builds the simulator that counts and sets $axsim
  local make=("${MAKE:-make}" --no-print-directory -s "BUILD=$top" D=4 COVERAGE=1 RTL_MULT=table "$@")
  exec 9>"$work/axsim-${*//[^a-zA-Z0-9]/-}.lock" # two workloads need the same one
  flock 9 && "${make[@]}" axsim >/dev/null && axsim=$("${make[@]}" axsim-path)
  local status=$?
  exec 9>&-
  return $status
}
run() { AXF_COVERAGE=$dat "$axsim" --quiet --jobs 1 "$@"; }
plain() {
  axsim && run --random 12 --seed 1 && run --random 4 --seed 60 --back-pressure 70 && run --random 4 --seed 80 --vdd 0.5 --die 3
}
abuse() { axsim && run --abuse 12 --seed 1 && run --abuse 2 --seed 50 --back-pressure 70; }
secded() {
  axsim PROTECT=secded && run --random 8 --seed 300 --vdd 0.5 --die 3 && run --random 4 --seed 320 --ber 0.02 --fault transient
}
wide() { axsim W=16 RTL_MULT=verilog && run --random 8 --seed 600; }
parts=(plain secded "multipliers 16" wide abuse "multipliers 8 +define+AXF_FAST_MULT")
mapfile -t -O ${#parts[@]} parts < <(sed "/^#/d; s/ .*//; s/^/module /" tests/rtl/cases | sort -u)

# What decides the points of a workload: the RTL, and what runs it.
digest() { # digest PART
  local from=(sim sw/compile sw/core sw/driver sw/faults sw/isa sw/mult sw/nn sw/progmodel sw/quant sw/refmodel)
  local but="^$" # not these files
  case $1 in
  module*) # the test and what it includes
    mapfile -t from < <(${CC:-gcc} -MM -MG -Isw -Itests/sw -Itests/rtl -Itests/rtl/dma -I. "tests/rtl/${1#* }.c" |
      tr -d "\\\\" | tr " " "\n" | grep -v -e ":$" -e "^pins.h$" -e "^$")
    from+=(tests/rtl/run.sh tests/rtl/shim.cpp)
    but="^rtl/(mult/|axflow.v|array/array.v)"
    ;;
  multipliers*) from=(tests/rtl/mult sw/mult) but="^rtl/[^m]" ;;
  esac
  {
    find rtl "${from[@]}" tests/coverage/points.awk -type f ! -name "*.md" | grep -vE "$but" | sort | xargs sha256sum
    declare -f "${1%% *}" axsim run
    grep -e "^${1#* }$" -e "^${1#* } " tests/rtl/cases
  } | sha256sum | cut -c1-16
}

one() { # one PART: its points, unless they are there
  local name=${1//[^a-zA-Z0-9]/-} begin=$SECONDS dat head
  head="# $(digest "$1") $1"
  local points=$work/points/$name
  [ "$(head -n 1 "$points" 2>/dev/null)" != "$head" ] || return 0
  dat=$work/dat-$name
  rm -rf "$dat"
  mkdir -p "$dat" || return 1
  # shellcheck disable=SC2086 # a function and its arguments
  if ! $1 >"$work/$name.log" 2>&1; then
    grep -v ' 0 failed$' "$work/$name.log" | tail -n 8
    echo "coverage: the workload '$1' failed, see $work/$name.log" >&2
    return 1
  fi
  { echo "$head" && find "$dat" -maxdepth 1 -name '*.dat' -print0 | xargs -0 awk -f $here/points.awk; } >"$points.new" &&
    mv "$points.new" "$points" || fail "the data that '$1' has left in $dat cannot be read"
  rm -rf "$dat"
  echo "coverage: $1: $(($(wc -l <"$points") - 1)) points, $((SECONDS - begin)) s"
}

if [ "${1:-}" = --one ]; then
  one "$2"
  exit
fi
[ -e "$top/libaxflow.a" ] && [ -x "$top/axflow" ] || fail "run make first: $top/axflow is not there"
chosen=()
for part in "${parts[@]}"; do
  for pattern in "${@:-*}"; do
    # shellcheck disable=SC2053 # a pattern
    if [[ $part == $pattern ]]; then
      chosen+=("$part")
      break
    fi
  done
done
[ ${#chosen[@]} -gt 0 ] || fail "there is no workload '$*'; there are: ${parts[*]}"
printf "%s\0" "${chosen[@]}" | xargs -0 -n 1 -P "$JOBS" $here/coverage.sh --one || exit 1
files=()
for part in "${chosen[@]}"; do
  files+=("$work/points/${part//[^a-zA-Z0-9]/-}")
done
awk -f $here/points.awk "${files[@]}" >"$work/all" || exit 1
awk -v exclusions=$here/exclusions -v "json=$results/coverage.json.new" -v "missing=${MISSING:-0}" \
  -v "partial=$(($# > 0))" -f $here/table.awk "$work/all" >"$results/coverage.txt.new"
status=$?
for kind in txt json; do mv "$results/coverage.$kind.new" "$results/coverage.$kind" || exit 1; done
cat "$results/coverage.txt"
exit $status
