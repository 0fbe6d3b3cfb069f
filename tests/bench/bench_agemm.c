/* Speed of the approximate matrix product on one core, against a scalar table look-up with the same integers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One line a case, speeds in 10^9 multiply-accumulates a second (G-MAC/s), median of 5; the products of the same run
 * are compared number by number. Exit status 1 if any differs. */
#include "agemm/agemm.h"
#include "mult/mult.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

static axf_rng rng;
static uint16_t table[65536];
static int32_t product[65536];

typedef struct {
  const char *name, *mult;     /* mult: a formula, or random, or rest (exact plus 0..127) */
  int a_signed, M, K, N, bits; /* bits: of an activation, 8 if 0 */
} bench_case;

static const bench_case cases[] = {
    {"general_96x2304x384", "random", 0, 96, 2304, 384},
    {"mitchell_96x2304x384", "mitchell", 0, 96, 2304, 384},
    {"general7_96x2304x384", "mitchell", 1, 96, 2304, 384},
    {"random7_96x2304x384", "random", 1, 96, 2304, 384},
    {"random7u_96x2304x384", "random", 0, 96, 2304, 384, 7},
    {"plane_96x2304x384", "rest", 0, 96, 2304, 384},
    {"plane7_96x2304x384", "rest", 1, 96, 2304, 384},
    {"trunc4_96x2304x384", "trunc4", 0, 96, 2304, 384},
    {"drum_96x2304x384", "drum4", 0, 96, 2304, 384},
    {"drum7_96x2304x384", "drum4", 1, 96, 2304, 384},
    {"exact_96x2304x384", "exact", 0, 96, 2304, 384},
    {"general_conv1_6x25x784", "random", 0, 6, 25, 784},
    {"general_conv2_16x150x100", "random", 0, 16, 150, 100},
    {"general_conv2x5_16x150x500", "random", 0, 16, 150, 500},
    {"general_fc_120x400x256", "random", 0, 120, 400, 256},
    {"general_fc_84x120x256", "random", 0, 84, 120, 256},
    {"general_fc_10x84x256", "random", 0, 10, 84, 256},
    {"random7u_conv1_6x25x784", "random", 0, 6, 25, 784, 7},
    {"random7u_conv2_16x150x100", "random", 0, 16, 150, 100, 7},
    {"random7u_fc_120x400x256", "random", 0, 120, 400, 256, 7},
    {"general7_conv1_6x25x784", "mitchell", 1, 6, 25, 784},
    {"general7_conv2_16x150x100", "mitchell", 1, 16, 150, 100},
    {"general7_fc_120x400x256", "mitchell", 1, 120, 400, 256},
    {"drum_conv1_6x25x784", "drum4", 0, 6, 25, 784},
    {"drum_conv2_16x150x100", "drum4", 0, 16, 150, 100},
    {"drum_conv2x5_16x150x500", "drum4", 0, 16, 150, 500},
    {"drum_fc_120x400x256", "drum4", 0, 120, 400, 256},
    {"drum_fc_84x120x256", "drum4", 0, 84, 120, 256},
    {"drum_fc_10x84x256", "drum4", 0, 10, 84, 256},
};

static int fill_table(const char *mult) {
  for (uint32_t i = 0; i < 65536; i++) {
    uint32_t v = 0, w = i >> 8, a = i & 255;
    if (strcmp(mult, "random") == 0)
      v = axf_rng_below(&rng, 32768);
    else if (strcmp(mult, "rest") == 0)
      v = w * a + axf_rng_below(&rng, 128);
    else if (axf_mult_formula(mult, w, a, &v) < 0)
      return -1;
    table[i] = (uint16_t)v;
  }
  return 0;
}

/* The peer: rows of signed products looked up one by one, four weights at a time (gathers would be slower). */
__attribute__((optimize("no-tree-vectorize"))) static void scalar(const bench_case *b, const uint8_t *w,
                                                                  const uint8_t *act, int32_t *sum) {
  static const uint8_t none[4096];
  static const int32_t zeros[256];
  const size_t N = (size_t)b->N, K = (size_t)b->K;
  memset(sum, 0, (size_t)b->M * N * sizeof *sum);
  for (size_t m = 0; m < (size_t)b->M; m++, sum += N)
    for (size_t k = 0; k < K; k += 4) {
      const int32_t *row[4];
      const uint8_t *a[4];
      for (size_t i = 0; i < 4; i++) {
        row[i] = k + i < K ? product + (size_t)w[m * K + k + i] * 256 : zeros;
        a[i] = k + i < K ? act + (k + i) * N : none;
      }
      for (size_t n = 0; n < N; n++)
        sum[n] += row[0][a[0][n]] + row[1][a[1][n]] + row[2][a[2][n]] + row[3][a[3][n]];
    }
}

