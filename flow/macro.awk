# Stand-ins of the memories until they are modelled. Input: sizes DEPTHxWIDTH, one a line.
# -v form=verilog: black boxes; -v form=liberty: the same as Liberty with no area, no capacitance, no access time and no
# set-up time, -v time=1ns -v cap=1pf -v voltage=1.8 in the library's units. SPDX-License-Identifier: Apache-2.0

function bits(n,    k) {
  for (k = 0; 2 ^ k < n; k++) {}
  return k
}

function bus(name, width, direction, type) {
  printf "    bus (%s) { bus_type : b%d; direction : %s;\n", name, width, direction
  arcs(direction)
  print "    }"
  widths[width] = 1
}

# Zero arcs: a path begins at a memory's output and ends at its input as it does at a register's.
function arcs(direction) {
  if (direction == "output")
    print "      timing () { related_pin : \"clk_i\"; timing_type : rising_edge; timing_sense : non_unate;\n" \
      "        cell_rise (scalar) { values (\"0\"); } cell_fall (scalar) { values (\"0\"); }\n" \
      "        rise_transition (scalar) { values (\"0\"); } fall_transition (scalar) { values (\"0\"); } }"
  else
    print "      capacitance : 0;\n" \
      "      timing () { related_pin : \"clk_i\"; timing_type : setup_rising;\n" \
      "        rise_constraint (scalar) { values (\"0\"); } fall_constraint (scalar) { values (\"0\"); } }"
}

function pin(name) {
  print "    pin (" name ") { direction : input;"
  arcs("input")
  print "    }"
}

BEGIN {
  if (form == "liberty") {
    load = cap
    sub(/[a-z]+$/, "", load)
    unit = substr(cap, length(load) + 1)
    print "library (axf_memories) {\n  delay_model : table_lookup;\n  time_unit : \"" time "\";\n  voltage_unit : \"1V\";"
    print "  current_unit : \"1mA\";\n  pulling_resistance_unit : \"1kohm\";\n  leakage_power_unit : \"1nW\";"
    print "  capacitive_load_unit (" load "," unit ");\n  nom_voltage : " voltage ";\n  nom_temperature : 25;\n  nom_process : 1;"
    n = split("input_threshold_pct_rise 50 input_threshold_pct_fall 50 output_threshold_pct_rise 50 output_threshold_pct_fall 50 " \
      "slew_lower_threshold_pct_rise 20 slew_lower_threshold_pct_fall 20 slew_upper_threshold_pct_rise 80 " \
      "slew_upper_threshold_pct_fall 80", item, " ")
    for (k = 1; k < n; k += 2) print "  " item[k] " : " item[k + 1] ";"
    for (k = 1; k <= 128; k++)
      print "  type (b" k ") { base_type : array; data_type : bit; bit_width : " k "; bit_from : " k - 1 "; bit_to : 0; }"
  }
}

/^[0-9]+x[0-9]+$/ && !seen[$0]++ {
  split($0, size, "x")
  aw = bits(size[1])
  if (form == "verilog") {
    print "module sram_" $0 "(clk_i, supply_i, we_i, waddr_i, wdata_i, re_i, raddr_i, rdata_o);"
    print "  input clk_i;\n  input [7:0] supply_i;\n  input we_i;\n  input [" aw - 1 ":0] waddr_i;"
    print "  input [" size[2] - 1 ":0] wdata_i;\n  input re_i;\n  input [" aw - 1 ":0] raddr_i;"
    print "  output [" size[2] - 1 ":0] rdata_o;\nendmodule"
  } else {
    print "  cell (sram_" $0 ") {\n    area : 0;\n    pin (clk_i) { direction : input; clock : true; capacitance : 0; }"
    pin("we_i")
    pin("re_i")
    bus("supply_i", 8, "input")
    bus("waddr_i", aw, "input")
    bus("raddr_i", aw, "input")
    bus("wdata_i", size[2], "input")
    bus("rdata_o", size[2], "output")
    print "  }"
  }
}

END { if (form == "liberty") print "}" }
