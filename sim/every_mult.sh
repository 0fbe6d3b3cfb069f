#!/bin/bash
# Runs images through the RTL once for each multiplier, with the multiplier's own Verilog in every processing element.
# usage: [BUILD=build] [D=4] [IMAGES=20] [NET=lenet] [DATA=mnist] [JOBS=N] sim/every_mult.sh [NAME..]
# NAME: default all of the library and the user's own. A line SIM .. PASS or FAIL for each, as `make sim` prints it.
# What differs from `make sim` is only the compiler's effort: one file, little optimisation, Verilator's runtime shared.
# SPDX-License-Identifier: Apache-2.0
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
export BUILD=${BUILD:-build} D=${D:-4} IMAGES=${IMAGES:-20} NET=${NET:-lenet} DATA=${DATA:-digits}
export AXF_USER_MULT_DIR=${AXF_USER_MULT_DIR:-$BUILD/user-mult} AXF_MULT_DIR=$BUILD/mult
export CPLUS_INCLUDE_PATH CXX work=$BUILD/test/every_mult
JOBS=${JOBS:-$(nproc)}
CXX=$(command -v clang++ || command -v g++) || { echo "clang++ or g++ is missing: apt-get install clang" >&2; exit 1; }

fail() { # fail NAME LOG
  tail -n 20 "$2"
  echo "every_mult: mult=$1 FAIL"
  exit 1
}
if [ "${1:-}" = --one ]; then
  name=$2 dir=$work/$2 log=$work/$2.log
  rm -rf "$dir" && mkdir -p "$dir"
  model=$(sim/settings.sh "$NET" "$DATA" "$name" "$D" "$IMAGES" 0 verilog 2>"$log") || fail "$name" "$log"
  "${MAKE:-make}" --no-print-directory -s "BUILD=$BUILD" "D=$D" "MULT=$name" W=8 SEGS=4 PROTECT_NB=none PROTECT_KB=none PROTECT_REC=none ZERO_SKIP=0 ISOLATE=0 "$BUILD/sim/d${D}w8-$name/Vaxflow.mk" >"$log" 2>&1 ||
    fail "$name" "$log"
  tops=("$(realpath "$BUILD/sim/d${D}w8-$name")"/Vaxflow*.cpp)
  printf '#include "%s"\n' "${tops[@]}" "$PWD/sim/shim.cpp" >"$dir/model.cpp"
  # shellcheck disable=SC2086 # the path of a folder
  "$CXX" -w -O1 -std=gnu++17 -faligned-new -include "$work/runtime/model.h" "-I${tops[0]%/*}" -Isim -DVM_TRACE=0 "-DAXF_D=$D" \
    -DAXF_W=8 -DAXF_SEGS=4 -DAXF_ZERO_SKIP=0 '-DAXF_PROTECT_NB="none"' '-DAXF_PROTECT_KB="none"' '-DAXF_PROTECT_REC="none"' "-DAXF_RTL_MULT=\"$name\"" "-DAXF_MULT_SIGNED=$(rtl/mult/gen.sh kind "$name")" "$dir/model.cpp" \
    "$work"/runtime/*.o "$BUILD/obj/sim/main.o" "$BUILD/test/libsim.a" "$BUILD/libaxflow.a" -lopenblas -lz -lpthread -latomic -lm \
    -o "$dir/axsim" >"$log" 2>&1 || fail "$name" "$log"
  "$dir/axsim" --model "$model" --data "$DATA" --images "$IMAGES" --jobs 1 --quiet >"$log" 2>&1 || fail "$name" "$log"
  tail -n 1 "$log"
  rm -rf "$dir"
  exit
fi

for name in "$@"; do
  sim/settings.sh "$NET" "$DATA" "$name" "$D" "$IMAGES" 0 verilog >/dev/null || exit 1
done
# What all of them share: the test bench, Verilator's runtime, a precompiled header.
"${MAKE:-make}" --no-print-directory -s -j"$JOBS" "BUILD=$BUILD" "$BUILD/axflow" multipliers-tables "$BUILD/obj/sim/main.o" \
  "$BUILD/test/libsim.a" >/dev/null || exit 1
command -v verilator >/dev/null || { echo "verilator is missing: apt-get install verilator" >&2; exit 1; }
include=$(verilator --getenv VERILATOR_ROOT)/include
CPLUS_INCLUDE_PATH=$include:$include/vltstd
mkdir -p "$work/runtime"
for c in verilated verilated_threads verilated_dpi; do
  [ -e "$work/runtime/$c.o" ] || "$CXX" -w -O1 -std=gnu++17 -faligned-new -c "$include/$c.cpp" -o "$work/runtime/$c.o" || exit 1
done
printf '#include "verilated.h"\n#include "verilated_dpi.h"\n' >"$work/runtime/model.h"
"$CXX" -w -O1 -std=gnu++17 -faligned-new -x c++-header "$work/runtime/model.h" -o "$work/runtime/model.h.gch" || exit 1

if [ $# -eq 0 ]; then
  mapfile -t names < <(rtl/mult/gen.sh list | cut -d' ' -f1)
  for def in "$AXF_USER_MULT_DIR"/*/*.def; do
    [ -e "$def" ] && names+=("$(basename "$def" .def)")
  done
  set -- "${names[@]}"
fi
printf '%s\n' "$@" | xargs -P "$JOBS" -n 1 sim/every_mult.sh --one
