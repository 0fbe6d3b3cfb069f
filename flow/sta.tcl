# Timing by OpenSTA. Environment: as flow/clocked.tcl, FLOW_OUT (a folder). Outputs at time 0. Writes endpoints (a line an endpoint,
# worst slack) and the worst path of all. SPDX-License-Identifier: Apache-2.0
source flow/clocked.tcl
set_output_delay 0 -clock clk [all_outputs]
report_checks -path_delay max -format full -fields {capacitance slew} -digits 4 > $env(FLOW_OUT)/critical.txt
report_checks -path_delay max -format end -group_count 10000000 -digits 4 -no_line_splits > $env(FLOW_OUT)/endpoints
