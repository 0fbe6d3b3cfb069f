/* Inference of a quantised network through multiplier tables: images a second on one core.
 * usage: bench_infer MODEL.axm [MULT..]     a formula of the library, `random`, or nothing for a choice
 * SPDX-License-Identifier: Apache-2.0
 *
 * The peer is the plain C path (scalar look-ups) on the same images; all output codes of the last layer must be equal.
 */
#include "agemm/agemm.h"
#include "kernels/qinfer.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IMAGES 4096

static axf_model model;
static axf_mult mult;
static uint8_t *in, *result[2];

static double cpu_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int fill_table(const char *name) {
  axf_rng r;
  axf_rng_seed(&r, 2, 0);
  snprintf(mult.name, sizeof mult.name, "%s", name);
  mult.pmax = 0;
  for (uint32_t i = 0; i < 65536; i++) {
    uint32_t v = axf_rng_below(&r, 32768);
    if (strcmp(name, "random") != 0 && axf_mult_formula(name, i >> 8, i & 255, &v) < 0)
      return -1;
    mult.t[i] = (uint16_t)v;
    mult.pmax = v > mult.pmax ? v : mult.pmax;
  }
  return 0;
}

static int ascending(const void *x, const void *y) {
  double d = *(const double *)x - *(const double *)y;
  return d < 0 ? -1 : d > 0;
}

/* Images a second of one core, median of 5; 0 on failure. */
static double speed(const char *path, int images, uint8_t *out) {
  const axf_mult *table[AXF_MAX_LAYERS];
  uint8_t *outs[AXF_MAX_LAYERS] = {0};
  double v[5] = {0};
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    table[l] = &mult;
  outs[model.net.nlayers - 1] = out;
  setenv("AXF_AGEMM_PATH", path, 1);
  axf_qinfer *e = axf_qinfer_new(&model.net, &model.q, table);
  for (int i = 0; e && i < 5; i++) {
    double begin = cpu_now();
    if (axf_qinfer_run(e, in, (size_t)images, NULL, outs) < 0)
      return 0;
    v[i] = images / (cpu_now() - begin);
  }
  axf_qinfer_free(e);
  qsort(v, 5, sizeof *v, ascending);
  return e ? v[2] : 0;
}

int main(int argc, char **argv) {
  static char *const choice[] = {"exact", "drum4", "trunc4", "mitchell", "random"};
  const int n = argc > 2 ? argc - 2 : 5, few = IMAGES / 8;
  char *const *name = argc > 2 ? argv + 2 : choice;
  axf_rng r;
  int status = 0;
  setenv("AXF_THREADS", "1", 1);
  if (argc < 2 || axf_model_load(&model, argv[1]) < 0 || !model.quantised) {
    fprintf(stderr, "bench_infer: %s\n", argc < 2 ? "usage: bench_infer MODEL.axm [MULT..]" : axf_errmsg());
    return 2;
  }
  const size_t size = (size_t)model.net.c * model.net.h * model.net.w, classes = (size_t)model.net.classes;
  in = axf_alloc(size, IMAGES);
  result[0] = axf_alloc(classes, IMAGES);
  result[1] = axf_alloc(classes, IMAGES);
  if (!in || !result[0] || !result[1])
    return 1;
  axf_rng_seed(&r, 1, 0);
  for (size_t i = 0; i < size * IMAGES; i++) /* the look of digits: a fifth of the pixels is not 0 */
    in[i] = axf_rng_below(&r, 5) ? 0 : (uint8_t)axf_rng_u64(&r);
  for (int i = 0; i < n; i++) {
    if (fill_table(name[i]) < 0) {
      fprintf(stderr, "bench_infer: %s\n", axf_errmsg());
      return 1;
    }
    const double ours = speed("", IMAGES, result[0]), peer = speed("plain", few, result[1]);
    const int same = memcmp(result[0], result[1], classes * (size_t)few) == 0;
    if (ours <= 0 || peer <= 0)
      fprintf(stderr, "bench_infer: %s\n", axf_errmsg());
    printf("BENCH name=infer_%s_%s ours=%.0f peer=%.0f ratio=%.1f unit=images/s/core equal=%s\n", model.net.name,
           name[i], ours, peer, peer > 0 ? ours / peer : 0, same ? "yes" : "no");
    status |= !same || ours <= 0;
  }
  free(in);
  free(result[0]);
  free(result[1]);
  axf_model_free(&model);
  return status;
}
