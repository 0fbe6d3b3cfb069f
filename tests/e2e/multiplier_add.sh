#!/bin/sh
# A multiplier of one's own: `axflow multiplier add` on a core never seen before, then its use by name; and every file it
# must refuse, with one sentence, a non-zero status and nothing kept.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
export LC_ALL=C
build=${BUILD:-build}
axflow=$build/axflow
dir=$(mktemp -d "${TMPDIR:-/tmp}/multiplier_add.XXXXXX")
trap 'rm -rf "$dir"' EXIT
export AXF_USER_MULT_DIR="$dir/kept"
status=0

verdict() { # verdict STATUS TEXT
  if [ "$1" -eq 0 ]; then echo "multiplier_add: $2 PASS"; else
    echo "multiplier_add: $2 FAIL"
    status=1
  fi
}
# refuses TEXT PATTERN ARGUMENTS..: adding must fail with one line that matches, and leave the folder as it is.
refuses() {
  text=$1 pattern=$2
  shift 2
  before=$(ls -A "$dir/kept" 2>/dev/null)
  "$axflow" multiplier add "$@" >"$dir/stdout" 2>"$dir/said"
  result=$?
  bad=0
  [ $result -ge 1 ] && [ $result -le 2 ] && [ "$(wc -l <"$dir/said")" -eq 1 ] && grep -qE -e "$pattern" "$dir/said" &&
    [ ! -s "$dir/stdout" ] && [ "$(ls -A "$dir/kept" 2>/dev/null)" = "$before" ] || bad=1
  [ $bad -eq 0 ] || { echo "status $result, wanted '$pattern', kept: $(ls -A "$dir/kept" 2>/dev/null)"; cat "$dir/said" "$dir/stdout"; }
  verdict $bad "$text"
}
core() { # core NAME TEXT: a file NAME.v with a module NAME of ports a, w, p
  echo "module $1(input [7:0] a, w, output [15:0] p); $2 endmodule" >"$dir/$1.v"
}

