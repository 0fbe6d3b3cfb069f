# Timing of a block without a clock, from its inputs to its outputs, FLOW_CLOCK_NS apart; files and environment as in flow/sta.tcl.
# SPDX-License-Identifier: Apache-2.0
foreach f $env(FLOW_LIBS) { read_liberty $f }
foreach f $env(FLOW_NETLISTS) { read_verilog $f }
link_design $env(FLOW_TOP)
set_cmd_units -time ns -capacitance pF
create_clock -name clk -period $env(FLOW_CLOCK_NS)
set_input_delay 0 -clock clk [all_inputs]
set_output_delay 0 -clock clk [all_outputs]
report_checks -path_delay max -format full -fields {capacitance slew} -digits 4 > $env(FLOW_OUT)/critical.txt
report_checks -path_delay max -format end -group_count 10000000 -digits 4 -no_line_splits > $env(FLOW_OUT)/endpoints
