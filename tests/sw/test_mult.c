/* Multiplier tables: loading and its error messages, the list, the formulas on hand-worked pairs, the metrics.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "mult/mult.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[] = "/tmp/test_mult.XXXXXX";
static axf_mult m;

/* Writes DIR/FILE.axt: a container of `kind` for multiplier `name` with `count` entries f(w, a); name NULL: no key. */
static void write_table(const char *file, const char *kind, const char *name, int count, uint16_t (*f)(int, int)) {
  static uint16_t t[65536];
  const int64_t dim[1] = {count};
  char path[256];
  snprintf(path, sizeof path, "%s/%s.axt", dir, file);
  for (int i = 0; i < 65536; i++)
    t[i] = f(i >> 8, i & 255);
  axf_container *c = axf_container_new(kind);
  CHECK(c != NULL && (name == NULL || axf_container_set(c, "name", name) == 0));
  CHECK(axf_container_add(c, "table", AXF_U16, 1, dim, t) == 0 && axf_container_write(c, path) == 0);
  axf_container_free(c);
}

static uint16_t f_exact(int w, int a) { return (uint16_t)(w * a); }
static uint16_t f_order(int w, int a) { return (uint16_t)(w * 256 + a); }
static uint16_t f_plus(int w, int a) { return (uint16_t)(w * a + (a & 1 ? 2 : 0)); }
static uint16_t f_row(int w, int a) { return (uint16_t)(w == 0 && a == 9 ? 1 : w * a); }
static uint16_t f_column(int w, int a) { return (uint16_t)(w == 9 && a == 0 ? 1 : w * a); }
static uint16_t f_half(int w, int a) { return (uint16_t)(w * a / 2); }

/* Loading `name` must fail with a sentence that holds `word`. */
static void refuses(const char *name, const char *word) {
  CHECK_MSG(axf_mult_load(&m, name, dir) == -1, "'%s' was loaded", name);
  CHECK_MSG(strstr(axf_errmsg(), word) != NULL, "'%s': '%s' is not in: %s", name, word, axf_errmsg());
}

static void test_load(void) {
  write_table("exact", "mult", "exact", 65536, f_exact);
  write_table("order", "mult", "order", 65536, f_order);
  CHECK(axf_mult_load(&m, "exact", dir) == 0);
  CHECK(strcmp(m.name, "exact") == 0 && m.pmax == 65025 && m.zero_exact == 1);
  CHECK(axf_mult_load(&m, "order", dir) == 0);
  CHECK(m.t[3 * 256 + 5] == 773 && m.pmax == 65535 && m.zero_exact == 0); /* the row is the weight */

  write_table("exact", "mult", "exact", 65536, f_row);
  CHECK(axf_mult_load(&m, "exact", dir) == 0 && m.zero_exact == 0);
  write_table("exact", "mult", "exact", 65536, f_column);
  CHECK(axf_mult_load(&m, "exact", dir) == 0 && m.zero_exact == 0);
  write_table("exact", "mult", "exact", 65536, f_exact);

  setenv("AXF_MULT_DIR", dir, 1);
  CHECK(axf_mult_load(&m, "exact", NULL) == 0 && strcmp(axf_mult_dir(NULL), dir) == 0);
  unsetenv("AXF_MULT_DIR");
  CHECK(strcmp(axf_mult_dir(NULL), "build/mult") == 0 && strcmp(axf_mult_dir("x"), "x") == 0);

  refuses("nosuch", "exact order"); /* the known ones are named */
  refuses("", "name of a multiplier");
  refuses("../exact", "name of a multiplier");
  write_table("alias", "mult", "exact", 65536, f_exact);
  refuses("alias", "alias.axt");
  write_table("nameless", "mult", NULL, 65536, f_exact);
  refuses("nameless", "nameless.axt");
  write_table("small", "mult", "small", 65535, f_exact);
  refuses("small", "65536");
  write_table("model", "model", "model", 65536, f_exact);
  refuses("model", "model");
}

/* A flipped bit and a missing byte in the file must both be noticed. */
static void test_damage(void) {
  char path[256];
  uint8_t *buf = NULL;
  size_t len = 0;
  snprintf(path, sizeof path, "%s/exact.axt", dir);
  CHECK(axf_read_file(path, &buf, &len) == 0 && len > 131072);
  for (int k = 0; k < 2; k++) {
    buf[len - 1000] ^= (uint8_t)(k == 0 ? 4 : 0);
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL && fwrite(buf, 1, len - (size_t)k, f) == len - (size_t)k && fclose(f) == 0);
    refuses("exact", "exact.axt");
    buf[len - 1000] ^= (uint8_t)(k == 0 ? 4 : 0);
  }
  free(buf);
}

