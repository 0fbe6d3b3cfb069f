#!/bin/sh
# Streaming nets: the RTL's steady state equals the cycle model's, overlapping images are faster than one alone, the floor
# and the cycle model alone are told apart, and options that do not fit are refused.
# slow
# SPDX-License-Identifier: Apache-2.0
set -u
build=${BUILD:-build}
suite=utilisation
. tests/verdict.inc
"${MAKE:-make}" --no-print-directory -s "BUILD=$build" D=16 RTL_MULT=table axsim || exit 1
axsim=$build/sim/d16w8-table/axsim
dir=$(mktemp -d "${TMPDIR:-/tmp}/utilisation.XXXXXX")
trap 'rm -rf "$dir"' EXIT
value() { tr ' ' '\n' <"$dir/said" | sed -n "s/^$1=//p" | tail -n 1; } # value KEY: of the last line
stream() { "$axsim" --quiet --stream "$@" >"$dir/said" 2>&1; }          # stream NETS OPTION..

for net in fr hg; do
  stream sw/workloads/$net.net --floor 50 --paper 88.6
  verdict $? "$net runs"
  [ "$(value rtl_cycles)" = "$(value model_cycles)" ] && [ "$(value mismatches)" = 0 ] && grep -q ' PASS$' "$dir/said"
  verdict $? "$net: $(value rtl_cycles) cycles on the RTL, $(value model_cycles) by the model"
  steady=$(value rtl_cycles)
  stream sw/workloads/$net.net --batch 1
  [ "$(value rtl_cycles)" -gt "$((steady + steady / 20))" ]
  verdict $? "$net: an image alone takes $(value rtl_cycles) cycles, $steady in a stream"
done
# 78,400 and 102,400 multiplications on 256 elements, 89.2 % at most with whole rows: 792 cycles and not one of waiting.
stream sw/workloads/fr.net && [ "$(value rtl_cycles)" = 792 ] && [ "$(value conv_utilisation)" = 89.2% ]
verdict $? "fr runs without a stall"
stream sw/workloads/fr.net --floor 90 && grep -q ' BELOW$' "$dir/said"
verdict $? "a floor that is not reached is told"
stream sw/workloads/fr.net --predict && grep -q ' MODEL$' "$dir/said" && [ "$(value rtl_cycles)" = n/a ]
verdict $? "the cycle model alone is told apart"
stream sw/workloads/fr.net,sw/workloads/hg.net --predict && [ "$(value model_cycles)" -gt "$((792 + 625))" ]
verdict $? "the cycles of several nets add up"
# axflow predict is the same model; at D = 64, where there is no RTL, it goes on.
flow=$build/axflow
"$flow" predict --net sw/workloads/fr.net >"$dir/said" && [ "$(value model_cycles)" = 792 ] && [ "$(value utilisation)" = 89.2% ]
verdict $? "axflow predict says the same of fr"
"$flow" predict --net sw/workloads/fr.net --psums 2 --segs 1 --d 64 --batch 2 >"$dir/said" && [ "$(value d)" = 64 ] && [ "$(value model_cycles)" -lt 792 ]
verdict $? "axflow predict at D = 64: $(value model_cycles) cycles"
printf "net wide\ninput 64 10 10\nconv c1 maps=64 kernel=3\n" >"$dir/wide.net" # 64 rows, 64 columns, 8 x 8 positions of 9 steps
"$flow" predict --net "$dir/wide.net" --d 64 --batch 1 --json "$dir/wide.json" >"$dir/said" && grep -q "\"steps\": 576\b" "$dir/wide.json"
verdict $? "64 maps of 64 maps at D = 64: the steps are those of 64 x 64 elements"
refuses "takes 4, 8, 16, 32 and 64" "$flow" predict --net sw/workloads/fr.net --d 24
refuses "4, 8, 16 or 32" "$flow" compile --model sw/models/lenet-digits.axm --d 64
grep "^hg " sw/workloads/list.txt >"$dir/list"
mkdir -p "$dir/build/sim"
ln -s "$(realpath "$flow")" "$dir/build/axflow"
ln -s "$(realpath "$build/sim/d16w8-table")" "$dir/build/sim/"
BUILD=$dir/build RTL=16 LIST=$dir/list sim/scalability.sh >"$dir/said" 2>&1 && grep -q "net=hg d=16 .* model_cycles=720 rtl_cycles=720 .* PASS" "$dir/said" &&
  [ "$(grep -c "net=hg .* MODEL$" "$dir/said")" = 4 ] && grep -q "\"rtl_cycles\": 720" "$dir/build/results/scalability.json"
verdict $? "hg against D"
refuses "--floor must be a number from 0 to 100, not 'abc'" "$axsim" --stream sw/workloads/fr.net --floor abc
refuses "--batch goes with --stream" "$axsim" --random 1 --batch 3
refuses "--back-pressure does not go with --stream" "$axsim" --stream sw/workloads/fr.net --back-pressure 10
refuses "no net 'nosuch'" "$axsim" --stream nosuch
exit $failed
