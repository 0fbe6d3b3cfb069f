#!/bin/bash
# Makes one mutant and runs the checks that look at its file, cheap ones first, until one fails.
# usage: tests/mutate/one.sh ID [deep]     from the top, after prepare.sh; ID as `mutants draw` prints it
# The line ID, VERDICT, CHECK, SECONDS, between tabs, is added to $STATE (without: printed); VERDICT is killed (by CHECK),
# stillborn (it does not build), equivalent (CHECK: the proof), or open: only the dear checks are left. `deep` runs those; what no
# check finds has survived. LIMIT: seconds of processor time that a program of a check may take (20): more is a kill.
# A mutant's files are in BUILD/mutate/work and removed, unless KEEP=1.
# SPDX-License-Identifier: Apache-2.0
set -u
export BUILD=${BUILD:-build} LC_ALL=C LIMIT=${LIMIT:-20} JOBS=1
. tests/mutate/settings.inc
id=$1
deep=$([ "${2:-}" != deep ] || echo 1)
file=${id%%:*}
folder=$(dirname "$file") module=$(basename "$file") module=${module%.*}
work=$BUILD/mutate/work/$(tr -c 'A-Za-z0-9\n' - <<<"$id")
ulimit -v 16000000

finish() { # finish VERDICT CHECK
  local line
  line="$id"$'\t'"$1"$'\t'"$2"$'\t'"$SECONDS"
  [ -n "${KEEP:-}" ] || rm -rf "$work"
  if [ -n "${STATE:-}" ]; then
    flock "$STATE" sh -c 'printf "%s\n" "$1" >>"$2"' sh "$line" "$STATE"
    tests/mutate/progress.sh "$line"
  else
    printf '%s\n' "$line"
  fi
  exit 0
}
check() { # check NAME COMMAND..: over if it fails
  local name=$1
  shift
  { (ulimit -t "$LIMIT" && exec timeout -k 5 1200 "$@" >"$work/log" 2>&1 </dev/null); } 2>/dev/null || finish killed "$name"
}
# Runs of a simulator, with the options of settings.inc.
simulate() { # simulate SIMULATOR EXECUTABLE
  local options
  while read -r options; do
    # shellcheck disable=SC2086 # options of a run
    check "axsim $1 $options" "$2" $options --quiet --jobs 1
  done < <(mutate_runs "$1")
}

