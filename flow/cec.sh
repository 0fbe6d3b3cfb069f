#!/bin/bash
# Proves that a combinational netlist is its RTL, with ABC: both become and-inverter graphs, compared over all inputs.
# usage: flow/cec.sh FILES.f TOP PARAMETER=VALUE|- CELLS.v NETLIST.v FOLDER
# CELLS.v: the functions of the library's cells. FOLDER: for the working files. Status 0 only if the proof succeeds.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
[ $# = 6 ] || { sed -n '3p' "$0" | cut -c3- >&2; exit 2; }
files=$1 top=$2 parameter=$3 cells=$4 netlist=$5 out=$6
die() {
  echo "cec: $*" >&2
  exit 1
}
mkdir -p "$out"
chparam=
[ "$parameter" = - ] || chparam="-chparam ${parameter%=*} ${parameter#*=}"
graph='flatten; proc; opt -full; techmap; opt; aigmap; opt_clean; write_aiger -symbols'
yosys -Q -q -l "$out/gold.log" -p "read_verilog -defer $(tr '\n' ' ' <"$files"); hierarchy -check -top $top $chparam; $graph $out/gold.aig" \
  >/dev/null 2>&1 || die "Yosys cannot read the RTL: $(tail -n 1 "$out/gold.log")"
yosys -Q -q -l "$out/gate.log" -p "read_verilog $cells $netlist; hierarchy -check -top $top; $graph $out/gate.aig" \
  >/dev/null 2>&1 || die "Yosys cannot read the netlist: $(tail -n 1 "$out/gate.log")"
# The comparison pairs inputs and outputs by position: their names must stand in the same order.
symbols() { LC_ALL=C grep -aE '^[io][0-9]+ ' "$1" || true; }
[ -n "$(symbols "$out/gold.aig")" ] || die "the RTL has no ports"
[ "$(symbols "$out/gold.aig")" = "$(symbols "$out/gate.aig")" ] || die "RTL and netlist have different ports"
{ (ulimit -t "${PROVE_SECONDS:-1200}" && exec yosys-abc -q "cec -n $out/gold.aig $out/gate.aig") >"$out/abc.log" 2>&1 </dev/null; } 2>/dev/null ||
  die "ABC ended with status $? (137, 152: no proof in ${PROVE_SECONDS:-1200} s of processor time)"
if grep -q '^Networks are equivalent' "$out/abc.log"; then exit 0; fi
if grep -q 'NOT EQUIVALENT' "$out/abc.log"; then die "RTL and netlist differ"; fi
die "no proof: $(tail -n 1 "$out/abc.log")"
