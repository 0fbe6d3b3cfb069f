#!/bin/bash
# A small store as flip-flops, synthesised, beside the memory model's macro of the same size: where does a macro pay?
# usage: [LIB=nangate45] [BUILD=build] [PDK_DIR=..] flow/store.sh [WORDSxBITS..]      default: 16x8 128x8 256x8
# A line a size: STORE lib=.. size=.. flip_flops_um2=.. macro_um2=.. ratio=..      SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
flow_name=store LIB=${LIB:-nangate45}
. flow/common.sh
flow_need yosys yosys
flow_base
lib_prepare
memory_tools
[ $# -gt 0 ] || set -- 16x8 128x8 256x8

# The store of rtl/mem/sram.v without the macro: an array that Yosys makes of flip-flops and multiplexers.
do_store() { # do_store WORDS BITS
  cat >"$OUT/store.ys" <<END
read_verilog -Irtl/include rtl/mem/sram.v
hierarchy -check -top sram -chparam DEPTH $1 -chparam WIDTH $2 -chparam AW $(awk "BEGIN { for (k = 0; 2 ^ k < $1; k++) {} print k }")
synth -top sram -flatten
dfflibmap -liberty $lib/lean.lib
abc -liberty $lib/lean.lib
opt_clean -purge
stat -liberty $lib/lean.lib
END
  yosys -Q "$OUT/store.ys" >"$OUT/store.log" 2>&1 || flow_die "Yosys: $(tail -n 1 "$OUT/store.log")"
  awk '/Chip area/ { print $NF }' "$OUT/store.log" | tail -n 1 >"$OUT/area"
}
for size in "$@"; do
  [[ $size =~ ^[0-9]+x[0-9]+$ ]] || flow_die "'$size' is no size like 128x8"
  step "store $size" "$lib/lean.lib" rtl/mem/sram.v -- do_store "${size%x*}" "${size#*x}" >&2
  read -r _ macro _ <<<"$("$axmem" --table "${mem_options[@]}" "$size")"
  awk -v lib="$LIB" -v size="$size" -v ff="$(cat "$STEP/area")" -v macro="$macro" 'BEGIN {
    printf "STORE lib=%s size=%s flip_flops_um2=%.0f macro_um2=%.0f ratio=%.2f\n", lib, size, ff, macro, ff / macro }'
done
