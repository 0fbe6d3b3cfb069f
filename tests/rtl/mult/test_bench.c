/* Simulated Verilog of every multiplier against its C formula: at W = 8 all 65,536 pairs, at W = 16 corners and PAIRS
 * random pairs each.
 * usage: test_bench LIST W [PAIRS]     LIST: the bench's list (gen.sh list)
 * SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"
#include "core/core.h"
#include "mult/mult.h"
#include <stdlib.h>

static long bad;

static void compare(unsigned sel, const char *name, int width, uint32_t w, uint32_t a) {
  uint32_t want = 0, got = axf_bench_eval(sel, w, a);
  int err = axf_mult_formula_w(name, width, w, a, &want);
  if ((err || want != got) && bad++ < 5)
    printf("  %s W=%d: w=%u a=%u: Verilog %u, formula %u%s%s\n", name, width, w, a, got, want, err ? ": " : "",
           err ? axf_errmsg() : "");
}

/* Around zero, each power of two, and the largest value. */
static uint32_t corner(int width, int i) {
  uint32_t x = i / 3 < width ? (UINT32_C(1) << (i / 3)) + (uint32_t)(i % 3) - 1 : (UINT32_C(1) << width) - 1 - i % 3;
  return x & ((UINT32_C(1) << width) - 1);
}

static long one(unsigned sel, const char *name, int width, long pairs) {
  long n = 0;
  axf_rng r;
  bad = 0;
  if (width == 8) {
    for (; n < 65536; n++)
      compare(sel, name, 8, (uint32_t)n >> 8, (uint32_t)n & 255);
  } else {
    const int corners = 3 * (width + 1);
    for (int i = 0; i < corners; i++)
      for (int j = 0; j < corners; j++, n++)
        compare(sel, name, width, corner(width, i), corner(width, j));
    axf_rng_seed(&r, 1, sel);
    /* Cut half of the operands short, so that small magnitudes are drawn as often as large ones. */
    for (long i = 0; i < pairs; i++, n++) {
      uint64_t x = axf_rng_u64(&r);
      int cut_w = x >> 63 ? (int)(x >> 56 & 15) : 0, cut_a = x >> 62 & 1 ? (int)(x >> 52 & 15) : 0;
      uint32_t mask = (UINT32_C(1) << width) - 1;
      compare(sel, name, width, ((uint32_t)x & mask) >> cut_w, ((uint32_t)(x >> 20) & mask) >> cut_a);
    }
  }
  printf("%s W=%d pairs=%ld mismatches=%ld %s\n", name, width, n, bad, bad ? "FAIL" : "PASS");
  return bad;
}

int main(int argc, char **argv) {
  uint8_t *buf;
  size_t len;
  axf_lines l;
  unsigned sel = 0;
  long failed = 0;
  if (argc < 3 || axf_read_file(argv[1], &buf, &len) != 0) {
    fprintf(stderr, "usage: test_bench LIST W [PAIRS]: %s\n", axf_errmsg());
    return 2;
  }
  int width = atoi(argv[2]);
  long pairs = argc > 3 ? atol(argv[3]) : 1000000;
  axf_lines_begin(&l, argv[1], (char *)buf);
  while (axf_lines_next(&l) > 0)
    failed += one(sel++, l.tok[0], width, pairs) != 0;
  free(buf);
  printf("multipliers W=%d: %u passed, %ld failed\n", width, sel - (unsigned)failed, failed);
  return failed != 0 || sel == 0;
}
