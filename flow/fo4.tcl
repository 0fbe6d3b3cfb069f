# Delay of a NAND2 that drives four, through OpenSTA: shows that the library's units were read as they are meant.
# Environment: FLOW_LIBS, FLOW_NETLISTS, FLOW_OUT. SPDX-License-Identifier: Apache-2.0
foreach f $env(FLOW_LIBS) { read_liberty $f }
foreach f $env(FLOW_NETLISTS) { read_verilog $f }
link_design fo4
set_cmd_units -time ns -capacitance pF
create_clock -name clk -period 1000
set_input_delay 0 -clock clk [get_ports a]
set_output_delay 0 -clock clk [get_ports y]
report_checks -path_delay max -format full -digits 6 > $env(FLOW_OUT)/fo4.txt