typedef struct {
  const bench_case *b;
  const axf_agemm *p;
  axf_agemm_weights ready;
  uint8_t *w, *a;
  int32_t *c, *want;
  void *scratch;
} bench;

static void run(bench *x, int peer) {
  const size_t N = (size_t)x->b->N;
  if (peer)
    scalar(x->b, x->w, x->a, x->want);
  else
    axf_agemm_run(x->p, &x->ready, x->a, N, x->b->N, x->c, N, 0, x->scratch);
}

/* Seconds this thread has computed: other work on the machine does not count. */
static double cpu_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *x, const void *y) {
  double d = *(const double *)x - *(const double *)y;
  return d < 0 ? -1 : d > 0;
}

/* G-MAC/s, the median of 5 measurements of at least 30 ms; the clock is read every 10^7 multiply-accumulates or so. */
static double speed(bench *x, int peer) {
  const double macs = (double)x->b->M * x->b->K * x->b->N;
  const int batch = 1 + (int)(1e7 / macs);
  double v[5];
  for (int i = 0; i < 5; i++) {
    double begin = cpu_now(), now = begin;
    int n = 0;
    for (; now - begin < 0.03; n += batch, now = cpu_now())
      for (int k = 0; k < batch; k++)
        run(x, peer);
    v[i] = macs * n / (now - begin) * 1e-9;
  }
  qsort(v, 5, sizeof *v, ascending);
  return v[2];
}

static int one(const bench_case *b) {
  bench x = {.b = b};
  if (fill_table(b->mult) < 0)
    return -1;
  for (uint32_t i = 0; i < 65536; i++) {
    uint8_t w = (uint8_t)(i >> 8), a = (uint8_t)i, one_code[1] = {w};
    axf_agemm_reference(table, b->a_signed, one_code, &a, 1, 1, 1, 1, &product[i], 1, 0);
  }
  axf_agemm *p = axf_agemm_new(table, b->a_signed, AXF_AGEMM_AUTO);
  x.p = p;
  x.w = axf_alloc((size_t)b->M * b->K, 1);
  x.a = axf_alloc((size_t)b->K * b->N, 1);
  x.c = axf_alloc((size_t)b->M * b->N, sizeof *x.c);
  x.want = axf_alloc((size_t)b->M * b->N, sizeof *x.want);
  x.scratch = axf_alloc(AXF_AGEMM_SCRATCH, 1);
  if (!p || !x.w || !x.a || !x.c || !x.want || !x.scratch || axf_agemm_weights_new(&x.ready, p, b->M, b->K, b->N) < 0)
    return -1;
  for (int i = 0; i < b->M * b->K; i++)
    x.w[i] = (uint8_t)axf_rng_u64(&rng);
  for (int i = 0; i < b->K * b->N; i++)
    x.a[i] = (uint8_t)(axf_rng_u64(&rng) & (b->bits == 7 ? 127 : 255));
  axf_agemm_weights_set(&x.ready, p, x.w);
  const double ours = speed(&x, 0), peer = speed(&x, 1);
  long wrong = 0;
  for (int i = 0; i < b->M * b->N; i++)
    wrong += x.c[i] != x.want[i];
  printf("BENCH name=agemm_%s method=%s ours=%.1f peer=%.2f ratio=%.1f unit=G-MAC/s mismatches=%ld\n", b->name,
         axf_agemm_method(p)[0] == 'l'   ? "low-rank"
         : axf_agemm_method(p)[0] == 'e' ? "error-plane"
                                         : "table",
         ours, peer, ours / peer, wrong);
  axf_agemm_weights_free(&x.ready);
  axf_agemm_free(p);
  free(x.w);
  free(x.a);
  free(x.c);
  free(x.want);
  free(x.scratch);
  return wrong ? 1 : 0;
}

int main(int argc, char **argv) {
  int status = 0;
  axf_rng_seed(&rng, 1, 0);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (argc > 1 && !strstr(cases[i].name, argv[1]))
      continue;
    int r = one(&cases[i]);
    if (r < 0)
      fprintf(stderr, "bench_agemm: %s: %s\n", cases[i].name, axf_errmsg());
    status |= r != 0;
  }
  return status;
}
