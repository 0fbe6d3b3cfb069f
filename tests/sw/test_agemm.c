/* The approximate matrix product: every path against the definition, on every multiplier of the library, on tables made
 * to need each method, on random tables; shapes from 1x1x1; and what the plans say.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agemm/agemm.h"
#include "check.h"
#include "mult/mult.h"
#include <stdlib.h>
#include <string.h>

static axf_rng rng;
static uint16_t table[65536];

static int between(int lo, int hi) { return lo + (int)axf_rng_below(&rng, (uint32_t)(hi - lo + 1)); }

/* ---- tables ---- */
typedef uint32_t (*table_fn)(uint32_t w, uint32_t a);

static uint32_t exact(uint32_t w, uint32_t a) { return w * a; }
static uint32_t zero(uint32_t w, uint32_t a) { return 0 * w * a; }
static uint32_t constant(uint32_t w, uint32_t a) { return 0 * w * a + 65535; }
static uint32_t plus_row(uint32_t w, uint32_t a) { return w * a + w; }
static uint32_t plus_column(uint32_t w, uint32_t a) { return w * a + a / 3; }
/* Entries of more than 8 bits in both factors. */
static uint32_t wide_rank1(uint32_t w, uint32_t a) { return (w % 150 + 1) * (a + 150) * (a > 9 ? 1 : 0); }
static uint32_t wide_columns(uint32_t w, uint32_t a) { return (w & 1) * (a * a + 7); }
static uint32_t small_random(uint32_t w, uint32_t a) { return 0 * w * a + axf_rng_below(&rng, 256); }
static uint32_t near_exact(uint32_t w, uint32_t a) { return w * a + axf_rng_below(&rng, 128); }
static uint32_t random15(uint32_t w, uint32_t a) { return 0 * w * a + axf_rng_below(&rng, 32768); }
static uint32_t random16(uint32_t w, uint32_t a) { return 0 * w * a + axf_rng_below(&rng, 65536); }
static uint32_t extremes(uint32_t w, uint32_t a) { return 0 * w * a + 65535 * axf_rng_below(&rng, 2); }

/* 2x2 blocks with 3*3 = 7: rank 2. */
static uint32_t blocks(uint32_t w, uint32_t a) {
  uint32_t p = 0;
  for (int i = 0; i < 8; i += 2)
    for (int k = 0; k < 8; k += 2) {
      uint32_t x = w >> i & 3, y = a >> k & 3;
      p += (x == 3 && y == 3 ? 7 : x * y) << (i + k);
    }
  return p;
}

static uint32_t nearest_power(uint32_t x) {
  uint32_t p = 1;
  while (x && 2 * p <= x)
    p *= 2;
  return x == 0 ? 0 : p > 1 && x >= p + p / 2 ? 2 * p : p;
}

/* Rounding based: w*Ar + Wr*a - Wr*Ar, rank 2, with the factor 256. */
static uint32_t rounded(uint32_t w, uint32_t a) {
  uint32_t u = nearest_power(w), v = nearest_power(a);
  return w * v + u * a - u * v;
}

static const struct {
  const char *name;
  table_fn fn;
  const char *method; /* unsigned; NULL: any */
  int rank;           /* -1: not checked */
} tables[] = {
    {"exact", exact, "low rank", 1},
    {"zero", zero, "low rank", 0},
    {"constant", constant, "low rank", 1},
    {"plus_row", plus_row, "low rank", 1},
    {"plus_column", plus_column, "low rank", 2},
    {"wide_rank1", wide_rank1, NULL, 1},
    {"wide_columns", wide_columns, "low rank", 1},
    {"blocks", blocks, "low rank", 2},
    {"rounded", rounded, "low rank", 2},
    {"small_random", small_random, "error plane", -1},
    {"near_exact", near_exact, "error plane", -1},
    {"random15", random15, "table", -1},
    {"random16", random16, "table", -1},
    {"extremes", extremes, "table", -1},
};

static void fill(table_fn fn) {
  for (uint32_t w = 0; w < 256; w++)
    for (uint32_t a = 0; a < 256; a++)
      table[w * 256 + a] = (uint16_t)fn(w, a);
}

/* ---- one product ---- */
static uint8_t *random_codes(size_t n) {
  const int kind = between(0, 3); /* all codes, few, extremes, mostly zero */
  uint8_t *v = axf_alloc(n, 1);
  for (size_t i = 0; i < n; i++) {
    uint32_t r = (uint32_t)axf_rng_u64(&rng);
    v[i] = (uint8_t)(kind == 0 ? r : kind == 1 ? r & 0x83 : kind == 2 ? (r & 1 ? 255 : 127) : r & 0x700 ? 0 : r);
  }
  return v;
}

