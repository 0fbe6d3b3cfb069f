#!/bin/bash
# Tests the proofs block by block: some blocks at D = 4, and faults planted into their netlists.
# usage: [BUILD=build] tests/flow/equiv/run.sh      from the top. A line a case, ending in PASS or FAIL.
# SPDX-License-Identifier: Apache-2.0
set -u
top=${BUILD:-build}
export BUILD=$top/test/flow-equiv LC_ALL=C LIB=osu018 D=4 W=8 MULT=exact
unset CLOCK_NS TOP MULT_SIGNED
export AXPOWER=$top/axpower AXF_MULT_DIR=$top/mult
work=$BUILD/work
suite=flow/equiv
. tests/verdict.inc
command -v yosys >/dev/null || { verdict 1 "yosys is installed (run ./setup)"; exit 1; }
rm -rf "$work" "$BUILD/flow"
mkdir -p "$work" "$BUILD/pdk"
[ ! -d "$top/pdk/qflow-tech-osu018" ] || cp -r "$top/pdk/qflow-tech-osu018" "$BUILD/pdk/"

flow/equiv.sh pe read_arbiter writeback 2>"$work/said"
status=$?
if [ $status -ne 0 ] && grep -q 'needs the Debian package' "$work/said"; then
  cat "$work/said"
  echo "flow/equiv: everything that needs the library osu018 SKIP"
  exit 0
fi
[ $status = 0 ] || cat "$work/said"
begin=$(date +%s)
flow/equiv.sh pe read_arbiter writeback 2>&1 | grep -c 'seconds=.* PASS' | grep -qx 3 && [ $(($(date +%s) - begin)) -lt 20 ]
verdict $? "proofs are not repeated when nothing has changed"
refuses "there is no multiplier or block 'nosuch' to prove; there are: exact " flow/equiv.sh nosuch

mkdir -p "$work/bin"
printf "#!/bin/sh\nwhile :; do :; done\n" >"$work/bin/yosys-abc"
chmod +x "$work/bin/yosys-abc"
# The same function with a netlist of our own.
prove() { # prove BLOCK NETLIST
  bash -c '. flow/common.sh; . flow/blocks.sh; . flow/prove.sh
    flow_name=prove MULT_SIGNED=0 mult_files=$BUILD/flow/gen/exact/files.f
    blocks_values
    prove_block "$1" "$2" "$3" "$4" ${5:+"$5"}' - "$1" "$2" "$cells" "$work/proof" "$3"
}
cells=$(ls "$BUILD"/flow/cache/*/cells.v)
pe=$(ls "$BUILD"/flow/cache/*/pe.v) writeback=$(ls "$BUILD"/flow/cache/*/writeback.v)
stub=$(dirname "$(ls "$BUILD"/flow/cache/*/axf_mult.v)")/stub.v
fault() { # fault TEXT BLOCK STUB AWK-PROGRAM NETLIST: the netlist so changed is refused
  awk "$4" "$5" >"$work/fault.v"
  cmp -s "$work/fault.v" "$5" && verdict 1 "a fault is planted: $1"
  refuses "$1" prove "$2" "$work/fault.v" "$3"
}
prove pe "$pe" "$stub"
verdict $? "the netlist as it is"
refuses "no proof in 1 s of processor time" env PATH="$work/bin:$PATH" PROVE_SECONDS=1 bash -c ". flow/common.sh; . flow/blocks.sh; . flow/prove.sh
  flow_name=prove MULT_SIGNED=0 mult_files=\$BUILD/flow/gen/exact/files.f; blocks_values
  prove_block writeback \$1 \$2 \$3" - "$writeback" "$cells" "$work/proof"
# An input of a gate tied to 0; two registers that have changed places; a multiplier's pins changed; a store's; a register lost.
fault "RTL and netlist differ" pe "$stub" '!done && /^    \.A\([a-z\\_]/ { sub(/\(.*\)/, "(1'"'"'b0)"); done = 1 } { print }' "$pe"
fault "RTL and netlist differ" pe "$stub" '{ gsub(/\.Q\(product_o\[3\]\)/, ".Q(@)"); gsub(/\.Q\(product_o\[4\]\)/, ".Q(product_o[3])"); gsub(/\.Q\(@\)/, ".Q(product_o[4])"); print }' "$pe"
fault "RTL and netlist differ" pe "$stub" '{ sub(/^    \.a\(/, "    .@("); sub(/^    \.w\(/, "    .a("); sub(/^    \.@\(/, "    .w("); print }' "$pe"
fault "RTL and netlist differ" pe "$stub" '/^  sram_256x8/ { store = $2 } store ~ /kernel/ && /\.we_i\(/ { sub(/ks_we_i/, "ns_we_i") } { print }' "$pe"
fault "Treating undriven bit" pe "$stub" '/^  DFFPOSX1/ && !done { done = lost = 1 } !lost { print } /^  \);/ { lost = 0 }' "$pe"
fault "the clock of" pe "$stub" '!done && /\.CLK\(clk_i\)/ { sub(/clk_i/, "en_i"); done = 1 } { print }' "$pe"
fault "RTL and netlist differ" writeback "" '/^    \.Y\(done_o\)/ { print "    .Y()"; next } /^endmodule/ { print "  assign done_o = grant_o[0];" } { print }' "$writeback"

# The composition: what is not proved, or not connected, is no part of a proved whole.
outside=$(dirname "$cells")/outside.v
compose() { # compose PROVED [AWK-PROGRAM]: of the PE and its multiplier, the PE's netlist so changed
  awk "${2:-1}" "$pe" >"$work/compose.v"
  awk -v top=pe -v proved="$1" -f flow/compose.awk kind=cells "$outside" "$(dirname "$pe")/macros.v" kind=netlist "$work/compose.v" \
    "$(dirname "$stub")/axf_mult.v"
}
[ "$(compose "pe axf_mult")" = "2 2" ]
verdict $? "a PE and its multiplier make up a whole"
refuses "module axf_mult is not proved" compose pe
refuses "is of axf_other, which is neither a cell, nor a memory, nor a proved block" compose "pe axf_mult" '{ sub(/^  axf_mult /, "  axf_other ") } { print }'
refuses "leaves the input a of axf_mult open" compose "pe axf_mult" '{ sub(/^    \.a\(.*\)/, "    .a()") } { print }'
refuses "has nothing at port w of axf_mult" compose "pe axf_mult" '!/^    \.w\(/'
refuses "module pe is defined twice" compose "pe axf_mult" '{ print } /^endmodule/ { print "module pe(a);\n  input a;\nendmodule" }'
exit $failed
