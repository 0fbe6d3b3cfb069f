#!/bin/sh
# Speed of the RTL simulation, with the shared multiplier table and with the exact multiplier's own Verilog.
# What bounds it: each simulated cycle evaluates all D*D processing elements in one thread of one process a core, so the
# figure to watch is cycles_per_s (of all processes together); the host loop, the bus and the probe are a small part.
# Environment: BUILD; NET (lenet), BENCH_IMAGES (500).
# SPDX-License-Identifier: Apache-2.0
set -eu
for kind in table verilog; do
  line=$(make --no-print-directory -s "BUILD=${BUILD:-build}" sim "NET=${NET:-lenet}" RTL_MULT=$kind "IMAGES=${BENCH_IMAGES:-500}" | grep '^SIM ')
  rate=$(echo "$line" | tr ' ' '\n' | awk -F= '$1 == "images_per_s" { i = $2 } $1 == "cycles_per_image" { c = $2 } END { printf "%.0f", i * c }')
  echo "BENCH name=sim ${line#SIM } cycles_per_s=$rate bound=evaluating_the_array"
done
