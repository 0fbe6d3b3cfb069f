/* A hierarchy of Yosys netlists, flattened: cells of the library, memories, nets as numbers. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef AXF_POWER_FLAT_H
#define AXF_POWER_FLAT_H
#include "lib.h"

#define AXF_FLAT_NAME 200
/* An instance of a block, or the top (number 0). */
typedef struct {
  int parent;
  char name[AXF_FLAT_NAME]; /* of the instance, without the backslash of escaped names */
  char block[64];
} axf_flat_scope;

typedef struct {
  const axf_lib_cell *type;
  int scope;
  char *name;
  int net[AXF_LIB_PINS]; /* by pin; -1: not connected */
} axf_flat_cell;

/* sram_DEPTHxWIDTH or sram_DEPTHxWIDTH_CLASS with the ports of rtl/mem/sram.v; addresses and words lowest bit first. */
typedef struct {
  int scope, depth, width, abits;
  char kind[32]; /* what follows sram_ */
  char *name;
  int we, re, *waddr, *raddr, *wdata, *rdata;
} axf_flat_memory;

typedef struct {
  char name[64];
  int is_output, width, *net; /* lowest bit first */
} axf_flat_port;

/* Nets 0 and 1 are the constants. */
typedef struct {
  int nnets, ncells, nmemories, nscopes, nports;
  axf_flat_cell *cell;
  axf_flat_memory *memory;
  axf_flat_scope *scope;
  axf_flat_port *port; /* of the top */
} axf_flat;

/* Reads the files (one or more modules each) and flattens `top`. Types that are no module of the files are cells of the
 * library, or memories sram_DxW. -1 + axf_fail naming file, line and name. */
int axf_flat_read(axf_flat *f, const axf_lib *lib, int nfiles, char **files, const char *top);
void axf_flat_free(axf_flat *f);
const axf_flat_port *axf_flat_find_port(const axf_flat *f, const char *name); /* NULL: none */
#endif
