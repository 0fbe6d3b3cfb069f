/* Every parser behind libFuzzer's entry: FUZZ_TARGET in the environment names the one that is fed. A parser must refuse
 * or accept any bytes without a crash, a leak or undefined behaviour, and say something when it refuses.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/program.h"
#include "data/data.h"
#include "data/set.h"
#include "experiment/exp.h"
#include "faults/faults.h"
#include "fuzz/program.h"
#include "import/import.h"
#include "import/npy.h"
#include "mult/mult.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static char dir[] = "/dev/shm/axflow-fuzz.XXXXXX";
static char path[64];

/* The input as file NAME of the working folder. */
static const char *as_file(const char *name, const uint8_t *bytes, size_t len) {
  snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *f = fopen(path, "wb");
  if (!f || fwrite(bytes, 1, len, f) != len || fclose(f))
    abort();
  return path;
}

/* A refusal without a sentence is a fault. */
static int refused(int r) {
  if (r && !axf_errmsg()[0])
    abort();
  return r;
}

static void net(const uint8_t *b, size_t n) {
  axf_net t;
  if (!refused(axf_net_load(&t, as_file("a.net", b, n))))
    axf_net_free(&t);
}

/* A container whose length and sha256 are made right, or no mutation would get behind them. */
static const char *container(const char *name, const uint8_t *b, size_t n) {
  for (size_t i = 0; i + 6 < n; i++) {
    if (memcmp(b + i, "\ndata ", 6) != 0)
      continue;
    const uint8_t *end = memchr(b + i + 6, '\n', n - i - 6);
    if (!end)
      break;
    const size_t rest = n - (size_t)(end + 1 - b);
    char sha[65], line[128];
    axf_sha256_hex(end + 1, rest, sha);
    int m = snprintf(line, sizeof line, "\ndata %zu %s\n", rest, sha);
    uint8_t *all = malloc(i + (size_t)m + rest);
    memcpy(all, b, i);
    memcpy(all + i, line, (size_t)m);
    memcpy(all + i + (size_t)m, end + 1, rest);
    const char *p = as_file(name, all, i + (size_t)m + rest);
    free(all);
    return p;
  }
  return as_file(name, b, n);
}

static void model(const uint8_t *b, size_t n) {
  axf_model m;
  if (!refused(axf_model_load(&m, container("a.axm", b, n))))
    axf_model_free(&m);
}

static void mult_table(const uint8_t *b, size_t n) {
  static axf_mult m;
  container("fuzzed.axt", b, n);
  refused(axf_mult_load(&m, "fuzzed", dir) < 0);
}

static void mult_list(const uint8_t *b, size_t n) {
  axf_mult_entry *list = NULL;
  if (!refused(axf_mult_list(&list, as_file("a.def", b, n), dir) < 0))
    free(list);
}

/* A part from axf_idx_load or axf_csv_load, freed as a data set. */
static void free_part(const axf_part *p) {
  axf_dataset d;
  memset(&d, 0, sizeof d);
  d.train = *p;
  axf_dataset_free(&d);
}

/* Images and labels: the first byte says how many of the rest are images. */
static void idx(const uint8_t *b, size_t n) {
  axf_part p;
  char labels[64];
  if (n < 1)
    return;
  const size_t cut = (n - 1) * b[0] / 255;
  as_file("labels", b + 1 + cut, n - 1 - cut);
  memcpy(labels, path, sizeof labels);
  memset(&p, 0, sizeof p);
  if (!refused(axf_idx_load(&p, as_file("images", b + 1, cut), labels, 10)))
    free_part(&p);
}

static void set(const uint8_t *b, size_t n) {
  axf_set s;
  if (!refused(axf_set_read(&s, as_file("a.set", b, n))))
    axf_set_free(&s);
}

