# A netlist with a clock as it is timed: ideal clock, no wires, inputs at time 0. Sourced. Environment: FLOW_LIBS, FLOW_NETLISTS
# (lists of files), FLOW_TOP, FLOW_CLOCK_NS. SPDX-License-Identifier: Apache-2.0
foreach f $env(FLOW_LIBS) { read_liberty $f }
foreach f $env(FLOW_NETLISTS) { read_verilog $f }
link_design $env(FLOW_TOP)
set_cmd_units -time ns -capacitance pF
create_clock -name clk -period $env(FLOW_CLOCK_NS) [get_ports clk_i]
foreach p [all_inputs] {
  if { [get_property $p full_name] ne "clk_i" } { set_input_delay 0 -clock clk $p }
}
