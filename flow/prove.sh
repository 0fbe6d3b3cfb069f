# Proves that the netlist of a block is its RTL: both are cut at their registers, memories and child blocks (flow/cut.awk),
# and ABC compares what is left, for any content of the registers. With every block of a hierarchy proved, so is the whole.
# Sourced after common.sh and blocks.sh. SPDX-License-Identifier: Apache-2.0

# A module cut to pieces as an and-inverter graph FOLDER/NAME.aig, the names of its ports in NAME.ports.
prove_graph() { # prove_graph NAME BLOCK READ-COMMAND FOLDER
  flow_run "yosys, proof of $2" "$4/$1.log" yosys -Q -p "$3; hierarchy -check -top $2; flatten; proc; opt_clean; aigmap; opt_clean; \
    write_aiger -symbols $4/$1.aig; write_aiger -ascii -symbols $4/$1.aag"
  # From the text form: in the other one the first name does not begin a line.
  LC_ALL=C grep -aE '^[io][0-9]+ ' "$4/$1.aag" | sed 's/^\(.\)[0-9]*/\1/' | sort >"$4/$1.ports"
  rm "$4/$1.aag"
}

# The RTL of a block as gates, all its registers being cells axf_ff: FOLDER/rtl_plain.v; ff.v, macros.v.
prove_rtl() { # prove_rtl BLOCK FOLDER STUB.v..
  local name=$1 out=$2
  shift 2
  printf '%s\n' 'module axf_ff(C, D, Q);' '  input C;' '  input D;' '  reg S;' '  output Q;' '  always @(posedge C)' '    S <= D;' \
    '  assign Q = S;' 'endmodule' >"$out/ff.v"
  printf '%s\n' 'module \$_DFF_P_ (input D, C, output Q);' '  axf_ff _TECHMAP_REPLACE_ (.C(C), .D(D), .Q(Q));' 'endmodule' >"$out/map.v"
  local steps=(proc flatten 'memory -nordff' 'opt -full -nodffe -nosdff')
  # The product of 32 x 8 bits in row_post is only proved if both sides add its parts in the same order, Yosys's; array from D = 8 on
  # is only then proved in seconds (at D = 16 ABC found nothing in a minute otherwise).
  case $name-$D in row_post-* | array-8 | array-16 | array-32) ;; *) false ;; esac &&
    steps=("synth -top $name -flatten -nofsm -nordff -run begin:fine" 'opt -fast -full' memory_map 'opt -undriven -fine')
  {
    block_read "$name" "$@"
    printf '%s\n' "read_verilog -lib $out/ff.v" "${steps[@]}" techmap 'opt -nodffe -nosdff' dffunmap simplemap opt_clean \
      "techmap -map $out/map.v" 'splitnets -ports' opt_clean "write_verilog -noattr -noexpr -nohex -nodec $out/rtl.v"
  } >"$out/rtl.ys"
  flow_run "yosys, RTL of $name" "$out/rtl.log" yosys -Q "$out/rtl.ys"
  awk -v expect="$(block_expect "$name")" -v macros="$out/macros" -f flow/netlist.awk "$out/rtl.v" >"$out/rtl_plain.v" &&
    awk -f flow/macro.awk "$out/macros" >"$out/macros.v"
}

# Proves a block; status 0 only if the proof succeeds, else one sentence.
prove_block() { # prove_block BLOCK NETLIST.v CELLS.v FOLDER STUB.v..
  local name=$1 netlist=$2 cells=$3 out=$4 side from ff
  shift 4
  mkdir -p "$out"
  rm -f "$out/names"
  prove_rtl "$name" "$out" "$@" || return 1
  # Once to learn the registers and the names of nets, then the netlist, then the RTL with what the netlist has as constants.
  for side in names gate gold; do
    from=$out/rtl_plain.v ff=$out/ff.v
    [ $side != gate ] || from=$netlist ff=$cells
    awk -v side=$side -v names="$out/names" -v cells="$out/$side-cells.v" -f flow/cut.awk kind=cells "$ff" kind=outside "$out/macros.v" "$@" \
      kind=netlist "$from" >"$out/$side.v" || return 1
  done
  prove_graph gold "$name" "read_verilog -icells $out/gold-cells.v $out/gold.v" "$out"
  prove_graph gate "$name" "read_verilog $cells $out/gate-cells.v $out/gate.v" "$out"
  if ! cmp -s "$out/gold.ports" "$out/gate.ports"; then
    echo "prove: $name: the RTL and the netlist differ in $(diff "$out/gold.ports" "$out/gate.ports" | grep -c '^[<>]') registers or pins" \
      "of memories and blocks, first $(diff "$out/gold.ports" "$out/gate.ports" | grep -m 1 '^[<>]') (<: only in the RTL)" >&2
    return 1
  fi
  # Limited in processor time: a busy machine must not change a verdict.
  local seconds=${PROVE_SECONDS:-1200} status=0
  { (ulimit -t "$seconds" && exec yosys-abc -q "cec $out/gold.aig $out/gate.aig") >"$out/abc.log" 2>&1 </dev/null; } 2>/dev/null || status=$?
  case $status in
  0) ;;
  137 | 152) echo "prove: $name: no proof in $seconds s of processor time (PROVE_SECONDS for more)" >&2 && return 1 ;;
  *) echo "prove: $name: ABC ended with status $status" >&2 && return 1 ;;
  esac
  if grep -q '^Networks are equivalent' "$out/abc.log"; then return 0; fi
  if grep -q 'NOT EQUIVALENT' "$out/abc.log"; then
    echo "prove: $name: RTL and netlist differ" >&2
  else
    echo "prove: $name: no proof: $(tail -n 1 "$out/abc.log")" >&2
  fi
  return 1
}
