/* Inside the functional model: the state of the accelerator that outlives an instruction.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_PROGMODEL_STATE_H
#define AXF_PROGMODEL_STATE_H
#include "isa/isa.h"
#include "progmodel/progmodel.h"

#define AXF_GET(w, OP, f) axf_field(w, AXF_##OP##_##f##_LSB, AXF_##OP##_##f##_W)
#define AXF_STORE 1024 /* words of a local store an address can name */
#define AXF_ROWS 32    /* largest D */
#define AXF_SEGMENTS 32
#define AXF_MEMORIES 4 /* one a base register */

/* A pair of an address part and a phase (rtl/ctrl/phase_add.v). */
typedef struct {
  uint32_t a, p;
} axf_pair;

/* A row of the array under the current layer: its place in the tile, its offsets. */
typedef struct {
  int active;
  uint32_t tm, tr, tc;
  axf_pair y, x, om, oy, ox;
  uint32_t oa;
} axf_pm_row;

typedef struct {
  uint8_t *data;
  size_t size;
} axf_image;

struct axf_progmodel {
  const axf_program *p;
  axf_arch arch; /* the accelerator that runs it: its memories may be larger than the program knows */
  const axf_net *net;
  const axf_qnet *q;
  const axf_mult *mult[AXF_MAX_LAYERS];
  axf_image mem[AXF_MEMORIES]; /* weights (the program's own), input, output, spilled maps */
  uint8_t *nb[2], *kb;         /* (D, nb_words), (D, kb_words) */
  axf_fault_mem nb_cells[2], kb_cells;
  uint8_t *ns; /* (D columns, AXF_STORE) */
  uint8_t *ks; /* (D kernel banks, D, AXF_STORE): all PEs of a bank, segment and input map hold the same; the
                * second index is the segment's first column + the map's number in it */
  uint64_t par[AXF_ROWS][64];            /* (kernel bank, entry) */
  int32_t psum[AXF_ROWS][256];           /* (row, entry) */
  const uint32_t *kcfg, *ncfg, *xcfg[3]; /* the instructions that configured */
  axf_pm_row row[AXF_ROWS];
  /* Results: of each compute layer a table from places to results for the block being written. */
  int32_t *where[AXF_MAX_LAYERS]; /* (D, nb_words), -1: no result */
  int block[AXF_MAX_LAYERS], block_left[AXF_MAX_LAYERS];
  int image[AXF_MAX_LAYERS]; /* that the layer writes; its results end before those of the next begin */
  uint64_t order;            /* 0: program order, else seed of the engines' priorities */
  int16_t *const *out;
};

/* One instruction (model.c), by these: data movement (move.c) and the array (exec.c): one instruction each. -1 +
 * axf_fail. */
int axf_pm_instruction(axf_progmodel *m, const uint32_t *w);
int axf_pm_load(axf_progmodel *m, const uint32_t *w);
int axf_pm_store(axf_progmodel *m, const uint32_t *w);
int axf_pm_kernels(axf_progmodel *m, const uint32_t *w);
int axf_pm_neurons(axf_progmodel *m, const uint32_t *w);
int axf_pm_configure(axf_progmodel *m); /* after XCFG2 */
int axf_pm_tile(axf_progmodel *m, const uint32_t *w);
/* The whole program with the engines apart (order.c). */
int axf_pm_apart(axf_progmodel *m);
/* Results (results.c): tables at the beginning of a run; a result written to (buffer, bank, addr). */
int axf_pm_results_begin(axf_progmodel *m);
int axf_pm_result(axf_progmodel *m, int layer, int buffer, uint32_t bank, uint32_t addr, uint8_t code);
#endif
