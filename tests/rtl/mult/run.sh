#!/bin/sh
# Tests the multiplier library: lint, synthesis, and the Verilog of every multiplier against its C formula.
# usage: [BUILD=build] [PAIRS=1000000] tests/rtl/mult/run.sh     from the top of the repository
# A line per case, ending in PASS or FAIL; exit status 0 only if all pass. Needs Verilator; Yosys is optional.
# SPDX-License-Identifier: Apache-2.0
set -u
build=${BUILD:-build}
pairs=${PAIRS:-1000000}
work=$build/test/mult
list=$work/list
failed=0
mkdir -p "$work" || exit 1
rtl/mult/gen.sh list >"$list" || exit 1

verdict() { # verdict STATUS TEXT
  if [ "$1" -eq 0 ]; then echo "$2 PASS"; else
    echo "$2 FAIL"
    failed=$((failed + 1))
  fi
}

# The wrapper a processing element gets, at both widths, structural and fast form: no lint finding at -Wall.
# Yosys must map it to gates: no memory, no latch, no loop left.
while read -r name module params files; do
  rtl/mult/gen.sh wrapper "$name" "$work/$name" || failed=$((failed + 1))
  bad=0
  for options in "-GW=8" "-GW=16" "-GW=8 +define+AXF_FAST_MULT" "-GW=16 +define+AXF_FAST_MULT"; do
    verilator --lint-only -Wall $options --top-module axf_mult -f "$work/$name/files.f" || bad=1
  done
  verdict $bad "lint $name ($module $params)"
  if command -v yosys >/dev/null; then
    yosys -q -l "$work/$name/yosys.log" -p "read_verilog $(tr '\n' ' ' <"$work/$name/files.f");
      synth -flatten -top axf_mult; check -assert; select -assert-none t:\$* t:\$_* %d; select -assert-none t:\$_*DFF* t:\$_*LATCH*" \
      >/dev/null 2>"$work/$name/yosys.err"
    status=$?
    [ $status -eq 0 ] || head -3 "$work/$name/yosys.err"
    verdict $status "synth $name"
  fi
done <"$list"
command -v yosys >/dev/null || echo "synth: skipped, yosys is not installed (apt-get install yosys)"

# Everything the benches link: the core and the formulas.
mkdir -p "$work/obj"
for c in sw/core/*.c sw/mult/*.c; do
  ${CC:-gcc} -std=c11 -O2 -D_GNU_SOURCE -ffp-contract=off -Wall -Wextra -Isw -c "$c" \
    -o "$work/obj/$(basename "$(dirname "$c")")_$(basename "$c" .c).o" || exit 1
done
rm -f "$work/libmult.a"
ar rcs "$work/libmult.a" "$work"/obj/*.o || exit 1

bench() { # bench W VFLAGS TEXT
  echo "# Verilog against formula, W = $1, $3"
  rm -rf "$work/bench"
  VFLAGS=$2 CORE_LIB=$work/libmult.a rtl/mult/bench.sh "$work/bench" "$work/test_bench" "$1" \
    tests/rtl/mult/test_bench.c <"$list" && "$work/test_bench" "$list" "$1" "$pairs" || failed=$((failed + 1))
}
bench 8 "" "structural form"
bench 8 "+define+AXF_FAST_MULT" "fast form"
bench 16 "" "structural form"
bench 16 "+define+AXF_FAST_MULT" "fast form"

if [ -d "$build/mult" ]; then
  ${CC:-gcc} -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -Isw tests/rtl/mult/test_tables.c "$work/libmult.a" \
    -lz -lm -lpthread -o "$work/test_tables" && "$work/test_tables" "$build/mult" || failed=$((failed + 1))
else
  echo "tables: skipped, there are none in $build/mult (make multipliers-tables)"
fi

tests/rtl/mult/stranger.sh || failed=$((failed + 1))
echo "multipliers: $failed failures"
[ "$failed" -eq 0 ]
