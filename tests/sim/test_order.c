/* Programs wait for everything they need: with the engines apart, in orders drawn so that one runs far ahead of the
 * others, every result is the reference model's: random nets, one or several images, tiled, streamed, with partial
 * sums. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "progmodel/progmodel.h"
#include "random_net.h"
#include "refmodel/refmodel.h"
#include <stdlib.h>
#include <string.h>

#define SEEDS 400
#define ORDERS 12
#define HOARDER 2185 /* D = 8: more blocks of kernels wait to be overwritten than a semaphore counts (emit.c) */

static int several, outside; /* programs of several images, programs whose output streams to memory */

static void one_net(uint64_t seed, const axf_arch *arch) {
  static axf_random_case c;
  static axf_mult table;
  const axf_mult *mult[AXF_MAX_LAYERS];
  axf_random_table(&table, seed, 0, 0);
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    mult[l] = &table;
  if (axf_random_case_make(&c, seed, arch, &table, 0, NULL, 1)) {
    CHECK_MSG(0, "seed %llu: %s", (unsigned long long)seed, axf_errmsg());
    return;
  }
  const size_t size = (size_t)c.net.c * (size_t)c.net.h * (size_t)c.net.w, n = (size_t)c.images;
  const size_t classes = (size_t)c.net.classes;
  int16_t *in = axf_alloc(n * size, sizeof *in), *want = axf_alloc(n * classes, sizeof *want);
  int16_t *got = axf_alloc(n * classes, sizeof *got), *const none[AXF_MAX_LAYERS] = {NULL};
  axf_progmodel *m = axf_progmodel_new(&c.prog, &c.net, &c.q, mult, NULL);
  several += c.images > 1;
  outside += c.prog.layer[c.prog.nlayers - 1].out_ext;
  CHECK(in && want && got && m);
  for (size_t k = 0; k < n && m; k++) {
    int16_t *out[AXF_MAX_LAYERS] = {NULL};
    out[c.prog.layer[c.prog.nlayers - 1].net_layer] = want + k * classes;
    axf_random_input(&c, seed, (int)k, in + k * size);
    CHECK(axf_ref_net(&c.net, &c.q, mult, in + k * size, out) >= 0);
  }
  for (uint64_t order = 0; order < ORDERS && m; order++) {
    axf_progmodel_order(m, order ? seed * ORDERS + order : 0);
    const int cls = axf_progmodel_run(m, in, 0, none, got);
    CHECK_MSG(cls >= 0, "seed %llu order %d: %s", (unsigned long long)seed, (int)order, axf_errmsg());
    CHECK_MSG(cls < 0 || !memcmp(want, got, n * classes * sizeof *want), "seed %llu order %d: results differ",
              (unsigned long long)seed, (int)order);
  }
  axf_progmodel_free(m);
  free(in);
  free(want);
  free(got);
  axf_random_case_free(&c);
}

int main(void) {
  axf_arch arch;
  static const int dims[] = {4, 8, 16};
  for (uint64_t s = 1; s <= SEEDS; s++) {
    if (axf_arch_default(&arch, dims[s % 3], 8))
      return 1;
    one_net(s, &arch);
  }
  if (axf_arch_default(&arch, 8, 8))
    return 1;
  one_net(HOARDER, &arch);
  CHECK_MSG(several > SEEDS / 4, "only %d programs of several images", several);
  CHECK_MSG(outside > 3, "only %d programs whose output streams", outside);
  return check_done("order");
}
