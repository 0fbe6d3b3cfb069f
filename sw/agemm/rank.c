/* The rank of a multiplier table over the integers, and small whole-numbered factors of it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The columns of the table are inserted one by one into an echelon basis of the lattice they span (Euclid's algorithm
 * on the pivot rows), so that every column is a whole-numbered combination of the basis. A basis is not unique:
 * exchanging f_j for f_j - q*f_i and g_i for g_i + q*g_j keeps the product, and is done while it makes the factors
 * smaller. */
#include "agemm/plan.h"
#include <string.h>

#define ROWS 128
#define LARGE (INT64_C(1) << 40) /* factors as large as this help nobody */

typedef struct {
  int n, pivot[AGEMM_RANK];
  int64_t v[AGEMM_RANK][ROWS];
} basis;

static int first_nonzero(const int64_t *v) {
  int i = 0;
  while (i < ROWS && v[i] == 0)
    i++;
  return i;
}

/* x -= q * y; -1 when a number becomes huge. */
static int subtract(int64_t *x, int64_t q, const int64_t *y, int n) {
  int bad = 0;
  for (int i = 0; i < n; i++) {
    int64_t step = 0;
    bad |= __builtin_mul_overflow(q, y[i], &step) || __builtin_sub_overflow(x[i], step, &x[i]);
    bad |= x[i] > LARGE || x[i] < -LARGE;
  }
  return bad ? -1 : 0;
}

static void swap(int64_t *x, int64_t *y) {
  for (int i = 0; i < ROWS; i++) {
    int64_t t = x[i];
    x[i] = y[i];
    y[i] = t;
  }
}

/* Adds v (overwritten) to the lattice; -1 when it would need more than AGEMM_RANK vectors or huge numbers. */
static int insert(basis *b, int64_t *v) {
  for (int row; (row = first_nonzero(v)) < ROWS;) {
    int i = 0;
    while (i < b->n && b->pivot[i] < row)
      i++;
    if (i == b->n || b->pivot[i] != row) { /* a new direction; pivots stay in ascending order */
      if (b->n == AGEMM_RANK)
        return -1;
      for (int k = b->n++; k > i; k--) {
        memcpy(b->v[k], b->v[k - 1], sizeof b->v[k]);
        b->pivot[k] = b->pivot[k - 1];
      }
      memcpy(b->v[i], v, sizeof b->v[i]);
      b->pivot[i] = row;
      return 0;
    }
    if (v[row] % b->v[i][row] != 0) /* a step of Euclid's algorithm: the next rounds go on with it */
      swap(b->v[i], v);
    if (subtract(v, v[row] / b->v[i][row], b->v[i], ROWS) < 0)
      return -1;
  }
  return 0;
}

/* The coordinates of v (overwritten) in the basis; -1 if it is not in the lattice. */
static int coordinates(const basis *b, int64_t *v, int a, agemm_factors *x) {
  for (int i = 0; i < b->n; i++) {
    int64_t head = b->v[i][b->pivot[i]], q = v[b->pivot[i]] / head;
    x->g[i][a] = q;
    if (subtract(v, q, b->v[i], ROWS) < 0)
      return -1;
  }
  return first_nonzero(v) == ROWS ? 0 : -1;
}

/* Largest magnitude after division by the common divisor. */
static int64_t size_of(const int64_t *v, int n) {
  int64_t max = 0, gcd = 0;
  for (int i = 0; i < n; i++) {
    int64_t x = v[i] < 0 ? -v[i] : v[i];
    max = x > max ? x : max;
    while (x != 0) {
      int64_t t = gcd % x;
      gcd = x;
      x = t;
    }
  }
  return gcd ? max / gcd : 0;
}

/* What a term costs: the 8-bit pieces of its factors, and among equals the smaller numbers. */
static int64_t cost_of(const int64_t *f, const int64_t *g, int columns) {
  int64_t sf = size_of(f, ROWS), sg = size_of(g, columns), pieces = (1 + (sf > 127)) * (1 + (sg > columns - 1));
  return pieces * 100000000 + (sf < LARGE / 65536 ? sf : LARGE / 65536) + (sg < LARGE / 65536 ? sg : LARGE / 65536);
}

/* Tries f_j -= q*f_i, g_i += q*g_j; 1 if that made the two terms cheaper. */
static int exchange(agemm_factors *x, int i, int j, int64_t q) {
  int64_t f[ROWS], g[256];
  memcpy(f, x->f[j], sizeof f);
  memcpy(g, x->g[i], sizeof g);
  if (subtract(f, q, x->f[i], ROWS) < 0 || subtract(g, -q, x->g[j], x->columns) < 0)
    return 0;
  if (cost_of(x->f[i], g, x->columns) + cost_of(f, x->g[j], x->columns) >=
      cost_of(x->f[i], x->g[i], x->columns) + cost_of(x->f[j], x->g[j], x->columns))
    return 0;
  memcpy(x->f[j], f, sizeof f);
  memcpy(x->g[i], g, sizeof g);
  return 1;
}

static void make_small(agemm_factors *x) {
  int better = 1;
  for (int round = 0; better && round < 100; round++) {
    better = 0;
    for (int i = 0; i < x->rank; i++)
      for (int j = 0; j < x->rank; j++)
        for (int64_t q = 1; i != j && q <= 1 << 14; q *= 2)
          better |= exchange(x, i, j, q) || exchange(x, i, j, -q);
  }
}

int agemm_factorise(agemm_factors *x, const uint16_t *t, int columns) {
  basis b = {0};
  int64_t v[ROWS];
  memset(x, 0, sizeof *x);
  x->columns = columns;
  for (int a = 0; a < columns; a++) {
    for (int w = 0; w < ROWS; w++)
      v[w] = t[w * 256 + a];
    if (insert(&b, v) < 0)
      return -1;
  }
  for (int a = 0; a < columns; a++) {
    for (int w = 0; w < ROWS; w++)
      v[w] = t[w * 256 + a];
    if (coordinates(&b, v, a, x) < 0)
      return -1;
  }
  x->rank = b.n;
  for (int i = 0; i < b.n; i++)
    memcpy(x->f[i], b.v[i], sizeof b.v[i]);
  make_small(x);
  return 0;
}