static void write_list(const char *path, const char *text) {
  FILE *f = fopen(path, "w");
  int err = f == NULL || fputs(text, f) < 0;
  if (f != NULL && fclose(f) != 0)
    err = 1;
  CHECK(!err);
}

static void test_list(void) {
  char def[256];
  axf_mult_entry *list;
  snprintf(def, sizeof def, "%s/list.def", dir);
  write_list(def,
             "# comment\norder  m_order  K=3,T=1  in the order of the table\nmissing m_none - has no table # yet\n");
  int n = axf_mult_list(&list, def, dir);
  CHECK_MSG(n == 7, "%d entries", n); /* order, missing, then alias, exact, model, nameless, small */
  if (n == 7) {
    CHECK(strcmp(list[0].name, "order") == 0 && strcmp(list[0].module, "m_order") == 0);
    CHECK(strcmp(list[0].params, "K=3,T=1") == 0 && strcmp(list[0].about, "in the order of the table") == 0);
    CHECK(list[0].listed && list[0].built && list[1].listed && !list[1].built);
    CHECK(strcmp(list[2].name, "alias") == 0 && strcmp(list[6].name, "small") == 0 && !list[6].listed);
  }
  free(list);
  write_list(def, "a m - first\n\na m - again\n");
  CHECK(axf_mult_list(&list, def, dir) == -1 && strstr(axf_errmsg(), "list.def:3:") != NULL);
  write_list(def, "a m -\n");
  CHECK(axf_mult_list(&list, def, dir) == -1 && strstr(axf_errmsg(), "list.def:1:") != NULL);
}

/* A preset is a second name of a multiplier: same table, module and parameters, and its own name. */
static void test_preset(void) {
  char def[300], folder[256], core[64];
  axf_mult_entry *list;
  snprintf(folder, sizeof folder, "%s/rtl/mult", dir);
  snprintf(def, sizeof def, "%s/multipliers.def", folder);
  CHECK(axf_mkdirs(folder) == 0);
  write_list(def, "order m_order T=3 the core\nexact m_exact - another\nK9 =order - a preset\n");
  int n = axf_mult_list(&list, NULL, dir);
  CHECK(n > 3 && strcmp(list[2].name, "K9") == 0 && strcmp(list[2].core, "order") == 0 && list[2].built);
  CHECK(n > 3 && strcmp(list[2].module, "m_order") == 0 && strcmp(list[2].params, "T=3") == 0 && !*list[0].core);
  free(list);
  CHECK(axf_mult_core(core, "K9") == 0 && strcmp(core, "order") == 0);
  CHECK(axf_mult_core(core, "exact") == 0 && strcmp(core, "exact") == 0);
  CHECK(axf_mult_load(&m, "K9", dir) == 0 && strcmp(m.name, "K9") == 0 && m.t[3 * 256 + 5] == 773);
  write_list(def, "K9 =order - before its core\norder m_order T=3 the core\n");
  CHECK(axf_mult_list(&list, NULL, dir) == -1 && strstr(axf_errmsg(), "multipliers.def:1: the preset 'K9'") != NULL);
  refuses("K9", "multipliers.def:1: the preset 'K9'");
  CHECK(remove(def) == 0);
}

static uint32_t formula(const char *name, int width, uint32_t w, uint32_t a) {
  uint32_t p = 0xdeadbeef;
  CHECK_MSG(axf_mult_formula_w(name, width, w, a, &p) == 0, "%s", axf_errmsg());
  return p;
}

