# The delays of a netlist as SDF, by OpenSTA, as flow/sta.tcl times it. Environment: as flow/clocked.tcl, FLOW_OUT (a folder:
# netlist.sdf.gz). SPDX-License-Identifier: Apache-2.0
source flow/clocked.tcl
write_sdf -divider / -digits 6 -gzip $env(FLOW_OUT)/netlist.sdf.gz
