/* Failing memory cells: the published hash, nesting over the supply, rates, kinds, clustering, the table of
 * technologies. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "faults/faults.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 2048
#define MACROS 16
#define CELLS ((double)MACROS * WORDS * 8)

/* The formula of docs/architecture.md once more, written out. */
static uint64_t splitmix64(uint64_t x) {
  uint64_t z = x + UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static void test_hash(void) {
  /* The first output of splitmix64 with seed 0, as published. */
  CHECK(splitmix64(0) == UINT64_C(0xe220a8397b1dcdaf));
  int same = 1;
  for (uint32_t i = 0; i < 1000; i++) {
    const uint32_t die = i * 7919, macro = 0x1000 + i, addr = i * 31 % 2048;
    const int bit = (int)(i % 13);
    uint64_t want = splitmix64(splitmix64((uint64_t)die << 32 | macro) ^ ((uint64_t)addr << 8 | (uint64_t)bit));
    same &= axf_fault_cell(die, macro, addr, bit) == want;
  }
  CHECK(same);
  CHECK(axf_fault_threshold(0) == 0);
  CHECK(axf_fault_threshold(0.5) == 0x80000000u);
  CHECK(axf_fault_threshold(1) == 0xffffffffu);
}

static size_t masks(const axf_die *d, double p, uint32_t *mask, uint32_t *value) {
  size_t n = 0;
  for (int b = 0; b < MACROS; b++)
    n += axf_fault_masks(d, AXF_MACRO_KB(b), axf_fault_threshold(p), 0, WORDS, 8, mask + b * WORDS,
                         value ? value + b * WORDS : NULL);
  return n;
}

/* Rates within five standard deviations of the binomial law; every cell of a lower rate is one of a higher rate. */
static void test_rate_and_nesting(uint32_t *low, uint32_t *high) {
  static const double rate[] = {0, 1e-4, 0.0023, 0.0156, 0.1, 0.5};
  for (uint32_t die = 0; die < 5; die++) {
    const axf_die d = {.die = die, .kind = AXF_FAULT_FLIP};
    memset(low, 0, MACROS * WORDS * sizeof *low);
    for (size_t r = 0; r < sizeof rate / sizeof rate[0]; r++) {
      size_t n = masks(&d, rate[r], high, NULL), bits = 0;
      int nested = 1;
      for (size_t i = 0; i < MACROS * WORDS; i++) {
        nested &= (low[i] & ~high[i]) == 0;
        bits += (size_t)__builtin_popcount(high[i]);
      }
      CHECK(nested);
      CHECK(bits == n);
      CHECK_MSG(fabs((double)n - CELLS * rate[r]) <= 5 * sqrt(CELLS * rate[r] * (1 - rate[r])), "die %u rate %g: %zu",
                die, rate[r], n);
      memcpy(low, high, MACROS * WORDS * sizeof *low);
    }
  }
}

/* Two dies, two macros, two bits share no more cells than chance gives. */
static void test_independence(uint32_t *a, uint32_t *b) {
  const double p = 0.05;
  const axf_die d0 = {.die = 7}, d1 = {.die = 8};
  masks(&d0, p, a, NULL);
  masks(&d1, p, b, NULL);
  size_t dies = 0, macros = 0, bits = 0;
  for (size_t i = 0; i < MACROS * WORDS; i++) {
    dies += (size_t)__builtin_popcount(a[i] & b[i]);
    if (i >= WORDS)
      macros += (size_t)__builtin_popcount(a[i] & a[i - WORDS]);
    bits += (size_t)__builtin_popcount(a[i] & a[i] >> 1);
  }
  const double sigma = sqrt(CELLS * p * p);
  CHECK(fabs((double)dies - CELLS * p * p) < 5 * sigma);
  CHECK(fabs((double)macros - CELLS * p * p * 15 / 16) < 5 * sigma);
  CHECK(fabs((double)bits - CELLS * p * p * 7 / 8) < 5 * sigma);
}

/* A part of a memory has the cells the whole has: no order, no state. */
static void test_order(uint32_t *whole, uint32_t *part) {
  for (int k = AXF_FAULT_FLIP; k <= AXF_FAULT_STUCK; k++) {
    const axf_die d = {.die = 3, .kind = (axf_fault_kind)k};
    const uint32_t t = axf_fault_threshold(0.05);
    uint32_t *value = part + WORDS, v;
    int same = 1;
    axf_fault_masks(&d, 0x1005, t, 0, WORDS, 13, whole, value);
    for (uint32_t i = WORDS; i-- > 0;) {
      axf_fault_masks(&d, 0x1005, t, i, 1, 13, part, &v);
      same &= part[0] == whole[i] && v == value[i] && (v & ~whole[i]) == 0;
      for (int b = 0; b < 13; b++) { /* a cell of the whole is one by its own hash */
        const uint64_t h = axf_fault_cell(3, 0x1005, i, b);
        const uint32_t fails = (h >> 32) < axf_fault_macro_threshold(&d, 0x1005, t);
        same &= (whole[i] >> b & 1) == fails && (value[i] >> b & 1) == (fails & h & 1);
      }
    }
    CHECK(same);
  }
}

static void test_kinds(uint32_t *mask, uint32_t *value) {
  axf_fault_kind kind = AXF_FAULT_FLIP;
  CHECK(axf_fault_kind_of("stuck", &kind) == 0 && kind == AXF_FAULT_STUCK);
  CHECK(axf_fault_kind_of("stuk", &kind) == -1 && strstr(axf_errmsg(), "flip, stuck or transient"));
  CHECK(axf_fault_read(AXF_FAULT_FLIP, 0x5a, 0x81, 0x80) == 0xdb);
  CHECK(axf_fault_read(AXF_FAULT_STUCK, 0x5a, 0x81, 0x80) == 0xda);
  CHECK(axf_fault_read(AXF_FAULT_STUCK, 0xda, 0x81, 0x80) == 0xda);
  /* Half of the failing cells are stuck at 1. */
  const axf_die d = {.die = 11, .kind = AXF_FAULT_STUCK};
  double n = (double)masks(&d, 0.1, mask, value), ones = 0;
  for (size_t i = 0; i < MACROS * WORDS; i++)
    ones += __builtin_popcount(value[i]);
  CHECK(fabs(ones - n / 2) < 5 * sqrt(n / 4));
  const axf_die soft = {.die = 11, .kind = AXF_FAULT_TRANSIENT};
  CHECK(masks(&soft, 0.1, mask, NULL) == 0);
}

/* Transient flips: the asked rate, and another pattern in every read, run and die. */
static void test_transient(void) {
  axf_die d = {.die = 5, .kind = AXF_FAULT_TRANSIENT};
  const uint32_t t = axf_fault_threshold(0.02);
  const int reads = 50000, width = 9;
  double flips = 0, again = 0, other = 0;
  for (int i = 0; i < reads; i++) {
    uint32_t addr = (uint32_t)i % 100, n = (uint32_t)i / 100;
    uint32_t f = axf_fault_transient(&d, 0x2003, t, addr, n, width);
    flips += __builtin_popcount(f);
    again += __builtin_popcount(f & axf_fault_transient(&d, 0x2003, t, addr, n + 1, width));
    d.run = 1;
    other += __builtin_popcount(f & axf_fault_transient(&d, 0x2003, t, addr, n, width));
    d.run = 0;
    if (f >> width)
      flips += 1e9;
  }
  const double cells = (double)reads * width, both = cells * 4e-4;
  CHECK_MSG(fabs(flips - cells * 0.02) < 5 * sqrt(cells * 0.02), "%g flips", flips);
  CHECK(fabs(again - both) < 5 * sqrt(both));
  CHECK(fabs(other - both) < 5 * sqrt(both));
}

/* Clustered dies: the same rate over many macros; the worst tenth of them holds about 82 %; still nested. */
static int falling(const void *a, const void *b) { return *(const int *)b - *(const int *)a; }
static void test_clusters(void) {
  enum { N = 4000, SIZE = 256 };
  const axf_die d = {.die = 1, .clustered = 1};
  static int count[N];
  uint32_t low[SIZE], high[SIZE];
  double all = 0, worst = 0;
  int nested = 1;
  for (uint32_t m = 0; m < N; m++) {
    axf_fault_masks(&d, m, axf_fault_threshold(0.001), 0, SIZE, 8, low, NULL);
    count[m] = (int)axf_fault_masks(&d, m, axf_fault_threshold(0.002), 0, SIZE, 8, high, NULL);
    for (int i = 0; i < SIZE; i++)
      nested &= (low[i] & ~high[i]) == 0;
    all += count[m];
  }
  qsort(count, N, sizeof count[0], falling);
  for (int m = 0; m < N / 10; m++)
    worst += count[m];
  /* The factor of a macro by the upper four bits of its hash, in 256ths. */
  static const uint16_t factor[16] = {0, 1, 3, 4, 6, 10, 14, 19, 27, 39, 56, 83, 128, 215, 434, 3057};
  unsigned met = 0;
  int right = 1;
  for (uint32_t m = 0; m < N; m++) {
    const unsigned level = (unsigned)(splitmix64(~splitmix64((uint64_t)d.die << 32 | m)) >> 60);
    met |= 1u << level;
    right &= axf_fault_macro_threshold(&d, m, 0x100000) == (uint32_t)factor[level] << 12;
    const uint64_t most = (uint64_t)0xfffffffe * factor[level] >> 8;
    right &= axf_fault_macro_threshold(&d, m, 0xfffffffe) == (most > 0xffffffff ? 0xffffffff : (uint32_t)most);
  }
  CHECK(right && met == 0xffff);
  CHECK(nested);
  CHECK_MSG(fabs(all / (N * SIZE * 8.0) / 0.002 - 1) < 0.25, "mean rate %g", all / (N * SIZE * 8.0));
  CHECK_MSG(worst / all > 0.75 && worst / all < 0.92, "the worst tenth holds %g", worst / all);
}

static void test_codes(void) {
  enum { N = 5000 };
  static uint8_t in[N], out[N], again[N];
  const axf_die d = {.die = 9, .kind = AXF_FAULT_FLIP};
  axf_fault_place p = axf_fault_kernel_buffer(100);
  for (int i = 0; i < N; i++)
    in[i] = (uint8_t)(i * 37);
  CHECK(axf_fault_codes(&d, 0, &p, in, out, N) == 0 && memcmp(in, out, N) == 0);
  size_t n = axf_fault_codes(&d, 0.01, &p, in, out, N), differ = 0;
  int right = 1;
  for (int i = 0; i < N; i++) {
    uint32_t mask;
    axf_fault_masks(&d, AXF_MACRO_KB(i % 16), axf_fault_threshold(0.01), 100 + (uint32_t)i / 16, 1, 8, &mask, NULL);
    right &= out[i] == (in[i] ^ mask);
    differ += in[i] != out[i];
  }
  CHECK(right);
  CHECK(n == differ && n > 250 && n < 550); /* 5,000 x (1 - 0.99^8) = 386 */
  memcpy(again, in, N);
  CHECK(axf_fault_codes(&d, 0.01, &p, again, again, N) == n && memcmp(again, out, N) == 0);
}

static void test_tech(void) {
  axf_tech t;
  double a, b, c;
  CHECK(axf_tech_read(&t, "65nm", NULL) == 0);
  CHECK(axf_tech_ber(&t, 1.0, &a) == 0 && a == 0 && axf_tech_energy(&t, 1.0) == 1);
  CHECK(axf_tech_ber(&t, 0.55, &a) == 0 && a == 0.0023);
  CHECK(axf_tech_ber(&t, 0.50, &b) == 0 && b == 0.0156);
  CHECK(axf_tech_ber(&t, 0.525, &c) == 0 && fabs(c - sqrt(a * b)) < 1e-12);
  CHECK(axf_tech_ber(&t, 0.60, &c) == 0 && fabs(c - a * a / b) < 1e-12);
  CHECK(axf_tech_ber(&t, 0.49, &c) == -1 && strstr(axf_errmsg(), "below 0.5 V"));
  CHECK(axf_tech_supply(&t, 0, &c) == 0 && c == 1 && axf_tech_supply(&t, 1e-30, &c) == 0 && c == 1);
  CHECK(axf_tech_supply(&t, 0.0023, &c) == 0 && c == 0.55 && axf_tech_supply(&t, 0.0156, &c) == 0 && c == 0.5);
  CHECK(axf_tech_supply(&t, 0.0157, &c) == -1 && strstr(axf_errmsg(), "above 0.0156"));
  CHECK(axf_tech_energy(&t, 0.55) == 0.125 && axf_tech_energy(&t, 0.5) == 0.1);
  CHECK(axf_tech_read(&t, "14nm", NULL) == 0 && fabs(axf_tech_energy(&t, 0.75) - 0.5625) < 1e-12);
  CHECK(axf_tech_read(&t, "28nm-kc705", NULL) == 0 && t.n == 7 && strstr(t.source, "Salami"));
  double last = 0;
  int rising = 1, inverse = 1;
  for (double v = 1.1; v > 0.53; v -= 0.001) {
    rising &= axf_tech_ber(&t, v, &a) == 0 && a >= last;
    inverse &= axf_tech_supply(&t, a, &b) == 0 && fabs(b - (v < 1 ? v : 1)) < 1e-9;
    last = a;
  }
  CHECK(rising && inverse && last > 1e-4);
  CHECK(axf_tech_read(&t, "65", NULL) == -1 && strstr(axf_errmsg(), "there are: 65nm 28nm-vc707"));
}

static void test_bad_tables(void) {
  static const char *const bad[][2] = {
      {"point 1 ber=0.1\n", ":1: expected technology"},
      {"technology a unit=mV nominal=1\n", ":1: unit= must be"},
      {"technology a unit=V nominal=1\npoint 0.5 ber=0.1\npoint 0.6 ber=0.2\n", ":3: the voltages must fall"},
      {"technology a unit=V nominal=1\npoint 0.5 ber=0.1\npoint 0.4 ber=0.1\n", ":3: ber= must rise"},
      {"technology a unit=V nominal=1\npoint 0.5 ber=x\n", ":2: ber must be a finite"},
      {"technology a unit=V nominal=1\npoint 0.5\n", ":2: ber= is missing"},
      {"technology a unit=V nominal=1\npoint 0.5 ber=0.1 energy=0.5\npoint 0.4 ber=0.2\n", ":3: energy= stands"},
      {"technology a unit=V nominal=1\npoint 0.5 ber=0.1\n", "fewer than two points"}};
  char path[] = "/tmp/axf-tech-XXXXXX";
  axf_tech t;
  int fd = mkstemp(path);
  CHECK(fd >= 0);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    FILE *f = fopen(path, "w");
    CHECK(f && fputs(bad[i][0], f) >= 0 && fclose(f) == 0);
    CHECK_MSG(axf_tech_read(&t, "a", path) == -1 && strstr(axf_errmsg(), bad[i][1]), "table %zu: %s", i, axf_errmsg());
  }
  remove(path);
}

