/* The difference-based gradient by matrix products: a table of slopes of low rank is a short sum of products.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     gw[w][a] = sum_r f_r(w) g_r(a)    =>    dw[m][k] = sum_r f_r(w[m][k]) sum_b dout[b][m] g_r(a[b][k])
 *     ga[w][a] = sum_r h_r(w) i_r(a)    =>    din[b][k] = sum_r i_r(a[b][k]) sum_m dout[b][m] h_r(w[m][k])
 * Both inner sums are those of the ordinary backward pass with other inputs and weights, so one such pass per r does
 * both. Multipliers that leave out partial products have at most as many r as a weight has bits, those that shorten
 * their operands (DRUM, segments) one. The sums come from a singular value decomposition (one-sided Jacobi, Hestenes
 * 1958); what is left out is at most window_error of the table's Frobenius norm. */
#include "axtrain/priv.h"
#include "kernels/kernels.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS AXF_SLOPE_ROWS
#define COLS 256
#define SWEEPS 40

/* Turns columns p and q of b (ROWS columns of COLS) orthogonal, and v with them. 1 if they were not. */
static int rotate(double *b, double *v, int p, int q) {
  double *x = b + p * COLS, *y = b + q * COLS, xx = 0, yy = 0, xy = 0;
  for (int i = 0; i < COLS; i++) {
    xx += x[i] * x[i];
    yy += y[i] * y[i];
    xy += x[i] * y[i];
  }
  if (fabs(xy) <= 1e-12 * sqrt(xx * yy))
    return 0;
  const double zeta = (yy - xx) / (2 * xy), t = (zeta < 0 ? -1 : 1) / (fabs(zeta) + sqrt(1 + zeta * zeta));
  const double c = 1 / sqrt(1 + t * t), s = c * t;
  for (int i = 0; i < COLS; i++) {
    const double from = x[i];
    x[i] = c * from - s * y[i];
    y[i] = s * from + c * y[i];
  }
  for (int i = 0; i < ROWS; i++) {
    const double from = v[p * ROWS + i];
    v[p * ROWS + i] = c * from - s * v[q * ROWS + i];
    v[q * ROWS + i] = s * from + c * v[q * ROWS + i];
  }
  return 1;
}

/* b: (ROWS, COLS) becomes rows of orthogonal functions of the activation; v: (ROWS, ROWS) those of the weight. */
static void decompose(double *b, double *v) {
  for (int i = 0; i < ROWS * ROWS; i++)
    v[i] = i % (ROWS + 1) == 0;
  for (int sweep = 0, turned = 1; sweep < SWEEPS && turned; sweep++) {
    turned = 0;
    for (int p = 0; p < ROWS; p++)
      for (int q = p + 1; q < ROWS; q++)
        turned |= rotate(b, v, p, q);
  }
}

int axf_slope_sum_make(axf_slope_sum *s, const float *t, double error) {
  double *b = axf_alloc((size_t)ROWS * (COLS + ROWS), sizeof *b), norm[ROWS], all = 0, left;
  int order[ROWS] = {0};
  *s = (axf_slope_sum){0, NULL, NULL};
  if (!b || !(s->row = axf_alloc((size_t)AXF_SLOPE_RANK * (ROWS + COLS), sizeof *s->row))) {
    free(b);
    return -1;
  }
  s->col = s->row + AXF_SLOPE_RANK * ROWS;
  for (int i = 0; i < ROWS * COLS; i++)
    b[i] = (double)t[i];
  decompose(b, b + ROWS * COLS);
  for (int r = 0; r < ROWS; r++) {
    norm[r] = 0;
    for (int i = 0; i < COLS; i++)
      norm[r] += b[r * COLS + i] * b[r * COLS + i];
    all += norm[r];
    int at = r; /* sorted in, the largest first */
    for (; at > 0 && norm[order[at - 1]] < norm[r]; at--)
      order[at] = order[at - 1];
    order[at] = r;
  }
  int rank = 0;
  for (left = all; rank < ROWS && left > error * error * all; rank++)
    left -= norm[order[rank]];
  s->rank = rank > AXF_SLOPE_RANK ? 0 : rank > 0 ? rank : 1; /* a table of zeros is a sum, too */
  for (int r = 0; r < s->rank; r++) {
    for (int i = 0; i < ROWS; i++)
      s->row[r * ROWS + i] = (float)b[ROWS * COLS + order[r] * ROWS + i];
    for (int i = 0; i < COLS; i++)
      s->col[r * COLS + i] = (float)b[order[r] * COLS + i];
  }
  free(b);
  return 0;
}

/* Room for one block: inputs and their gradient, weights and their gradient, the convolution's own. */
static size_t scratch_count(const axf_net *n) {
  size_t most = 0;
  for (int l = 0; l < n->nlayers; l++) {
    const axf_layer *y = &n->layer[l];
    const size_t in = (size_t)AXF_BLOCK * (size_t)y->in_c * (size_t)(y->in_h * y->in_w), w = axf_weight_count(y);
    const size_t own = y->kind == AXF_CONV ? axf_col_count(y) : 0;
    if (w && 2 * (in + w) + (size_t)y->out_c + own > most)
      most = 2 * (in + w) + (size_t)y->out_c + own;
  }
  return most;
}

