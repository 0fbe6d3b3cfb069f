# Power of one block by OpenSTA from files of axpower --annotate. Environment: FLOW_BASE; FLOW_LIB: the library as it came,
# for the vectorless figure (nothing is annotated), or empty; FLOW_MHZ; FLOW_OUT. SPDX-License-Identifier: Apache-2.0
read_liberty [expr { $env(FLOW_LIB) ne "" ? $env(FLOW_LIB) : "$env(FLOW_BASE)-cells.lib" }]
read_liberty $env(FLOW_BASE)-source.lib
read_verilog $env(FLOW_BASE).v
link_design wrap
set_cmd_units -time ns -capacitance pF
create_clock -name clk -period [expr 1000.0 / $env(FLOW_MHZ)] [get_ports clk]
if { $env(FLOW_LIB) eq "" } { source $env(FLOW_BASE).tcl }
report_power -digits 6 -instances [get_cells c*] > $env(FLOW_OUT)
