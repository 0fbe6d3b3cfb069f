/* Speed of training: images a second and peak memory, one line a timed epoch.
 * usage: bench_train NET BATCH IMAGES EPOCHS [TABLE]     threads: AXF_THREADS
 * TABLE: train through the integers and this multiplier, a formula of the library or `random`; else in float.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Before each epoch a line is read from standard input, so that a script can let this program and its peer take turns.
 * Prints "ready", then for each epoch "IMAGES_PER_S IMAGES_PER_CPU_S PEAK_KB". The first epoch, before "ready", warms
 * up. The examples are random bytes. */
#include "kernels/kernels.h"
#include "train/qpass.h"
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double wall, cpu;
static uint32_t images;

static double clock_of(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void report(void *ctx, const axf_epoch *e) {
  (void)ctx;
  double took = clock_of(CLOCK_MONOTONIC) - wall, used = clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  struct rusage r;
  char line[16];
  getrusage(RUSAGE_SELF, &r);
  if (e->epoch == 1)
    printf("ready\n");
  else
    printf("%.1f %.1f %ld\n", images / took, images / used, r.ru_maxrss);
  fflush(stdout);
  if (e->epoch < e->epochs && !fgets(line, sizeof line, stdin))
    exit(1);
  wall = clock_of(CLOCK_MONOTONIC);
  cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);
}

/* Random pixels, four fifths of them 0 as in pictures of digits, and random labels. */
static int random_part(axf_part *d, const axf_net *n, uint32_t count) {
  const size_t size = (size_t)n->c * (size_t)n->h * (size_t)n->w * count;
  axf_rng r;
  *d = (axf_part){.n = count, .c = n->c, .h = n->h, .w = n->w, .classes = n->classes};
  if (!(d->u8 = axf_alloc(size, 1)) || !(d->label = axf_alloc(count, 1)))
    return -1;
  axf_rng_seed(&r, 1, 0);
  for (size_t i = 0; i < size; i++)
    d->u8[i] = axf_rng_below(&r, 5) ? 0 : (uint8_t)axf_rng_u64(&r);
  for (uint32_t i = 0; i < count; i++)
    d->label[i] = (uint8_t)axf_rng_below(&r, (uint32_t)n->classes);
  return 0;
}

/* The training method of a multiplier's table. Ranges are calibrated in each epoch, on the same share of the examples
 * as 2,000 are of MNIST. */
static axf_qpass *through_table(const axf_net *n, const axf_part *d, const char *name) {
  static axf_mult m;
  static const axf_mult *all[AXF_MAX_LAYERS];
  const axf_qpass_opt o = {.net = n, .mult = all, .train = d, .calib = AXF_CALIB_MSE, .images = d->n / 30 + 1};
  axf_rng r;
  axf_rng_seed(&r, 2, 0);
  snprintf(m.name, sizeof m.name, "%s", name);
  for (uint32_t i = 0; i < 65536; i++) {
    uint32_t v = axf_rng_below(&r, 32768);
    if (strcmp(name, "random") != 0 && axf_mult_formula(name, i >> 8, i & 255, &v) < 0)
      return NULL;
    m.t[i] = (uint16_t)v;
    m.pmax = v > m.pmax ? v : m.pmax;
  }
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    all[l] = &m;
  return axf_qpass_new(&o);
}

int main(int argc, char **argv) {
  axf_blas_pin(argv);
  if (argc != 5 && argc != 6) {
    fprintf(stderr, "usage: bench_train NET BATCH IMAGES EPOCHS [TABLE]\n");
    return 2;
  }
  axf_net n = {0};
  axf_params p = {0};
  axf_part d = {0};
  axf_train_opts o;
  axf_train_ctl ctl = {.on_epoch = report};
  axf_epoch last;
  char path[1024];
  images = (uint32_t)strtoul(argv[3], NULL, 10);
  axf_train_defaults(&o);
  o.lr = 0.001; /* random labels: small steps keep the numbers ordinary */
  int r = axf_net_find(path, sizeof path, argv[1]) || axf_net_load(&n, path) || axf_params_alloc(&p, &n) ||
          axf_train_set(&o, "batch", "batch", argv[2]) || axf_train_set(&o, "epochs", "epochs", argv[4]) ||
          random_part(&d, &n, images);
  axf_qpass *q = !r && argc == 6 ? through_table(&n, &d, argv[5]) : NULL;
  ctl.method = q ? axf_qpass_method(q) : NULL;
  r = r || (argc == 6 && !q) || axf_train(&n, &p, &d, &o, &ctl, &last);
  if (r)
    fprintf(stderr, "bench_train: %s\n", axf_errmsg());
  axf_qpass_free(q);
  free(d.u8);
  free(d.label);
  axf_params_free(&p);
  axf_net_free(&n);
  return r != 0;
}
