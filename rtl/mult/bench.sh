#!/bin/sh
# Builds a C program around a Verilated bench of multipliers.
# usage: bench.sh WORKDIR PROGRAM W MAIN.c < LIST      LIST: the lines `name module parameters files` (gen.sh list)
# Environment: CORE_LIB, a library of sw/core (and what else MAIN.c needs; otherwise sw/core is compiled here);
# CC, CXX, VERILATOR; VFLAGS, more flags for Verilator. Run from the top of the repository.
# SPDX-License-Identifier: Apache-2.0
set -eu
[ $# -eq 4 ] || { echo "usage: bench.sh WORKDIR PROGRAM W MAIN.c < LIST" >&2; exit 2; }
work=$1 program=$2 width=$3 main=$4
here=$(dirname "$0")
cc=${CC:-gcc}
verilator=${VERILATOR:-verilator}
command -v "$verilator" >/dev/null || {
  echo "bench.sh: $verilator is not installed; on Debian: apt-get install verilator g++" >&2
  exit 1
}
mkdir -p "$work/obj" "$(dirname "$program")"
work=$(cd "$work" && pwd)
sim=$(cd "$here/sim" && pwd)
unset MAKEFLAGS MFLAGS || true  # the build below is its own, whatever make called this script
cat >"$work/list"
awk -v mode=bench -v W="$width" -f "$here/instance.awk" "$work/list" >"$work/axf_bench.v"
sources=$(cut -d' ' -f4 "$work/list" | tr ',' '\n' | awk '!seen[$0]++')

cflags="-std=c11 -O2 -D_GNU_SOURCE -ffp-contract=off -Wall -Wextra -Isw -I$here/sim"
$cc $cflags -c "$main" -o "$work/obj/main.o"
lib=${CORE_LIB:-}
if [ -z "$lib" ]; then
  lib=$work/obj/libcore.a
  for c in sw/core/*.c; do $cc $cflags -c "$c" -o "$work/obj/core_$(basename "$c" .c).o"; done
  ar rcs "$lib" "$work"/obj/core_*.o
fi
lib=$(cd "$(dirname "$lib")" && pwd)/$(basename "$lib")

# Lint findings in a core are the core's affair, but its ports must be there and have the right widths.
if ! "$verilator" --cc --exe --build -j 2 -Wno-lint -Wno-style -Wwarn-WIDTH -Wno-fatal -Werror-PINMISSING ${VFLAGS:-} \
  --top-module axf_bench --Mdir "$work/verilated" -CFLAGS "-I$sim" \
  -MAKEFLAGS "OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O0 CXX=${CXX:-g++} LINK=${CXX:-g++}" \
  -LDFLAGS "$work/obj/main.o $lib -lz -lm -lpthread" -o "$work/program" \
  "$work/axf_bench.v" $sources "$sim/bench_shim.cpp" >"$work/verilator.log" 2>&1; then
  grep -E '^%(Error|Warning-PINMISSING)|error:|undefined reference' "$work/verilator.log" | grep -v 'Command Failed' |
    head -20 >&2
  echo "bench.sh: Verilator could not build the multipliers; what it said stands above" >&2
  exit 1
fi
if grep -E '^%Warning-WIDTH: [^ ]*axf_bench.v:' "$work/verilator.log" >&2; then
  echo "bench.sh: a core's ports are not a[$width-1:0], w[$width-1:0], p[2*$width-1:0]" >&2
  exit 1
fi
mv "$work/program" "$program"
