/* The probe: compares every integer the array writes, in the cycle in which it is written, with the C model.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A result is identified by where it is written: layer, neuron buffer, bank, address (axf_place gives the place of
 * each). Exactly one write of each result is right; a wrong value, a second write, a write to a place that belongs to
 * no result, and a result never written are mismatches. */
#ifndef AXF_PROBE_H
#define AXF_PROBE_H
#include "compile/program.h"
#include "shim.h"

typedef enum { AXF_MISS_VALUE, AXF_MISS_TWICE, AXF_MISS_PLACE, AXF_MISS_NEVER, AXF_MISS_LAYER } axf_miss_kind;

/* One mismatch. */
typedef struct {
  axf_miss_kind kind;
  int layer;      /* compute layer */
  int c, y, x;    /* of the result; MISS_PLACE: buffer, bank, address */
  int rtl, model; /* values */
  uint64_t cycle;
} axf_miss;

typedef struct {
  int buffer, out_signed;
  int nout, oh, ow;           /* results, rows, columns */
  const axf_prog_layer *prog; /* borrowed: its blocks */
  int block, block_left;      /* block being written; its results not yet written */
  int32_t *where;             /* (D, nb_words): index of the block's result at a bank and address, -1: none */
  const int16_t *model;       /* (nout) expected values of the image being written */
  int image;                  /* that image; its results end before those of the next begin */
  uint8_t *seen;              /* (nout) written in this run */
  int left;                   /* results not yet written */
  uint64_t mismatches;        /* in all runs */
  uint64_t last;              /* cycle of the last write in this run */
} axf_probe_layer;

typedef struct {
  int D, W, nb_words, nlayers, images;
  axf_probe_layer layer[AXF_MAX_LAYERS];
  uint64_t mismatches, results; /* in all runs */
  int failed;                   /* 1: `first` holds the first mismatch of all runs */
  axf_miss first;
} axf_probe;

/* Prepares for a program (borrowed) and its net. Fails when two results of a block share a place, or one lies outside.
 */
int axf_probe_init(axf_probe *p, const axf_program *prog, const axf_qnet *q);
void axf_probe_free(axf_probe *p);
/* A run begins; model[l]: expected outputs of compute layer l, (images, out_c, out_h, out_w), borrowed until the end.
 */
void axf_probe_begin(axf_probe *p, int16_t *const model[]);
/* A cycle with out->nb_we != 0; cycle as REG_CYCLES counts. */
void axf_probe_cycle(axf_probe *p, const axf_pins_out *out, uint64_t cycle);
/* The run has ended: results never written become mismatches. */
void axf_probe_end(axf_probe *p);
/* "layer c1 map 3 row 4 column 5: RTL 17, model 18 (...)" of a mismatch. */
void axf_miss_text(const axf_miss *m, const axf_program *prog, const axf_net *n, char text[256]);
#endif
