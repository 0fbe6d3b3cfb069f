/* Data set descriptions, sw/datasets/NAME.set; the format stands at the top of mnist.set. Private to sw/data.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_SET_H
#define AXF_SET_H
#include "data/data.h"

typedef enum { AXF_NORM_NONE, AXF_NORM_MINMAX, AXF_NORM_STANDARD } axf_norm;

typedef struct {
  const char *file[2];  /* train, test: images or table; test NULL: the table is split */
  const char *label[2]; /* label files, or NULL */
  int idx;              /* 1: IDX images, 0: tables */
  char name[64];
  const char *folder;
  int classes;
  axf_csv_opt csv;
  int mean; /* missing values become the training mean */
  axf_norm norm;
  double test_share;
  long split_seed;
  const char *word[256];
  char *path, *text; /* owned; the strings above point into text */
} axf_set;

/* Reads and checks the description of data set `name`: a name, a path with '/' or ending in .set, or the description
 * itself, its statements with `;` between them. */
int axf_set_read(axf_set *s, const char *name);
/* Whether `name` is a description itself. */
int axf_set_inline(const char *name);
void axf_set_free(axf_set *s);
/* Fills gaps and scales the features of both parts by the training part's statistics. */
int axf_normalise(axf_part *train, axf_part *test, int mean, axf_norm norm);
/* Moves a share of the examples, drawn with the seed, from `all` to `test`; the rest stays in `all`. */
int axf_split(axf_part *all, axf_part *test, double share, uint64_t seed);
#endif
