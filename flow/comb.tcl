# Longest path of a combinational block by OpenSTA. Environment: FLOW_LIBS, FLOW_NETLISTS, FLOW_TOP, FLOW_OUT (a folder): writes
# delay, in ns. No wires, ideal inputs at time 0. SPDX-License-Identifier: Apache-2.0
foreach f $env(FLOW_LIBS) { read_liberty $f }
foreach f $env(FLOW_NETLISTS) { read_verilog $f }
link_design $env(FLOW_TOP)
set_cmd_units -time ns -capacitance pF
create_clock -name clk -period 1000
set_input_delay 0 -clock clk [all_inputs]
set_output_delay 0 -clock clk [all_outputs]
report_checks -path_delay max -format end -digits 4 -no_line_splits > $env(FLOW_OUT)/path