/* Worked by hand. */
static void test_formula(void) {
  uint32_t p;
  CHECK(axf_mult_formula("exact", 255, 255, &p) == 0 && p == 65025);
  CHECK(formula("exact", 16, 65535, 65535) == 4294836225u);
  CHECK(formula("trunc1", 8, 1, 1) == 0 && formula("trunc1", 8, 3, 3) == 8);
  CHECK(formula("trunc2", 8, 3, 3) == 4); /* 9 = 1 + 2 + 2 + 4: columns 0, 1, 1, 2 */
  CHECK(formula("trunc8", 8, 255, 255) == 65025 - 1793);
  CHECK(formula("drum3", 8, 7, 5) == 35); /* below 2^3: exact */
  CHECK(formula("drum3", 8, 8, 1) == 10); /* 1000b -> 101b << 1 */
  CHECK(formula("drum3", 8, 255, 255) == 224u * 224u);
  CHECK(formula("drum3", 8, 200, 0) == 0);
  CHECK(formula("drum4", 16, 0x8000, 3) == 0x9000u * 3);
  CHECK(formula("exact4", 8, 0x1f, 0xff) == 0x10 * 0xf0 && formula("exact4", 16, 0x1fff, 0x0fff) == 0);
  CHECK(formula("bam2_6", 8, 7, 255) == 4 * 240 && formula("perf1_2", 8, 15, 3) == 9 * 3);
  CHECK(formula("ssm5", 8, 31, 63) == 31 * 56 && formula("lor4", 8, 3, 3) == 7);
  CHECK(formula("mitchell", 8, 3, 3) == 8 && formula("mitchell", 8, 3, 5) == 14 && formula("mitchell", 8, 0, 9) == 0);
  CHECK(formula("roba", 8, 3, 3) == 8 && formula("roba", 8, 6, 6) == 32 && formula("roba", 8, 255, 0) == 0);
  CHECK(formula("roba", 8, 255, 191) == 255 * 191 + 63 && formula("roba", 16, 65535, 65535) == 4294836224u);
  CHECK(formula("kulkarni", 8, 3, 3) == 7 && formula("kulkarni", 8, 15, 15) == 7 * 25);
  CHECK(formula("rtrunc2", 8, 3, 3) == 4 + 1 && formula("rtrunc8", 8, 0, 0) == 448);
  static const char *const none[] = {"trunc",  "drum",   "trunc30", "drum1",   "drum16", "trunc-1",
                                     "drum3x", "xexact", "bam2",    "bam2_30", "bam2_",  ""};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    CHECK_MSG(axf_mult_formula(none[i], 1, 1, &p) == -1, "'%s' has a formula", none[i]);
  CHECK(axf_mult_formula("exact", 256, 1, &p) == -1 && axf_mult_formula("exact", 1, 256, &p) == -1);
  CHECK(axf_mult_formula_w("exact", 17, 1, 1, &p) == -1);
}

static int near(double x, double want) { return fabs(x - want) <= 1e-12 * (1 + fabs(want)); }

static void test_metrics(void) {
  axf_mult_metrics x;
  write_table("exact", "mult", "exact", 65536, f_exact);
  CHECK(axf_mult_load(&m, "exact", dir) == 0);
  axf_mult_measure(&m, &x);
  CHECK(x.error_rate == 0 && x.med == 0 && x.nmed == 0 && x.mred == 0 && x.wce == 0 && x.bias == 0 && x.sd_re == 0);

  write_table("plus", "mult", "plus", 65536, f_plus); /* +2 in every odd column */
  CHECK(axf_mult_load(&m, "plus", dir) == 0 && m.zero_exact == 0);
  axf_mult_measure(&m, &x);
  CHECK(near(x.error_rate, 0.5) && near(x.med, 1) && near(x.nmed, 1.0 / 65025) && near(x.bias, 1) && x.wce == 2);
  CHECK(near(x.mre, x.mred));

  write_table("half", "mult", "half", 65536, f_half); /* floor(wa/2): e = -wa/2, less 1/2 when wa is odd */
  CHECK(axf_mult_load(&m, "half", dir) == 0);
  axf_mult_measure(&m, &x);
  CHECK(near(x.error_rate, 65025.0 / 65536)); /* wrong wherever wa > 0 */
  CHECK(near(x.med, (127.5 * 127.5) / 2 + 0.25 / 2) && near(x.bias, -x.med) && x.wce == 32513);
  CHECK(near(x.mre, -x.mred) && x.mred > 0.5 && x.mred < 0.51);
}

int main(void) {
  char clean[64];
  if (mkdtemp(dir) == NULL)
    return 1;
  setenv("AXF_ROOT", dir, 1); /* the tests have their own list */
  test_load();
  test_list();
  test_preset();
  test_damage();
  test_formula();
  test_metrics();
  snprintf(clean, sizeof clean, "rm -r %s", dir);
  CHECK(system(clean) == 0);
  return check_done("test_mult");
}
