#!/bin/sh
# The mapper as a user meets it: objectives and coupling on the RTL, fully connected nets alone, streaming and side by side, the
# explanation of a choice, and settings that are refused.
# slow
# SPDX-License-Identifier: Apache-2.0
set -u
build=${BUILD:-build}
suite=mapper
. tests/verdict.inc
"${MAKE:-make}" --no-print-directory -s "BUILD=$build" D=8 RTL_MULT=table axsim || exit 1
axsim=$build/sim/d8w8-table/axsim
axflow=$build/axflow
dir=$(mktemp -d "${TMPDIR:-/tmp}/mapper.XXXXXX")
trap 'rm -rf "$dir"' EXIT
value() { tr ' ' '\n' <"$dir/said" | sed -n "s/^$1=//p" | tail -n 1; } # value KEY: of the last line
stream() { "$axsim" --quiet --stream "$@" >"$dir/said" 2>&1; }          # stream NETS OPTION..
equal() { # equal TEXT: the run is bit-exact and takes the cycles of the model
  [ "$(value rtl_cycles)" = "$(value model_cycles)" ] && [ "$(value mismatches)" = 0 ] && grep -q ' PASS$' "$dir/said"
  verdict $? "$1: $(value rtl_cycles) cycles, $(value mismatches) mismatches"
}

for how in '--objective cycles' '--objective accesses' '--objective energy' --coupling; do
  # shellcheck disable=SC2086
  stream sw/workloads/lenet5.net --batch 2 $how
  equal "lenet5, $how"
  case $how in *cycles) cycles=$(value rtl_cycles) ;; esac
  [ "$(value rtl_cycles)" -ge "$cycles" ]
  verdict $? "lenet5, $how, is not faster than the mapping for cycles"
done

# A large layer: blocks that part the output maps, input staged chunk by chunk, kernels loaded again in their order.
printf 'net big\ninput 96 15 15\nconv c1 maps=160 kernel=3 pad=1 relu\n' >"$dir/big.net"
stream "$dir/big.net" --batch 1 --floor 95
equal "a layer that passes through the buffers, $(value conv_utilisation) busy"

stream sw/nets/har265.net --batch 1
equal "har265, one input"
alone=$(value rtl_cycles)
stream sw/nets/har265.net --batch 1 --columns 8
equal "har265, 8 inputs side by side"
[ "$(value rtl_cycles)" -lt $((2 * alone)) ]
verdict $? "8 inputs take $(value rtl_cycles) cycles, one takes $alone"
stream sw/workloads/lenet5-fc.net --batch 2
equal "lenet5-fc streams"
[ "$(value weight_cycles)" = 3683 ]
verdict $? "58,920 weights take the bus 3,683 cycles"

"$axflow" compile --model sw/models/lenet-mnist.axm --d 8 --explain >"$dir/said"
[ "$(grep -c '^\* ' "$dir/said")" = 5 ] && [ "$(grep -c '^  [0-9]' "$dir/said")" -ge 10 ]
verdict $? "five layers are explained, with runners-up"
grep -q '^fully connected: 58920 weights take the bus 3682 cycles' "$dir/said"
verdict $? "the bound of the fully connected layers is told"
"$axflow" compile --model sw/models/lenet-mnist.axm --d 8 --objective accesses >"$dir/few"
[ "$(sed -n 's/.*model_cycles=\([0-9]*\).*/\1/p' "$dir/few")" -gt "$(sed -n 's/.*model_cycles=\([0-9]*\).*/\1/p' "$dir/said")" ]
verdict $? "fewer accesses cost cycles"
# Coefficients as `make power` writes them move what is mapped for energy: with cycles for nothing, slower and fewer accesses.
file() { printf 'mac 1.8\nstore_write 0.68\nbuffer 1.48\npsum 1\next_byte 162.4\nelement_cycle %s\n' "$1" >"$dir/pj"; }
for pj in 8 0; do
  file $pj
  "$axflow" compile --model sw/models/lenet-mnist.axm --d 8 --objective energy --energy "$dir/pj" --explain >"$dir/energy$pj"
done
of() { sed -n 's/.*model_cycles=\([0-9]*\).*/\1/p' "$dir/energy$1"; }
words() { awk '/^\*/ { n += $(NF - 1) } END { print n }' "$dir/energy$1"; }
[ "$(of 0)" -gt "$(of 8)" ] && [ "$(words 0)" -lt "$(words 8)" ]
verdict $? "without a price for cycles, $(of 0) cycles and $(words 0) words moved, with it $(of 8) and $(words 8)"
printf 'mac 1\nstore_write 1\nbuffer 1\npsum 1\next_byte 1\nelement_cycle x\n' >"$dir/bad"
refuses "$dir/bad:6: element_cycle" "$axflow" compile --model sw/models/lenet-mnist.axm --energy "$dir/bad"
refuses "the objective is cycles, accesses or energy, not 'area'" "$axflow" compile --model sw/models/lenet-mnist.axm --objective area
refuses "layer c1 is not fully connected" "$axflow" compile --model sw/models/lenet-mnist.axm --columns 2
refuses "--columns goes with --stream" "$axsim" --random 1 --columns 2
refuses "the objective is cycles, accesses or energy, not 'area'" "$axsim" --stream sw/workloads/fr.net --objective area
refuses "no factors with <Tm,Tr,Tc> equal to" "$axflow" compile --model sw/models/lenet-mnist.axm --coupling \
  --factors "c1=5,1,1,1,5,1;c3=2,3,1,1,1,1"
exit $failed