# A good core with what strangers' files have: other port names, a parameter, a sub-module, a test bench, a sloppy width,
# a delay. Its product is X without the low CUT bits, times Y.
cat >"$dir/good.v" <<'END'
`timescale 1ns/1ps
module Cut_Mult #(parameter CUT = 1) (input [7:0] X, input [0:7] Y, output [15:0] Z);
  wire [7:0] high;
  wire [3:0] sloppy = X;
  cutter #(CUT) c(X, high);
  assign #1 Z = high * Y + (sloppy & 4'd0);
endmodule
module cutter #(parameter N = 0) (input [7:0] i, output [7:0] o);
  assign o = i >> N << N;
endmodule
module bench;
  initial begin #10 $display("never run"); $finish; end
endmodule
END
product() { # product W-CUT A-CUT: the table of (w without its low bits) * (a without its low bits), 131,072 bytes
  awk -v wc="$1" -v ac="$2" 'BEGIN {
    for (w = 0; w < 256; w++) for (a = 0; a < 256; a++) {
      p = (w - w % 2^wc) * (a - a % 2^ac); printf "%c%c", p % 256, int(p / 256) } }'
}
same_table() { # same_table NAME W-CUT A-CUT
  product "$2" "$3" >"$dir/expected"
  tail -c 131072 "$dir/kept/$1/$1.axt" | cmp -s - "$dir/expected"
}

"$axflow" multiplier add "$dir/good.v" --param CUT=3 >"$dir/log" 2>&1
verdict $? "a good core is added"
cat "$dir/log"
[ "$(ls -A "$dir/kept/cut_mult" | tr '\n' ' ')" = "Cut_Mult.v cut_mult.axt cut_mult.def " ] && cmp -s "$dir/good.v" "$dir/kept/cut_mult/Cut_Mult.v"
verdict $? "its list, Verilog and table are kept, no more"
same_table cut_mult 0 3
verdict $? "its table is its formula, the first input is the activation"
grep -q 'is not AM(a, w)' "$dir/log"
verdict $? "the user is told that the order of the ports matters"
"$axflow" multiplier add "$dir/good.v" --name other --top Cut_Mult --ports Y:X:Z >"$dir/log2" 2>&1 && same_table other 1 0
verdict $? "the ports can be told, and the parameter is the module's own"
"$axflow" multiplier info cut_mult >"$dir/info" 2>&1
# e = -(a mod 8) * w: mean 3.5 * 127.5, largest 7 * 255.
grep -q '^  MED        446.2500 ' "$dir/info" && grep -q '^  WCE        1785 ' "$dir/info" && grep -q '^  bias       -446.2500 ' "$dir/info"
verdict $? "its measured errors are right"
"$axflow" multiplier list >"$dir/list" && grep -q '^cut_mult .*yes .* 446.25 .*module Cut_Mult of good.v' "$dir/list" && grep -q '^other ' "$dir/list"
verdict $? "the list has it"
rtl/mult/gen.sh wrapper cut_mult "$dir/gen" && grep -q 'Cut_Mult #(.CUT(3)) u_core (.X(a), .Y(w), .Z(p));' "$dir/gen/axf_mult.v" &&
  verilator --lint-only -Wno-lint -Wno-style --no-timing --top-module axf_mult -f "$dir/gen/files.f" 2>"$dir/log"
verdict $? "the wrapper for the RTL instantiates it"
sim/settings.sh lenet digits cut_mult 16 1 0 verilog "$dir/good.v" >/dev/null
verdict $? "make sim takes it"

# Any quantised model will do for a name in eval.
model=$(ls sw/models/mlp-*-digits.axm sw/models/*-digits.axm "$build"/models/*-digits.axm 2>/dev/null | grep -v float | head -n 1)
if [ -n "$model" ]; then
  "$axflow" eval --model "$model" --data digits --mult cut_mult >"$dir/log" 2>&1 && grep -q 'mult=cut_mult .*accuracy=' "$dir/log"
  verdict $? "axflow eval uses it ($model)"
fi

# Signed cores, as their ports or their products say, one of them not symmetric in the signs (rounds towards minus infinity).
core twos "wire signed [7:0] sa = a, sw = w; wire signed [15:0] q = sa * sw; assign p = q & 16'hffe0;"
echo 'module S8(input signed [7:0] A, B, output [15:0] O); assign O = A * B; endmodule' >"$dir/s8.v"
signed_table() { # signed_table NAME MASK: the products of two's complement numbers, their bits masked
  awk -v mask="$2" 'BEGIN { for (w = 0; w < 256; w++) for (a = 0; a < 256; a++) {
    p = (w > 127 ? w - 256 : w) * (a > 127 ? a - 256 : a); p = p < 0 ? p + 65536 : p; p -= p % mask
    printf "%c%c", p % 256, int(p / 256) } }' >"$dir/expected"
  tail -c 131072 "$dir/kept/$1/$1.axt" | cmp -s - "$dir/expected"
}
"$axflow" multiplier add "$dir/twos.v" >"$dir/log" 2>&1 && grep -q 'added as a signed core' "$dir/log" && signed_table twos 32
verdict $? "a core that multiplies in two's complement is added as a signed one"
"$axflow" multiplier add "$dir/s8.v" >"$dir/log" 2>&1 && ! grep -q note: "$dir/log" && signed_table s8 1 &&
  "$axflow" multiplier info s8 | grep -q "^operands     two's complement"
verdict $? "signed ports make a signed core"
"$axflow" multiplier add "$dir/twos.v" --signed --name told >"$dir/log" 2>&1 && ! grep -q note: "$dir/log" && signed_table told 32
verdict $? "--signed says so, too"
[ "$(rtl/mult/gen.sh kind twos)$(rtl/mult/gen.sh kind s8)$(rtl/mult/gen.sh kind other)" = 110 ]
verdict $? "the RTL's parameter MULT_SIGNED follows"
if [ -n "$model" ]; then
  "$axflow" eval --model "$model" --data digits --mult twos >"$dir/log" 2>&1 && grep -q 'mult=twos .*accuracy=9[0-9]' "$dir/log"
  verdict $? "axflow eval uses it, with activations of 7 bits"
fi
# On the RTL, with its own Verilog: lint-free building of a stranger's core is not asked for.
for name in twos cut_mult; do
  line=$("${MAKE:-make}" --no-print-directory -s "BUILD=$build" sim NET=lenet DATA=digits "MULT=$name" D=4 IMAGES=3 2>&1 | tail -n 1)
  echo "$line"
  case $line in *" mult=$name rtl_mult=verilog d=4 images=3 "*" mismatches=0 "*PASS) true ;; *) false ;; esac
  verdict $? "$name runs on the RTL"
done

core helps "function [15:0] f(input [7:0] x, input [7:0] y); f = x * y & ~16'd3; endfunction assign p = f(a, w);"
"$axflow" multiplier add "$dir/helps.v" >"$dir/log" 2>&1 && grep -q '^added helps' "$dir/log"
verdict $? "the arguments of a function are no ports"
core exact "assign p = a * w;"
core plain "assign p = a * w;"
refuses "a name of the library" "there is a multiplier 'exact' already" "$dir/exact.v"
refuses "a name of one's own" "there is a multiplier 'cut_mult' already" "$dir/good.v"
refuses "a name the simulator has taken" "'table' already" "$dir/plain.v" --name table
refuses "a bad name" "'Plain' must be small letters" "$dir/plain.v" --name Plain
refuses "a name that leaves the folder" "'../up' must be small letters" "$dir/plain.v" --name ../up
refuses "no file" "gone.v cannot be read: No such file" "$dir/gone.v"
refuses "no argument" "the Verilog file is missing"
refuses "a folder" "is no file" "$dir"
printf 'module torn(input [7:0] a, w, output [15:0] p);\n  assign p = a * ;\nendmodule\n' >"$dir/torn.v"
refuses "a file that does not parse" "torn.v:2:[0-9]+: syntax error" "$dir/torn.v"
: >"$dir/empty.v"
refuses "an empty file" "empty.v: No top level module" "$dir/empty.v"
core missing "cell_x u(a, w, p);"
refuses "a missing sub-module" "missing.v:1:[0-9]+: Cannot find file containing module: 'cell_x'" "$dir/missing.v"
echo '`include "x.vh"' | cat - "$dir/plain.v" >"$dir/reads.v"
core floats "wire [15:0] u; assign p = a * w + u;"
refuses "a signal that nothing drives" "floats.v:1: nothing drives the signal u" "$dir/floats.v"
core ends "assign p = a * w; initial \$finish;"
refuses "a core that ends the simulation" "'ends' ends the simulation with .finish" "$dir/ends.v"
echo 'module \odd$8 (input [7:0] a, w, output [15:0] p); assign p = a * w; endmodule' >"$dir/escaped.v"
refuses "an escaped module name" "module name odd.8 is not made of letters" "$dir/escaped.v"
refuses "a file that reads others" "reads.v:1: it reads another file" "$dir/reads.v"
refuses "no such top" "there is no module nosuch; there are: .*Cut_Mult" "$dir/good.v" --name x --top nosuch
cat "$dir/plain.v" "$dir/exact.v" >"$dir/two.v"
refuses "several possible modules" "several modules that could be the core: .*; say which one with --top" "$dir/two.v" --name x
refuses "no parameter of that name" "not found in the design: DOG" "$dir/good.v" --name x --param DOG=1
refuses "a parameter that is none" "values are made of" "$dir/good.v" --name x --param 'CUT=$(touch x)'
refuses "no port of that name" "no port W; its ports are: input X of 8 bits" "$dir/good.v" --name x --ports X:W:Z
refuses "ports the wrong way" "must be ACTIVATION:WEIGHT:PRODUCT" "$dir/good.v" --name x --ports X:Z:Y
echo 'module wide #(parameter W = 16)(input [W-1:0] a, w, output [2*W-1:0] p); assign p = a * w; endmodule' >"$dir/wide.v"
refuses "other widths" "two inputs of 8 bits.*input a of 16 bits" "$dir/wide.v"
echo 'module narrow(input [7:0] a, w, output [14:0] p); assign p = a * w; endmodule' >"$dir/narrow.v"
refuses "a narrow product" "output p of 15 bits" "$dir/narrow.v"
echo 'module more(input [7:0] a, w, input en, output [15:0] p); assign p = en ? a * w : 0; endmodule' >"$dir/more.v"
refuses "a port too many" "input en of 1 bit" "$dir/more.v"
echo 'module clocked(input clk, input [7:0] a, w, output reg [15:0] p); always @(posedge clk) p <= a * w; endmodule' >"$dir/clocked.v"
refuses "a register" "line 1 waits for a clock edge" "$dir/clocked.v"
core latched "reg [15:0] q; always @* if (a != 0) q = a * w; assign p = q;"
refuses "a latch" "latched.v:1: a latch" "$dir/latched.v"
core looped "wire [15:0] q = w == 8'd0 ? q : a * w; assign p = q;"
refuses "a loop that remembers" "looped.v: multiplier 'looped' is not combinational" "$dir/looped.v"
echo 'module pe(input [7:0] a, w, output [15:0] p); assign p = a * w; endmodule' |
  sed "s/pe/$(basename "$(find rtl -name '*.v' ! -path 'rtl/mult/*' | sort | head -n 1)" .v)/" >"$dir/clash.v"