/* Shapes whose weights were made ready for few columns. */
static int turned;

/* Fresh and accumulated; with room around C that must stay as it was. */
static void one_shape(const axf_agemm *p, int kind, int M, int K, int N, void *scratch, size_t *wrong) {
  const size_t lda = (size_t)(N + between(0, 5)), ldc = (size_t)(N + between(0, 70));
  uint8_t *w = random_codes((size_t)M * K), *a = random_codes((size_t)(K - 1) * lda + N);
  int32_t *c = axf_alloc((size_t)M * ldc, 4), *want = axf_alloc((size_t)M * ldc, 4);
  axf_agemm_weights ready;
  CHECK(axf_agemm_weights_new(&ready, p, M, K, between(0, 2) ? N : 0) == 0);
  turned += ready.turned != NULL;
  axf_agemm_weights_set(&ready, p, w);
  for (size_t i = 0; i < M * ldc; i++)
    c[i] = want[i] = (int32_t)axf_rng_u64(&rng);
  for (int accumulate = 0; accumulate < 2; accumulate++) {
    axf_agemm_reference(table, kind, w, a, lda, M, K, N, want, ldc, accumulate);
    axf_agemm_run(p, &ready, a, lda, N, c, ldc, accumulate, scratch);
    *wrong += memcmp(c, want, M * ldc * sizeof *c) != 0;
    if (ready.turned) { /* and from activations by rows */
      const size_t pitch = (size_t)(K + between(0, 3));
      uint8_t *rows = axf_alloc(pitch * (size_t)N, 1);
      for (int n = 0; n < N; n++)
        for (int k = 0; k < K; k++)
          rows[n * pitch + k] = a[k * lda + n];
      axf_agemm_run_rows(p, &ready, rows, pitch, N, c, ldc, 0, scratch);
      axf_agemm_reference(table, kind, w, a, lda, M, K, N, want, ldc, 0);
      *wrong += memcmp(c, want, M * ldc * sizeof *c) != 0;
      free(rows);
    }
  }
  axf_agemm_weights_free(&ready);
  free(w);
  free(a);
  free(c);
  free(want);
}

/* The filled table on all paths, as a core of each kind, with `shapes` random shapes; each path sees the same ones. */
static void all_paths(const char *name, int shapes) {
  void *scratch = axf_alloc(AXF_AGEMM_SCRATCH, 1);
  const axf_rng before = rng;
  for (int path = AXF_AGEMM_PLAIN; path <= AXF_AGEMM_AVX512; path++)
    for (int kind = AXF_AGEMM_BYTES; kind <= AXF_AGEMM_TWOS; kind++) {
      size_t wrong = 0;
      if (!axf_agemm_has((axf_agemm_path)path))
        continue;
      axf_agemm *p = axf_agemm_new(table, kind, (axf_agemm_path)path);
      CHECK_MSG(p != NULL, "%s", axf_errmsg());
      if (!p)
        continue;
      rng = before;
      one_shape(p, kind, 1, 1, 1, scratch, &wrong);
      one_shape(p, kind, between(1, 13), between(500, 800), between(1, 70), scratch, &wrong);
      for (int i = 0; i < shapes; i++)
        one_shape(p, kind, between(1, 13), between(1, 60), between(1, 300), scratch, &wrong);
      for (int i = 0; i < shapes; i++)
        one_shape(p, kind, between(20, 330), between(1, 90), between(1, 40), scratch, &wrong);
      one_shape(p, kind, 70, between(1000, 2100), 17, scratch, &wrong);
      CHECK_MSG(wrong == 0, "%s path %d kind %d (%s): %zu products differ", name, path, kind, axf_agemm_method(p),
                wrong);
      axf_agemm_free(p);
    }
  free(scratch);
}

static void test_made_tables(void) {
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    char want[32];
    fill(tables[i].fn);
    axf_agemm *p = axf_agemm_new(table, 0, AXF_AGEMM_PLAIN);
    char *text = p ? axf_agemm_plan_text(p) : NULL;
    CHECK(text != NULL);
    if (!text)
      continue;
    if (tables[i].method)
      CHECK_MSG(strcmp(axf_agemm_method(p), tables[i].method) == 0, "%s:\n%s", tables[i].name, text);
    snprintf(want, sizeof want, "rank     %d over", tables[i].rank);
    if (tables[i].rank >= 0)
      CHECK_MSG(strstr(text, want), "%s:\n%s", tables[i].name, text);
    free(text);
    axf_agemm_free(p);
    all_paths(tables[i].name, 8);
  }
}

