# Timing by OpenSTA. Environment: FLOW_LIBS, FLOW_NETLISTS (lists of files), FLOW_TOP, FLOW_CLOCK_NS, FLOW_OUT (a folder).
# Ideal clock, no wires, inputs and outputs at time 0. Writes endpoints (a line an endpoint, worst slack) and the worst
# path of all. SPDX-License-Identifier: Apache-2.0
foreach f $env(FLOW_LIBS) { read_liberty $f }
foreach f $env(FLOW_NETLISTS) { read_verilog $f }
link_design $env(FLOW_TOP)
set_cmd_units -time ns -capacitance pF
create_clock -name clk -period $env(FLOW_CLOCK_NS) [get_ports clk_i]
foreach p [all_inputs] {
  if { [get_property $p full_name] ne "clk_i" } { set_input_delay 0 -clock clk $p }
}
set_output_delay 0 -clock clk [all_outputs]
report_checks -path_delay max -format full -fields {capacitance slew} -digits 4 > $env(FLOW_OUT)/critical.txt
report_checks -path_delay max -format end -group_count 10000000 -digits 4 -no_line_splits > $env(FLOW_OUT)/endpoints
