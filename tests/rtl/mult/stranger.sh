#!/bin/sh
# A core made elsewhere: other port names, no parameter W, its own list; and the cores that must be refused.
# SPDX-License-Identifier: Apache-2.0
set -u
dir=$(mktemp -d "${TMPDIR:-/tmp}/stranger.XXXXXX")
trap 'rm -rf "$dir"' EXIT
failed=0
cat >"$dir/other.v" <<'END'
module other(input [7:0] A, B, output [15:0] O);
  wire [3:0] sloppy = A;  // a width warning inside a core is no reason to refuse it
  assign O = A * (B & 8'hfc) + (sloppy & 4'd0);
endmodule
END
echo 'module wide(input [15:0] a, w, output [31:0] p); assign p = a * w; endmodule' >"$dir/wide.v"
cat >"$dir/latched.v" <<'END'
module latched #(parameter W = 8)(input [W-1:0] a, w, output [2*W-1:0] p);
  reg [W-1:0] q;
  always @* if (a != 0) q = w;
  assign p = a * w + q;
endmodule
END
echo 'mine other W=none,ports=A:B:O the other core' >"$dir/my.def"
echo 'mine nothere - a core without a file' >"$dir/bad.def"

expect() { # expect STATUS WORD COMMAND..
  want=$1 word=$2
  shift 2
  "$@" >"$dir/log" 2>&1
  got=$?
  if { [ "$got" -ne 0 ] && [ "$want" -ne 0 ] || [ "$got" -eq "$want" ]; } && { [ -z "$word" ] || grep -q "$word" "$dir/log"; }; then
    echo "stranger: status $got ${word:-$*} PASS"
  else
    echo "stranger: ${word:-$*} FAIL (status $got):"
    cat "$dir/log"
    failed=1
  fi
}
x=rtl/mult/extract.sh
expect 0 "1 multiplier tables" $x -o "$dir/t" -n other -p W=none,ports=A:B:O "$dir/other.v"
expect 0 "1 multiplier tables" $x -o "$dir/t" -d "$dir/my.def"
expect 0 "" cmp -n 12 "$dir/t/other.axt" "$dir/t/mine.axt"
expect 1 "Pin not found" $x -o "$dir/t" -n port -t other -p W=none "$dir/other.v"
expect 1 "expects 16 bits" $x -o "$dir/t" -n wide -p W=none "$dir/wide.v"
expect 1 "not combinational" $x -o "$dir/t" -n latched "$dir/latched.v"
expect 1 "bad.def:1: there is no file nothere.v" $x -o "$dir/t" -d "$dir/bad.def"
expect 1 "there is no multiplier 'nosuch'" $x -o "$dir/t" nosuch
expect 1 "cannot read" $x -o "$dir/t" -n gone "$dir/gone.v"
expect 0 "" test ! -e "$dir/t/latched.axt" -a ! -e "$dir/t/wide.axt"
# The two ways to the same core give the same table bytes (all but the head).
tail -c 131072 "$dir/t/other.axt" >"$dir/one"
tail -c 131072 "$dir/t/mine.axt" >"$dir/two"
expect 0 "" cmp "$dir/one" "$dir/two"
exit $failed