/* A table, read as its first byte says. */
static void csv(const uint8_t *b, size_t n) {
  static const char *const words[] = {"a", "b", "c"};
  axf_part p;
  if (n < 1)
    return;
  axf_csv_opt o;
  memset(&o, 0, sizeof o);
  o.sep = ",;\t "[b[0] & 3];
  o.header = b[0] >> 2 & 1;
  o.label_col = b[0] & 8 ? 0 : -1;
  o.label_name = b[0] & 4 && b[0] & 16 ? "label" : NULL;
  o.words = b[0] & 32 ? words : NULL;
  o.missing = (axf_csv_missing)((b[0] >> 6) % 3);
  memset(&p, 0, sizeof p);
  if (!refused(axf_csv_load(&p, as_file("a.csv", b + 1, n - 1), NULL, &o, 3)))
    free_part(&p);
}

static void npy(const uint8_t *b, size_t n) {
  axf_npy a;
  if (!refused(axf_npy_parse(&a, "fuzz", b, n)))
    free(a.data);
}

static void npz(const uint8_t *b, size_t n) {
  axf_arrays *s = axf_arrays_open(as_file("a.npz", b, n));
  if (refused(!s))
    return;
  for (int i = 0; i < axf_arrays_count(s); i++) {
    axf_npy a;
    if (!refused(axf_arrays_read(s, i, &a)))
      free(a.data);
  }
  axf_arrays_close(s);
}

static void experiment(const uint8_t *b, size_t n) {
  axf_exp e;
  if (!refused(axf_exp_read(&e, as_file("a.exp", b, n))))
    axf_exp_free(&e);
}

/* The rows before a wrong one are the caller's, too. */
static void rows(const uint8_t *b, size_t n) {
  axf_rows r;
  char comment[256];
  memset(&r, 0, sizeof r);
  refused(axf_rows_read(&r, as_file("rows.csv", b, n), comment));
  axf_rows_free(&r);
}

static void factors(const uint8_t *b, size_t n) {
  static axf_net lenet;
  axf_factors f[AXF_MAX_LAYERS];
  char text[512];
  if (!lenet.nlayers && axf_net_parse(&lenet, "net", "net t\ninput 1 9 9\nconv c1 maps=3 kernel=3\nfc f2 out=4\n"))
    abort();
  refused(axf_factors_parse(f, &lenet, as_file("a.txt", b, n)) < 0);
  if (n < sizeof text && !memchr(b, 0, n)) {
    memcpy(text, b, n);
    text[n] = 0;
    refused(axf_factors_parse(f, &lenet, text) < 0);
  }
}

static void tech(const uint8_t *b, size_t n) {
  axf_tech t;
  refused(axf_tech_read(&t, "65nm", as_file("tech.txt", b, n)));
}

static const struct {
  const char *name;
  void (*feed)(const uint8_t *, size_t);
} targets[] = {{"net", net},
               {"model", model},
               {"mult_table", mult_table},
               {"mult_list", mult_list},
               {"idx", idx},
               {"set", set},
               {"csv", csv},
               {"npy", npy},
               {"npz", npz},
               {"experiment", experiment},
               {"rows", rows},
               {"factors", factors},
               {"program", fuzz_program},
               {"tech", tech}};
static void (*feed)(const uint8_t *, size_t);

static void clear(void) {
  static const char *const names[] = {"a.net", "a.axm", "fuzzed.axt", "a.def",    "labels", "images",  "a.set",
                                      "a.csv", "a.npz", "a.exp",      "rows.csv", "a.txt",  "tech.txt"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    snprintf(path, sizeof path, "%s/%s", dir, names[i]);
    unlink(path);
  }
  rmdir(dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  const char *name = getenv("FUZZ_TARGET");
  (void)argc, (void)argv;
  for (size_t i = 0; name && i < sizeof targets / sizeof targets[0]; i++)
    if (strcmp(targets[i].name, name) == 0)
      feed = targets[i].feed;
  if (!feed) {
    fprintf(stderr, "fuzz: FUZZ_TARGET must be one of:");
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
      fprintf(stderr, " %s", targets[i].name);
    fprintf(stderr, "\n");
    exit(2);
  }
  if (!mkdtemp(dir))
    abort();
  atexit(clear);
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  axf_fail("%s", "");
  feed(bytes, len);
  return 0;
}
