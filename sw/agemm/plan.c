/* Making a plan for a table: which method, tables for it, a check on all pairs of codes, and its description.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agemm/plan.h"
#include <stdlib.h>
#include <string.h>

static const char *const path_name[] = {"auto", "plain", "avx2", "avx512"};

int axf_agemm_has(axf_agemm_path path) {
  if (path == AXF_AGEMM_AVX512)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni");
  return path != AXF_AGEMM_AVX2 || __builtin_cpu_supports("avx2");
}

/* AUTO to a real path; -1 + axf_fail if the wish cannot be met. */
static int choose_path(axf_agemm_path *path) {
  const char *wish = getenv("AXF_AGEMM_PATH");
  if (*path == AXF_AGEMM_AUTO && wish && *wish) {
    for (int i = AXF_AGEMM_PLAIN; i <= AXF_AGEMM_AVX512; i++)
      if (strcmp(wish, path_name[i]) == 0)
        *path = (axf_agemm_path)i;
    if (*path == AXF_AGEMM_AUTO)
      return axf_fail("AXF_AGEMM_PATH is '%s': it can be plain, avx2 or avx512", wish);
  }
  if (*path == AXF_AGEMM_AUTO)
    *path = axf_agemm_has(AXF_AGEMM_AVX512) ? AXF_AGEMM_AVX512
            : axf_agemm_has(AXF_AGEMM_AVX2) ? AXF_AGEMM_AVX2
                                            : AXF_AGEMM_PLAIN;
  if (!axf_agemm_has(*path))
    return axf_fail("this processor cannot run the %s path of the matrix product", path_name[*path]);
  return 0;
}

/* The definition. */
static int32_t product(const uint16_t *t, int kind, int w, int a) {
  if (kind == AXF_AGEMM_TWOS)
    return agemm_twos(t, w, a);
  const int a_signed = kind == AXF_AGEMM_SIGNS;
  int32_t p = t[(w & 127) * 256 + (a_signed ? a & 127 : a)];
  return (w >> 7 ^ (a_signed ? a >> 7 : 0)) ? -p : p;
}

void axf_agemm_reference(const uint16_t *t, int kind, const uint8_t *w, const uint8_t *a, size_t lda, int M, int K,
                         int N, int32_t *c, size_t ldc, int accumulate) {
  for (int m = 0; m < M; m++)
    for (int n = 0; n < N; n++) {
      uint32_t sum = accumulate ? (uint32_t)c[m * ldc + n] : 0;
      for (int k = 0; k < K; k++)
        sum += (uint32_t)product(t, kind, w[(size_t)m * K + k], a[k * lda + n]);
      c[m * ldc + n] = (int32_t)sum;
    }
}

/* What the plan computes for one pair. */
static uint32_t planned(const axf_agemm *p, int w, int a) {
  int negative = p->a_signed && a & 0x80;
  uint32_t v = p->row_const[w] + (negative ? p->col_neg : 0);
  for (int i = 0; i < p->nterms; i++)
    v += (uint32_t)p->term[i].scale * (uint32_t)(p->term[i].f[w] * p->term[i].g[a]);
  for (int b = 0; b < p->planes; b++) {
    uint8_t byte = p->rows[(w * p->planes + b) * p->width + (p->a_signed ? a & 127 : a)];
    v += (uint32_t)(uint8_t)(negative ? ~byte : byte) << 8 * b;
  }
  return v;
}

static int holds(const axf_agemm *p, const uint16_t *t) {
  for (int w = 0; w < 256; w++)
    for (int a = 0; a < 256; a++)
      if (planned(p, w, a) != (uint32_t)product(t, p->kind, w, a))
        return 0;
  return 1;
}

static void clear(axf_agemm *p) {
  free(p->rows);
  p->rows = NULL;
  p->nterms = p->planes = 0;
  p->col_neg = 0;
  memset(p->term, 0, sizeof p->term);
  memset(p->row_const, 0, sizeof p->row_const);
}

/* Terms that are surely faster than a look-up of one byte, and of two. Without byte permutations any number is. */
static int few_terms(const axf_agemm *p) { return p->path == AXF_AGEMM_AVX512 ? 4 : AGEMM_TERMS; }
static int more_terms(const axf_agemm *p) { return p->path == AXF_AGEMM_AVX512 ? 6 : AGEMM_TERMS; }

/* A signed core that is an unsigned one between signs is planned as that, any other by its codes. */
static int choose_twos(axf_agemm *p, const uint16_t *t) {
  p->rank = -1;
  for (int w = 0; w < 256; w++)
    for (int a = 0; a < 256; a++) {
      int e = product(t, p->kind, w, a) - (int)(agemm_signed(w, w & 127) * agemm_signed(a, a & 127));
      p->error_lo = e < p->error_lo ? e : p->error_lo;
      p->error_hi = e > p->error_hi ? e : p->error_hi;
    }
  if (agemm_twos_error_plane(p, t) == 0 && holds(p, t))
    return 0;
  clear(p);
  if (agemm_twos_planes(p, t) < 0)
    return -1;
  return holds(p, t) ? 0 : axf_fail("internal error: no plan of the matrix product holds");
}