int axf_slopes_make(axf_axtrain *a) {
  for (int l = 0; l < a->net->nlayers; l++)
    if (a->net->layer[l].kind != AXF_POOL && !axf_slopes_find(a, a->mult[l])) {
      axf_slopes *s = &a->slopes[a->nslopes++];
      if (axf_slope_tables(s, a->mult[l], a->o.window) || axf_slope_sum_make(&s->sw, s->gw, a->o.window_error) ||
          axf_slope_sum_make(&s->sa, s->ga, a->o.window_error))
        return -1;
      for (int w = 0; w < ROWS; w++)
        s->at_zero |= fabsf(s->gw[w * COLS]) > 0;
    }
  if (!(a->slope_scratch = axf_alloc((size_t)a->workers, sizeof *a->slope_scratch)))
    return -1;
  for (int i = 0; i < a->workers; i++)
    if (!(a->slope_scratch[i] = axf_alloc(scratch_count(a->net), sizeof **a->slope_scratch)))
      return -1;
  return 0;
}

void axf_slopes_free(axf_axtrain *a) {
  for (int i = 0; i < a->nslopes; i++) {
    free(a->slopes[i].gw);
    free(a->slopes[i].sw.row);
    free(a->slopes[i].sa.row);
  }
  for (int i = 0; i < a->workers && a->slope_scratch; i++)
    free(a->slope_scratch[i]);
  free(a->slope_scratch);
}

/* to[i] = f(code[i]), the sign of a sign-magnitude code kept if has_sign. f: (128 or 256). */
static void apply(size_t count, const uint8_t *code, int has_sign, const float *f, float scale, float *to) {
  for (size_t i = 0; i < count; i++)
    to[i] = !has_sign ? scale * f[code[i]] : code[i] & 128 ? -scale * f[code[i] & 127] : scale * f[code[i]];
}

/* to[i] (+)= f(|code[i]|) * from[i] */
static void gather(size_t count, const uint8_t *code, int mask, const float *f, float scale, const float *from,
                   int first, float *to) {
  for (size_t i = 0; i < count; i++) {
    const float x = scale * f[code[i] & mask] * from[i];
    to[i] = first ? x : to[i] + x;
  }
}

void axf_slopes_back(void *ctx, int worker, int l, int n, const uint8_t *wcode, const uint8_t *acode, const float *w,
                     const float *in, const float *dout, float *dw, float *db, float *din) {
  const axf_axtrain *a = ctx;
  const axf_layer *y = &a->net->layer[l];
  const axf_slopes *s = axf_slopes_find(a, a->mult[l]);
  if (!s->sw.rank || !s->sa.rank || (s->at_zero && y->pad > 0)) {
    axf_slopes_look_up(ctx, worker, l, n, wcode, acode, w, in, dout, dw, db, din);
    return;
  }
  const axf_qnet *q = axf_qpass_qnet(a->q);
  const size_t in_n = (size_t)n * (size_t)y->in_c * (size_t)(y->in_h * y->in_w), nw = axf_weight_count(y);
  const size_t k = nw / (size_t)y->out_c;
  const int in_signed = q->q[l].in_signed, rank = din && s->sa.rank > s->sw.rank ? s->sa.rank : s->sw.rank;
  float *x = a->slope_scratch[worker], *dx = x + in_n, *v = dx + in_n, *dv = v + nw, *dbias = dv + nw;
  float *own = dbias + y->out_c;
  for (int r = 0; r < rank; r++) {
    const int of_w = r < s->sw.rank, of_a = din && r < s->sa.rank;
    if (of_w)
      apply(in_n, acode, in_signed, s->sw.col + r * COLS, 1, x);
    for (int m = 0; m < y->out_c && of_a; m++)
      apply(k, wcode + (size_t)m * k, 1, s->sa.row + r * ROWS, (float)axf_quant_weight_step(a->net, q, l, m),
            v + (size_t)m * k);
    if (y->kind == AXF_FC)
      axf_fc_bwd(y, n, v, x, dout, dv, dbias, of_a ? dx : NULL);
    else
      axf_conv_bwd(y, n, v, x, dout, dv, dbias, of_a ? dx : NULL, own);
    if (of_w)
      gather(nw, wcode, 127, s->sw.row + r * ROWS, q->q[l].s_in, dv, r == 0, dw);
    if (of_a)
      gather(in_n, acode, in_signed ? 127 : 255, s->sa.col + r * COLS, 1, dx, r == 0, din);
    if (r == 0)
      memcpy(db, dbias, (size_t)y->out_c * sizeof *db);
  }
}

const char *axf_axtrain_slopes(axf_axtrain *a, int i) {
  if (i >= a->nslopes)
    return NULL;
  const axf_slopes *s = &a->slopes[i];
  double dot[2] = {0}, slope[2] = {0}, exact[2] = {0};
  for (int k = 0; k < ROWS * COLS; k++) {
    const double of[2] = {k % COLS, k / COLS}, is[2] = {(double)s->gw[k], (double)s->ga[k]};
    for (int t = 0; t < 2; t++) {
      dot[t] += of[t] * is[t];
      slope[t] += is[t] * is[t];
      exact[t] += of[t] * of[t];
    }
  }
  snprintf(a->note, sizeof a->note,
           "%.40s: terms %d for the weights, %d for the activations (0: looked up); cosine to the "
           "exact derivative %.3f, %.3f",
           s->mult ? s->mult->name : "exact", s->sw.rank, s->sa.rank, dot[0] / sqrt(slope[0] * exact[0]),
           dot[1] / sqrt(slope[1] * exact[1]));
  return a->note;
}
