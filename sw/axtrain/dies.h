/* What failing memories cost: accuracy of a quantised model on many dies.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_DIES_H
#define AXF_DIES_H
#include "axtrain/rates.h"
#include "data/data.h"
#include "mult/mult.h"

typedef struct {
  double ber;             /* probability that a cell of a weight fails */
  const axf_rates *rates; /* not NULL: that of each layer and bit instead */
  axf_fault_kind kind;
  axf_weight_code code;
  uint8_t bits;             /* bits of a weight that can fail */
  axf_protect protect;      /* of the weights' words */
  int clustered;            /* macros of a die differ (sw/faults) */
  uint32_t first_die, dies; /* numbers of the dies: first_die .. first_die + dies - 1 */
} axf_dies_opt;

/* accuracy[i]: per cent of the examples of d that the model gets right on die first_die + i, with multipliers mult[l]
 * (NULL: exact), bit for bit in the integers of the accelerator. *clean: without faults; may be NULL. The weights lie
 * in the abstract placement of axf_cells_die; buffers of activations and biases are faultless. -1 + axf_fail if the
 * model is not quantised or the data does not fit. */
int axf_dies_accuracy(const axf_model *m, const axf_part *d, const axf_mult *const mult[], const axf_dies_opt *o,
                      double *accuracy, double *clean);

/* The `count` training examples that training with this seed holds out (train/trainer.c), copied; free u8, f32, label
 * with axf_part_free. For choosing options without a look at the test set. */
int axf_held_out(const axf_part *train, uint64_t seed, uint32_t count, axf_part *out);
void axf_part_free(axf_part *p);
#endif