/* The first method that fits and holds; the last one always does. */
static int choose_method(axf_agemm *p, const uint16_t *t) {
  static _Thread_local agemm_factors x;
  const int columns = p->a_signed ? 128 : 256;
  p->rank = agemm_factorise(&x, t, columns) < 0 ? -1 : x.rank;
  for (int w = 0; w < 128; w++)
    for (int a = 0; a < columns; a++) {
      int e = t[w * 256 + a] - w * a;
      p->error_lo = e < p->error_lo ? e : p->error_lo;
      p->error_hi = e > p->error_hi ? e : p->error_hi;
    }
  if (p->rank >= 0 && agemm_terms(p, &x, few_terms(p)) == 0 && holds(p, t))
    return 0;
  clear(p);
  if (agemm_error_plane(p, t) == 0 && holds(p, t))
    return 0;
  clear(p);
  if (p->rank >= 0 && agemm_terms(p, &x, more_terms(p)) == 0 && holds(p, t))
    return 0;
  clear(p);
  if (agemm_table_planes(p, t) < 0)
    return -1;
  return holds(p, t) ? 0 : axf_fail("internal error: no plan of the matrix product holds");
}

/* Paths without plane look-ups take whole products. */
static int products(axf_agemm *p, const uint16_t *t) {
  p->product = axf_alloc(65536, sizeof *p->product);
  for (int i = 0; p->product && i < 65536; i++)
    p->product[i] = product(t, p->kind, i >> 8, i & 255);
  return p->product ? 0 : -1;
}

axf_agemm *axf_agemm_new(const uint16_t *t, int kind, axf_agemm_path path) {
  static _Thread_local uint16_t same[65536];
  axf_agemm *p = choose_path(&path) < 0 ? NULL : axf_alloc(1, sizeof *p);
  if (!p)
    return NULL;
  if (kind == AXF_AGEMM_TWOS && agemm_twos_as_unsigned(t, same)) {
    kind = AXF_AGEMM_SIGNS;
    t = same;
  }
  p->path = path;
  p->kind = kind;
  p->a_signed = kind == AXF_AGEMM_SIGNS;
  if ((kind == AXF_AGEMM_TWOS ? choose_twos(p, t) : choose_method(p, t)) < 0 ||
      (p->planes && path != AXF_AGEMM_AVX512 && products(p, t) < 0) || agemm_columns(p, product, t) < 0) {
    axf_agemm_free(p);
    return NULL;
  }
  return p;
}

void axf_agemm_free(axf_agemm *p) {
  if (!p)
    return;
  free(p->rows);
  free(p->product);
  free(p->cols);
  free(p);
}

const char *axf_agemm_method(const axf_agemm *p) {
  return p->planes == 0 ? "low rank" : p->planes == 1 ? "error plane" : "table";
}

char *axf_agemm_plan_text(const axf_agemm *p) {
  char rank[128];
  if (p->kind == AXF_AGEMM_TWOS)
    snprintf(rank, sizeof rank, "not looked for: a signed core whose products depend on the signs");
  else if (p->rank < 0)
    snprintf(rank, sizeof rank, "above %d, or of huge factors, over the integers (weights 0..127, activations 0..%d)",
             AGEMM_RANK, p->a_signed ? 127 : 255);
  else
    snprintf(rank, sizeof rank, "%d over the integers (weights 0..127, activations 0..%d)", p->rank,
             p->a_signed ? 127 : 255);
  char *why =
      p->planes == 0 ? axf_sprintf("the rank is low: %d exact 8-bit product%s on transformed operands", p->nterms,
                                   p->nterms == 1 ? "" : "s")
      : p->planes == 1
          ? axf_sprintf("one exact 8-bit product, whose rest fits a byte in every row: plus a look-up of 1 byte")
      : p->kind == AXF_AGEMM_TWOS
          ? axf_sprintf("the rest of an exact product does not fit a byte: a look-up of 2 bytes")
          : axf_sprintf("neither is the rank low enough (%d exact 8-bit products at most) nor does the rest of an "
                        "exact product fit a byte: a look-up of 2 bytes%s",
                        more_terms(p), p->nterms ? " and an exact product of the signs" : "");
  char *text = why ? axf_sprintf("method   %s\nwhy      %s\nrank     %s\nerror    AM(w, a) - w*a from %d to %d there\n",
                                 axf_agemm_method(p), why, rank, p->error_lo, p->error_hi)
                   : NULL;
  char *all = text ? axf_sprintf("%spath     %s%s\n", text, path_name[p->path],
                                 p->product ? ": products by look-up, it has no byte permutation" : "")
                   : NULL;
  free(why);
  free(text);
  return all;
}