/* Every error of one cell is corrected, every error of two is found, for every word; a parity bit finds every odd one;
 * a word without errors is itself; upper bits at nominal supply are no cells. */
static void test_protections(void) {
  static const char *const name[] = {"none", "parity", "secded", "msb3"};
  static const int cells[4][2] = {{8, 16}, {9, 17}, {13, 22}, {5, 13}};
  axf_protect p;
  axf_protect_event e;
  for (int k = 0; k < 4; k++) {
    CHECK(axf_protect_of("it", name[k], &p) == 0 && strcmp(axf_protect_name(p), name[k]) == 0);
    for (int w = 0; w < 2; w++) {
      const int width = w ? 16 : 8, n = axf_protect_cells(p, width);
      int wrong = 0;
      CHECK(n == cells[k][w]);
      for (uint32_t word = 0; word < 1u << width; word += w ? 97 : 1) {
        const uint32_t stored = axf_protect_encode(p, width, word);
        wrong += axf_protect_decode(p, width, stored, &e) != word || e != AXF_PROTECT_RIGHT;
        for (int i = 0; i < n && (k == 1 || k == 2); i++)
          for (int j = i; j < n; j++) { /* i == j: one cell */
            const uint32_t mask = 1u << i | 1u << j;
            const uint32_t read = axf_protect_decode(p, width, stored ^ mask, &e);
            if (k == 1)
              wrong += i == j ? read || e != AXF_PROTECT_DETECTED
                              : read != ((word ^ mask) & ((1u << width) - 1)) || e != AXF_PROTECT_RIGHT;
            else
              wrong += i == j ? read != word || e != AXF_PROTECT_CORRECTED : read || e != AXF_PROTECT_DETECTED;
          }
      }
      CHECK_MSG(wrong == 0, "%s, %d bits: %d wrong", name[k], width, wrong);
    }
  }
  CHECK(axf_protect_encode(p, 8, 0) == 0);
  CHECK(axf_protect_of("it", "msb8", &p) == -1 && strstr(axf_errmsg(), "it must be none, parity, secded or msb1"));
  CHECK(axf_protect_of("it", "msb12", &p) == -1 && axf_protect_of("it", "", &p) == -1);
}

int main(void) {
  uint32_t *a = malloc(MACROS * WORDS * sizeof *a), *b = malloc(MACROS * WORDS * sizeof *b);
  if (!a || !b)
    return 1;
  test_hash();
  test_rate_and_nesting(a, b);
  test_independence(a, b);
  test_order(a, b);
  test_kinds(a, b);
  test_transient();
  test_clusters();
  test_codes();
  test_protections();
  test_tech();
  test_bad_tables();
  free(a);
  free(b);
  return check_done("faults");
}