/* Every multiplier of the list, by its formula, or by its table when it has none. */
static void test_library(void) {
  static axf_mult m;
  axf_mult_entry *list;
  int n = axf_mult_list(&list, NULL, NULL), tested = 0;
  for (int i = 0; i < n; i++) {
    uint32_t v;
    if (axf_mult_formula(list[i].name, 0, 0, &v) == 0) {
      for (uint32_t k = 0; k < 65536 && axf_mult_formula(list[i].name, k >> 8, k & 255, &v) == 0; k++)
        table[k] = (uint16_t)v;
    } else if (list[i].built && axf_mult_load(&m, list[i].name, NULL) == 0) {
      memcpy(table, m.t, sizeof table);
    } else {
      continue;
    }
    all_paths(list[i].name, 3);
    tested++;
    if (strncmp(list[i].name, "drum", 4) == 0) {
      axf_agemm *p = axf_agemm_new(table, 0, AXF_AGEMM_PLAIN);
      char *text = axf_agemm_plan_text(p);
      CHECK_MSG(strstr(text, ": 1 exact 8-bit product on"), "%s:\n%s", list[i].name, text);
      free(text);
      axf_agemm_free(p);
    }
  }
  CHECK_MSG(tested >= 30, "only %d multipliers were found", tested);
  free(list);
}

/* What is known of the structure of multipliers (over all pairs): DRUM, static segments, cut operands and perforation
 * have rank 1, the 2x2 blocks and RoBA rank 2, truncation by t columns at most t + 1; Mitchell's, lower-part OR and
 * approximate compressors are not of low rank. */
static void test_ranks(void) {
  static const struct {
    const char *name;
    int least, most; /* 99: above what is looked into */
  } known[] = {{"exact", 1, 1},    {"drum4", 1, 1},  {"ssm5", 1, 1},      {"exact4", 1, 1}, {"perf1_2", 1, 1},
               {"kulkarni", 2, 2}, {"roba", 2, 2},   {"trunc1", 1, 2},    {"trunc4", 1, 5}, {"trunc7", 1, 8},
               {"bam2_6", 1, 7},   {"bam5_9", 1, 3}, {"mitchell", 9, 99}, {"lor6", 9, 99},  {"comp7", 9, 99}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    uint32_t v;
    int rank = 99;
    for (uint32_t k = 0; k < 65536; k++)
      table[k] = (uint16_t)(axf_mult_formula(known[i].name, k >> 8, k & 255, &v) == 0 ? v : 0);
    axf_agemm *p = axf_agemm_new(table, AXF_AGEMM_BYTES, AXF_AGEMM_PLAIN);
    char *text = axf_agemm_plan_text(p), *at = strstr(text, "rank     ");
    if (at && sscanf(at + 9, "%d", &rank) != 1)
      rank = 99;
    CHECK_MSG(at && rank >= known[i].least && rank <= known[i].most, "%s: rank %d", known[i].name, rank);
    free(text);
    axf_agemm_free(p);
  }
}

/* Signed cores: what the products are, by hand, and which method each gets. */
static void test_twos(void) {
  static const struct {
    const char *name, *method;
  } cores[] = {{"s_exact", "low rank"}, {"s_trunc5", "error plane"}, {"s_trunc7", "table"}};
  const uint8_t w[] = {0x83, 3, 0x80, 0xff}, a[] = {5, 0x85, 0x80, 0xff}; /* -3, 3, 0, -127; 5, -5, 0, -127 */
  const int32_t want[] = {-15, 15, 0, 381, 15, -15, 0, -381, 0, 0, 0, 0, -635, 635, 0, 16129};
  for (int i = 0; i < 3; i++) {
    uint32_t v;
    for (uint32_t k = 0; k < 65536; k++)
      table[k] = (uint16_t)(axf_mult_formula(cores[i].name, k >> 8, k & 255, &v) == 0 ? v : 0);
    all_paths(cores[i].name, 6);
    axf_agemm *p = axf_agemm_new(table, AXF_AGEMM_TWOS, AXF_AGEMM_PLAIN);
    CHECK_MSG(strcmp(axf_agemm_method(p), cores[i].method) == 0, "%s: %s", cores[i].name, axf_agemm_method(p));
    axf_agemm_free(p);
    for (int m = 0; i == 0 && m < 4; m++)
      for (int n = 0; n < 4; n++) {
        int32_t c;
        axf_agemm_reference(table, AXF_AGEMM_TWOS, &w[m], &a[n], 1, 1, 1, 1, &c, 1, 0);
        CHECK_MSG(c == want[4 * m + n], "codes %02x %02x: %d", w[m], a[n], c);
      }
  }
}

