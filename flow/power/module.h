/* One module of a netlist as Yosys writes it (-noattr -noexpr -nohex -nodec): ports, wires as bits, instances, assigns.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_POWER_MODULE_H
#define AXF_POWER_MODULE_H

/* Bits are numbers of local nets; 0 and 1 are the constants. */
typedef struct {
  char *port;
  int nbits, *bit; /* highest first, as written */
} axf_conn;
typedef struct {
  char *type, *name;
  int nconns;
  axf_conn *conn;
} axf_inst;
typedef struct {
  char *name;
  int is_output, width, first; /* bits are nets first (lowest) .. first + width - 1 */
} axf_port;
typedef struct {
  char *name;
  int nnets, nports, ninsts, nassigns;
  axf_port *port;
  axf_inst *inst;
  int (*assign)[2]; /* left, right */
} axf_module;

/* Reads all modules of a file behind the *count already in *list. -1 + axf_fail with file and line. */
int axf_module_read(axf_module **list, int *count, const char *path);
void axf_module_free(axf_module *list, int count);
#endif
