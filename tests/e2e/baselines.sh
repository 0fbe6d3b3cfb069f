#!/bin/sh
# axflow baselines and the table and picture of make utilisation: figures known by hand, and refusals.
# SPDX-License-Identifier: Apache-2.0
set -u
build=${BUILD:-build}
suite=baselines
. tests/verdict.inc
axflow=$build/axflow
dir=$(mktemp -d "${TMPDIR:-/tmp}/baselines.XXXXXX")
trap 'rm -rf "$dir"' EXIT

# LeNet-5: tiling takes 784 * 25 + 100 * 25 cycles, 2D-mapping 6 * 4 * 25 + 96 * 25, the paper's equations 588 + 1000.
"$axflow" baselines --net sw/workloads/lenet5.net --json "$dir/b.json" >"$dir/said"
verdict $? "lenet5 runs"
for want in '"cycles": 22100,' '"cycles": 3000,' '"cycles": 1588,'; do
  grep -q "$want" "$dir/b.json"
  verdict $? "lenet5: $want"
done
grep -q '^all .* 1588  88.0% ' "$dir/said"
verdict $? "lenet5: 1,588 cycles are 88.0 %"

# The picture's rows come from the JSON files of the runs.
mkdir -p "$dir/build/results"
ln -s "$(cd "$(dirname "$axflow")" && pwd)/axflow" "$dir/build/axflow"
printf '{\n  "conv_utilisation_percent": 12.5,\n  "rtl_cycles": 3\n}\n' >"$dir/build/results/utilisation-fr-d16.json"
BUILD=$dir/build D=16 sim/utilisation_chart.sh >"$dir/said"
verdict $? "the chart is drawn"
grep -q '^fr  *39.1  *49.6  *3.3  *16.6  *89.2  *88.6  *12.5 RTL$' "$dir/build/results/utilisation-d16.txt"
verdict $? "the table holds rivals, equations, the paper's figure and ours"
if command -v gnuplot >/dev/null; then
  grep -q '<svg' "$dir/build/results/utilisation-d16.svg"
  verdict $? "the picture is an SVG"
fi
refuses "there is no convolution" "$axflow" baselines --net mlp-mnist
refuses "no net 'nosuch'" "$axflow" baselines --net lenet,nosuch
refuses "--d" "$axflow" baselines --net lenet --d 0
refuses "--net is missing" "$axflow" baselines
refuses "run make utilisation first" env BUILD="$dir/none" sim/utilisation_chart.sh
exit $failed
