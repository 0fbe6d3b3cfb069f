/* Functional model of the accelerator: executes a compiled program instruction by instruction, without time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Program order is a legal order of a program (docs/architecture.md), so loads, distributions, tiles and stores are
 * executed one after the other on images of the buffers and stores. What the neuron and kernel buffers give at a read
 * passes through their failing cells (sw/faults), wherever the program has placed the data. Without faults the results
 * are sw/refmodel's; with faults they are the RTL's, bit for bit, corrupted bias, multiplier and shift included: sums
 * wrap at 32 bits as the hardware's do. W = 8 only. */
#ifndef AXF_PROGMODEL_H
#define AXF_PROGMODEL_H
#include "compile/program.h"
#include "faults/faults.h"
#include "mult/mult.h"

/* The memories' state: failure probabilities of the neuron buffers and the kernel buffer, on one die, and how their
 * words are protected. arch: the
 * accelerator's memories where they are larger than those the program was compiled for, or NULL; reads of places behind
 * the program's are counted as the RTL counts them. */
typedef struct {
  axf_die die;
  double nb_ber, kb_ber;
  axf_protect nb_protect, kb_protect;
  const axf_arch *arch;
} axf_supply;

typedef struct axf_progmodel axf_progmodel;
/* A model of a program (borrowed, as net, q and mult). s NULL: nothing fails. NULL + axf_fail: memory, a program for
 * W = 16, an instruction that is not known. mult[l]: of net layer l, as axf_ref_net takes it. */
axf_progmodel *axf_progmodel_new(const axf_program *p, const axf_net *net, const axf_qnet *q,
                                 const axf_mult *const mult[AXF_MAX_LAYERS], const axf_supply *s);
void axf_progmodel_free(axf_progmodel *m); /* NULL is allowed */
/* One run. in: (images, c, h, w) values, as many images as the program takes; run: its number (transient faults).
 * out[k] (NULL entries skipped): the results of compute layer k as the array writes them, (images, out_c, out_h,
 * out_w); result (images, classes, or NULL): the last layer's as they arrive in external memory. Returns the class of
 * the last image by these, -1 + axf_fail when the program does what no compiled program does. */
int axf_progmodel_run(axf_progmodel *m, const int16_t *in, uint32_t run, int16_t *const out[AXF_MAX_LAYERS],
                      int16_t *result);
/* From now on the engines run apart: each instruction starts as soon as its queue of two and its semaphores let it,
 * those of the engine with the highest priority first, priorities drawn by seed (above 0) again and again. Whatever the
 * order, a right program gives the same results; transient faults depend on it. 0: program order. */
void axf_progmodel_order(axf_progmodel *m, uint64_t seed);
/* Reads that met failing cells, of all runs, and failing cells of all buffers. */
uint64_t axf_progmodel_faulty_reads(const axf_progmodel *m);
uint64_t axf_progmodel_cells(const axf_progmodel *m);
/* Of the reads that met failing cells: words that the protection corrected, and that it found wrong. */
uint64_t axf_progmodel_corrected(const axf_progmodel *m);
uint64_t axf_progmodel_detected(const axf_progmodel *m);
/* Cells of all buffers at a supply other than nominal. */
uint64_t axf_progmodel_low_cells(const axf_progmodel *m);
#endif