static void test_random_tables(void) {
  for (int i = 0; i < 20; i++) {
    fill(i % 2 ? random16 : random15);
    if (i % 3 == 0) /* a low rank with one wrong entry */
      fill(exact);
    if (i % 3 == 0)
      table[between(0, 127) * 256 + between(0, 127)] ^= (uint16_t)(1 << between(0, 15));
    all_paths("random", 4);
  }
}

/* The largest sums that there are: all weights, and all activations, are the same; lengths around the limits of blocks.
 */
static void test_largest_sums(void) {
  static const uint8_t codes[] = {0x00, 0x7f, 0x80, 0xff};
  static const uint32_t largest[] = {65535, 32767, 255};
  void *scratch = axf_alloc(AXF_AGEMM_SCRATCH, 1);
  uint8_t *w = axf_alloc(2048, 1), *a = axf_alloc(2048 * 3, 1);
  for (int kind = 0; kind < 3; kind++) { /* no low rank */
    for (uint32_t i = 0; i < 65536; i++)
      table[i] = (uint16_t)((i & 127) == 0     ? 0
                            : (i & 127) == 127 ? largest[kind]
                                               : axf_rng_below(&rng, largest[kind] + 1));
    for (int path = AXF_AGEMM_PLAIN; path <= AXF_AGEMM_AVX512; path++)
      for (int a_signed = 0; a_signed < 2 && axf_agemm_has((axf_agemm_path)path); a_signed++) {
        axf_agemm *p = axf_agemm_new(table, a_signed, (axf_agemm_path)path);
        for (int K = 250; p && K <= 2048; K = K < 260 ? K + 1 : K + 447)
          for (int i = 0; i < 16; i++) {
            axf_agemm_weights ready;
            int32_t c[3], want[3];
            memset(w, codes[i / 4], (size_t)K);
            memset(a, codes[i % 4], (size_t)K * 3);
            CHECK(axf_agemm_weights_new(&ready, p, 1, K, K % 2) == 0);
            axf_agemm_weights_set(&ready, p, w);
            axf_agemm_run(p, &ready, a, 3, 3, c, 3, 0, scratch);
            axf_agemm_reference(table, a_signed, w, a, 3, 1, K, 3, want, 3, 0);
            CHECK_MSG(memcmp(c, want, sizeof c) == 0, "kind %d path %d signed %d K %d: %d, not %d", kind, path,
                      a_signed, K, c[0], want[0]);
            axf_agemm_weights_free(&ready);
          }
        axf_agemm_free(p);
      }
  }
  free(scratch);
  free(w);
  free(a);
}

/* The environment chooses the path, and a wrong word is refused. */
static void test_choice(void) {
  fill(exact);
  for (int path = AXF_AGEMM_PLAIN; path <= AXF_AGEMM_AVX512; path++) {
    static const char *const name[] = {"", "plain", "avx2", "avx512"};
    setenv("AXF_AGEMM_PATH", name[path], 1);
    axf_agemm *p = axf_agemm_new(table, 0, AXF_AGEMM_AUTO);
    CHECK((p != NULL) == axf_agemm_has((axf_agemm_path)path));
    char *text = p ? axf_agemm_plan_text(p) : NULL;
    CHECK(!p || (text && strstr(text, name[path])));
    free(text);
    axf_agemm_free(p);
  }
  setenv("AXF_AGEMM_PATH", "fast", 1);
  CHECK(axf_agemm_new(table, 0, AXF_AGEMM_AUTO) == NULL && strstr(axf_errmsg(), "'fast'"));
  unsetenv("AXF_AGEMM_PATH");
}

/* Everywhere it can be, the look-up of few columns has been taken. */
static void test_turned(void) { CHECK(!axf_agemm_has(AXF_AGEMM_AVX512) || turned > 100); }

int main(void) {
  axf_rng_seed(&rng, 3, 0);
  test_made_tables();
  test_library();
  test_ranks();
  test_twos();
  test_random_tables();
  test_turned();
  test_largest_sums();
  test_choice();
  return check_done("test_agemm");
}