rtl_unit() { # a first test that does not build: stillborn
  local line verdict=stillborn
  while read -r line; do
    if ! (ulimit -t 90 && exec env LIMIT=600 BUILD="$work/unit" RTL="$work/rtl" RUNTIME="$BUILD/test/rtl/runtime" \
      tests/rtl/run.sh "$line") >"$work/log" 2>&1 </dev/null; then
      grep -qE "^FAIL|ended with status|: [1-9][0-9]* passed" "$work/log" && finish killed "rtl $line"
      finish "$verdict" "build of rtl $line"
    fi
    verdict=killed
  done < <(grep -e "^${folder#rtl/}/$module\$" -e "^${folder#rtl/}/$module " tests/rtl/cases)
}
rtl_formal() {
  local block property
  while read -r block property; do
    RTL=$work/rtl WORK=$work/formal timeout 600 tests/formal/prove.sh --quick "$block $property" >"$work/log" 2>&1
    ! grep -q 'refuted=' "$work/log" || finish killed "formal $block $property"
  done < <(awk -v m="${folder#rtl/}/$module" '$2 == m && $6 == "quick" { print $1, $3 }' tests/formal/proofs | sort -u)
}
rtl_sim() { # rtl_sim base|others
  local name
  for name in $(mutate_simulators "$file"); do
    case $1 in base) [ "$name" = base ] || continue ;; *) [ "$name" != base ] || continue ;; esac
    # shellcheck disable=SC2046 # variables of make
    timeout -k 5 1200 "${MAKE:-make}" --no-print-directory -s BUILD="$BUILD" RTL_DIR="$work/rtl" SIM_DIR="$work/$name" \
      SIM_OPT="$MUTATE_OPT" VERILATOR="verilator -Wno-fatal" $(mutate_make "$name") axsim >"$work/log" 2>&1 ||
      finish "$([ "$name" = base ] && echo stillborn || echo killed)" "build of axsim $name"
    simulate "$name" "$work/$name/axsim"
    rm -rf "${work:?}/$name"
  done
}
mult_bench() {
  local pick form width
  rtl/mult/gen.sh -d "$work/rtl/mult/multipliers.def" list >"$work/all" 2>/dev/null
  awk -v file="$module.v" '$4 ~ "(^|[/,])" file "(,|$)"' "$work/all" >"$work/users"
  # A few of those that are built with the file, then all.
  for pick in 3 1000; do
    awk -v n="$(wc -l <"$work/users")" -v pick="$pick" \
      'int(NR * pick / n) > int((NR - 1) * pick / n) || pick >= n' "$work/users" >"$work/list"
    for width in 8 16; do
      for form in '' +define+AXF_FAST_MULT; do
        if ! VFLAGS=$form CORE_LIB=$BUILD/libaxflow.a timeout -k 5 600 rtl/mult/bench.sh "$work/bench" "$work/test_bench" $width \
          tests/rtl/mult/test_bench.c <"$work/list" >"$work/log" 2>&1; then
          [ $pick = 3 ] && [ $width = 8 ] && finish stillborn "bench of multipliers"
          finish killed "build of the bench, W=$width $form"
        fi
        check "rtl/mult W=$width $form" "$work/test_bench" "$work/list" $width 300000
        rm -rf "$work/bench"
      done
    done
    [ "$(wc -l <"$work/users")" -gt 3 ] || break
  done
}
proof() { # proof [PROVE_QUICK=1]: over if equal
  local said
  said=$(env "$@" tests/mutate/prove.sh "$file" "$work/rtl/${file#rtl/}" "$work/proof") && finish equivalent "proved, $said"
}
mutate_verilog() {
  local d libraries=()
  for d in array axi ctrl dma mem pe post; do libraries+=(-y "$work/rtl/$d"); done
  cp -r rtl "$work/rtl" || exit 1
  "$BUILD/mutate/mutants" make "$id" "$work/rtl/${file#rtl/}" || exit 1
  if [ "$folder" = rtl/mult ]; then
    [ -n "$deep" ] || mult_bench
  else
    verilator --lint-only -Wno-lint -Wno-style -Wno-fatal -I"$work/rtl/include" "${libraries[@]}" -y tests/rtl \
      --top-module "$module" "$work/rtl/${file#rtl/}" >"$work/log" 2>&1 || finish stillborn verilator
    if [ -z "$deep" ]; then
      rtl_unit
      rtl_formal
      rtl_sim base
    fi
  fi
  [ -n "$deep" ] || proof PROVE_QUICK=1
  [ -n "$deep" ] || finish open -
  proof
  [ "$folder" = rtl/mult ] || rtl_sim others
  finish survived -
}

mutate_c() {
  local name object=$work/$module.o
  "$BUILD/mutate/mutants" make "$id" "$work/$module.c" || exit 1
  # shellcheck disable=SC2086 # flags
  ${CC:-gcc} $MUTATE_CFLAGS -w -iquote "$folder" -c "$work/$module.c" -o "$object" >"$work/log" 2>&1 ||
    finish stillborn "${CC:-gcc}"
  # shellcheck disable=SC2086
  ${CC:-gcc} $MUTATE_CFLAGS -w -c "$file" -o "$work/original.o"
  code() { objdump -dr -s "$1" | tail -n +4; }
  if cmp -s <(code "$object") <(code "$work/original.o"); then
    finish equivalent "same machine code"
  fi
  for name in $([ -n "$deep" ] || mutate_programs "$file"); do
    "${CC:-gcc}" "$BUILD/mutate/obj/${name//\//-}.o" "$object" "$BUILD/test/libsim.a" "$BUILD/libaxflow.a" \
      -lopenblas -lz -lm -lpthread -o "$work/test" >"$work/log" 2>&1 || finish stillborn "link of $name"
    check "$name" "$work/test" "$BUILD/mult" # the folder of the tables: most need none
  done
  for name in $(mutate_simulators "$file"); do
    case $name,$deep in base,1) continue ;; base,) ;; *,) continue ;; esac
    [ -e "$BUILD/mutate/sim/$name/right" ] || tests/mutate/prepare.sh "$name" || exit 1
    "$(command -v clang++ || command -v g++)" "$object" "$BUILD"/obj/sim/*.o "$BUILD/mutate/sim/$name"/*.o "$BUILD/libaxflow.a" \
      -lopenblas -lz -lpthread -latomic -lm -o "$work/axsim" >"$work/log" 2>&1 || finish stillborn "link of axsim"
    simulate "$name" "$work/axsim"
  done
  [ -n "$deep" ] || finish open -
  finish survived -
}

rm -rf "$work"
mkdir -p "$work" || exit 1
case $file in *.v) mutate_verilog ;; *) mutate_c ;; esac