refuses "a module named like the accelerator's" "name of a module of the accelerator" "$dir/clash.v" --name x
core adder "assign p = a + w;"
core crossed "wire q, r; assign q = ~(a[0] & r); assign r = ~(w[0] & q); wire [15:0] f = a * w; assign p = f ^ {15'd0, q};"
refuses "crossed gates that remember" "crossed.v: multiplier 'crossed' is not combinational" "$dir/crossed.v"
core restless "wire x; assign x = ~(x & a[0]); assign p = a * w + x;"
refuses "a loop that does not settle" "restless.v: its signals do not settle" "$dir/restless.v"
core endless "reg [15:0] q; integer i; always @* begin q = 0; i = 0; while (i < 10) q = q + a; end assign p = q * w;"
EXTRACT_SECONDS=3 refuses "a loop that does not end" "endless.v: .* 3 seconds: a loop that does not end" "$dir/endless.v"
refuses "an adder" "adder.v: this is no multiplier" "$dir/adder.v"
echo 'module half(input signed [7:0] a, input [7:0] w, output [15:0] p); assign p = a * w; endmodule' >"$dir/half.v"
refuses "one signed input" "module half declares one of its inputs signed and the other not" "$dir/half.v"
refuses "an unsigned core as a signed one" "plain.v: this is no multiplier of two's complement numbers" "$dir/plain.v" --signed
core signed_adder "assign p = {{8{a[7]}}, a} + {{8{w[7]}}, w};"
refuses "a signed adder" "signed_adder.v: this is no multiplier" "$dir/signed_adder.v"
VERILATOR=no_such_verilator refuses "no Verilator" "no_such_verilator is not installed; on Debian: apt-get install" "$dir/plain.v"

"$axflow" multiplier remove cut_mult >/dev/null && [ ! -e "$dir/kept/cut_mult" ] && ! "$axflow" multiplier info cut_mult 2>/dev/null
verdict $? "remove removes it"
"$axflow" multiplier remove exact 2>/dev/null
[ $? -eq 1 ]
verdict $? "the library's cannot be removed"
exit $status
