#!/bin/bash
# Tests every RTL module on its own under Verilator against a reference in C, with random stimulus and random stalls.
# usage: [BUILD=build] [RTL=rtl] tests/rtl/run.sh [PATTERN..]      from the top; PATTERN: of lines of tests/rtl/cases;
#   SKIP: a pattern of lines to leave out;
#   COVERAGE=FOLDER counts lines and toggles, into a file a case (tests/coverage/coverage.sh); LIMIT: seconds a test may take (120)
# A line `MODULE PARAMETERS: N passed, N failed` for each case; the exit status is 0 only if nothing failed.
# slow
# SPDX-License-Identifier: Apache-2.0
set -u
export BUILD=${BUILD:-build} RTL=${RTL:-rtl} LC_ALL=C
work=$BUILD/test/rtl
export RUNTIME=${RUNTIME:-$work/runtime}
cxx=$(command -v clang++ || command -v g++) || { echo "clang++ or g++ is missing: apt-get install clang" >&2; exit 1; }
cc=${CC:-gcc}
warnings=(-Wall -Wextra -Wshadow -Werror)

# Verilates one module and links it with its test. The model and the shim are one object, the test in C is another.
build() { # build DIRECTORY FOLDER/MODULE PARAMETER..
  local dir=$1 module=$2 p generics=() defines=() tops start=unique count=()
  shift 2
  for p in "$@"; do
    generics+=("-G$p")
    defines+=("-D$p")
  done
  rm -rf "$dir"
  mkdir -p "$dir"
  # Storage starts at random values; not when toggles are counted, they would be the first ones.
  if [ -n "${COVERAGE:-}" ]; then # only the module itself counts: what it is made of has tests of its own
    {
      # shellcheck disable=SC2016 # Verilator's word
      echo '`verilator_config' && find "$RTL" -name '*.v' ! -path "$RTL/$module.v" | sed 's/.*/coverage_off -file "&"/'
    } >"$dir/alone.vlt"
    start=0 count=(--coverage-line --coverage-toggle --coverage-underscore --coverage-max-width 1280 "$dir/alone.vlt")
  fi
  verilator --cc "${count[@]}" --top-module "${module##*/}" --prefix Vtop "${generics[@]}" -O3 --x-assign unique --x-initial "$start" \
    -Wno-fatal -Wno-lint -I"$RTL/include" -y "$RTL/mem" -y "$RTL/ctrl" -y "$RTL/array" -y "$RTL/pe" -y "$RTL/post" \
    -y tests/rtl --Mdir "$dir" "$RTL/$module.v" || return 1
  awk -f tests/rtl/pins.awk "$dir/Vtop.h" >"$dir/pins.h" || return 1
  tops=("$dir"/Vtop*.cpp)
  printf '#include "%s"\n' "${tops[@]##*/}" "$PWD/tests/rtl/shim.cpp" >"$dir/model.cpp"
  "$cxx" -w -O1 -std=gnu++17 -faligned-new ${COVERAGE:+-O0 -DVM_COVERAGE=1} -include "$RUNTIME/model.h" -I"$dir" -c "$dir/model.cpp" -o "$dir/model.o" &&
    "$cc" -std=c11 -O2 -D_GNU_SOURCE "${warnings[@]}" "${defines[@]}" "-DTB_NAME=\"$module${*:+ $*}\"" -I"$dir" -I. \
      -Itests/sw -Itests/rtl -Itests/rtl/dma -c "tests/rtl/$module.c" -o "$dir/test.o" &&
    "$cxx" "$dir/model.o" "$dir/test.o" "$RUNTIME"/*.o -pthread -latomic -o "$dir/test"
}

# One case: builds it unless nothing has changed since, runs it, prints its line. Whatever goes wrong is a failure.
one() { # one FOLDER/MODULE PARAMETER..
  local name="$*" dir log
  dir=$work/${name//[ \/]/-}
  log=$dir.log
  if [ ! -x "$dir/test" ] || [ "$(cat "$dir/rtl" 2>/dev/null)" != "$RTL" ] ||
    [ -n "$(find "$RTL" tests/rtl sw/isa -newer "$dir/test" -type f -print -quit)" ]; then
    if ! build "$dir" "$@" >"$log" 2>&1; then
      tail -n 20 "$log"
      echo "$name: 0 passed, 1 failed"
      return 1
    fi
    echo "$RTL" >"$dir/rtl"
  fi
  AXF_COVERAGE=${COVERAGE:+$COVERAGE/${name//[ \/]/-}.dat} timeout "${LIMIT:-120}" "$dir/test" >"$log" 2>&1
  local status=$?
  tail -n 20 "$log"
  if ! tail -n 1 "$log" | grep -q "^$name: .*passed"; then
    echo "ended with status $status"
    echo "$name: 0 passed, 1 failed"
    status=1
  fi
  return $status
}

if [ "${1:-}" = --one ]; then
  # shellcheck disable=SC2086 # a module and its parameters
  one $2
  exit
fi

# What all models share: Verilator's runtime and a precompiled header.
command -v verilator >/dev/null || { echo "verilator is missing: apt-get install verilator" >&2; exit 1; }
include=$(verilator --getenv VERILATOR_ROOT)/include
mkdir -p "$work" "$RUNTIME"
export CPLUS_INCLUDE_PATH=$include:$include/vltstd
exec 9>"$RUNTIME.lock" # suites that run side by side share it
flock 9
if [ ! -e "$RUNTIME/done" ]; then
  for c in verilated verilated_threads verilated_cov; do
    "$cxx" -w -O1 -std=gnu++17 -faligned-new -c "$include/$c.cpp" -o "$RUNTIME/$c.o" || exit 1
  done
  echo '#include "verilated.h"' >"$RUNTIME/model.h"
  "$cxx" -w -O1 -std=gnu++17 -faligned-new ${COVERAGE:+-O0} -x c++-header "$RUNTIME/model.h" -o "$RUNTIME/model.h.gch" || exit 1
  touch "$RUNTIME/done"
fi
exec 9>&-

[ $# -gt 0 ] || set -- '*'
selected() {
  grep -v '^#' tests/rtl/cases | while read -r line; do
    for pattern in "$@"; do
      # shellcheck disable=SC2053 # patterns
      if [[ $line == $pattern && $line != ${SKIP:-} ]]; then
        printf '%s\n' "$line"
        break
      fi
    done
  done
}
list=$(selected "$@")
[ -n "$list" ] || { echo "no line of tests/rtl/cases is like: $*" >&2; exit 2; }
printf '%s\n' "$list" | tr '\n' '\0' | xargs -0 -r -n 1 -P "${JOBS:-2}" "$0" --one
