/* Tests of sw/data: IDX, tables, normalisation, the embedded digits, the search for files. Run from the repository top
 * (or with AXF_ROOT set); real data sets are checked too where their files are found.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "data/data.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static char dir[] = "/tmp/axf_test_data_XXXXXX";

/* A path inside the scratch folder; good until four calls later. */
static const char *in_dir(const char *name) {
  static char path[4][256];
  static int turn;
  turn = (turn + 1) % 4;
  snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
  return path[turn];
}

static void put(const char *path, const void *data, size_t n) {
  FILE *f = fopen(path, "wb");
  CHECK(f != NULL && fwrite(data, 1, n, f) == n && fclose(f) == 0);
}

static const char *put_text(const char *name, const char *text) {
  const char *path = in_dir(name);
  put(path, text, strlen(text));
  return path;
}

static int says(const char *part) { return strstr(axf_errmsg(), part) != NULL; }

static void free_part(axf_part *p) {
  free(p->u8);
  free(p->f32);
  free(p->label);
  memset(p, 0, sizeof *p);
}

/* ---- IDX ---- */

static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 250, 251, 255};
static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 9, 4};

/* The files with one byte changed (at < 0: none) and some cut off or appended must be refused with `message`. */
static void refuse_idx(int at, uint8_t value, int cut, int in_labels, const char *message) {
  uint8_t b[2][40] = {{0}};
  size_t n[2] = {sizeof images, sizeof labels};
  memcpy(b[0], images, n[0]);
  memcpy(b[1], labels, n[1]);
  if (at >= 0)
    b[in_labels][at] = value;
  n[in_labels] -= cut;
  const char *i = in_dir("bad-i"), *l = in_dir("bad-l");
  axf_part p;
  put(i, b[0], n[0]);
  put(l, b[1], n[1]);
  int rc = axf_idx_load(&p, i, l, 10);
  CHECK_MSG(rc == -1 && says(message) && says(in_labels ? "bad-l: " : "bad-i: ") && p.u8 == NULL,
            "'%s' instead of '%s'", axf_errmsg(), message);
}

static void test_idx(void) {
  axf_part p, q;
  const char *i = in_dir("i"), *l = in_dir("l");
  put(i, images, sizeof images);
  put(l, labels, sizeof labels);
  CHECK(axf_idx_load(&p, i, l, 10) == 0);
  CHECK(p.n == 2 && p.c == 1 && p.h == 1 && p.w == 3 && p.classes == 10 && p.f32 == NULL);
  CHECK(p.u8[0] == 1 && p.u8[5] == 255 && p.label[0] == 9 && p.label[1] == 4);
  char hex[65];
  uint8_t both[sizeof images + sizeof labels];
  memcpy(both, images, sizeof images);
  memcpy(both + sizeof images, labels, sizeof labels);
  axf_sha256_hex(both, sizeof both, hex);
  CHECK(strcmp(hex, p.sha256) == 0 && axf_idx_sha256(&p, hex) == 0 && strcmp(hex, p.sha256) == 0);
  CHECK(axf_idx_write(&p, in_dir("i2"), in_dir("l2")) == 0);
  gzFile z = gzopen(in_dir("i.gz"), "wb"); /* the same images zipped, the labels as written back */
  CHECK(gzwrite(z, images, sizeof images) == sizeof images && gzclose(z) == Z_OK);
  CHECK(axf_idx_load(&q, in_dir("i.gz"), in_dir("l2"), 10) == 0 && strcmp(p.sha256, q.sha256) == 0);
  free_part(&q);
  CHECK(axf_idx_load(&q, in_dir("i2"), in_dir("l2"), 10) == 0 && memcmp(p.u8, q.u8, 6) == 0);
  free_part(&q);
  free_part(&p);
  refuse_idx(3, 1, 0, 0, "begins with 0x00000801, expected 0x00000803");
  refuse_idx(3, 3, 0, 1, "begins with 0x00000803, expected 0x00000801");
  refuse_idx(-1, 0, 1, 0, "truncated: 5 bytes after the head, expected 6 for 2 images");
  refuse_idx(-1, 0, 10, 0, "truncated: 12 bytes, the head alone has 16");
  refuse_idx(-1, 0, 20, 0, "begins with 0x00000000");
  refuse_idx(-1, 0, -1, 0, "1 surplus bytes after the last of 2 images");
  refuse_idx(-1, 0, -1, 1, "1 surplus bytes after the last of 2 labels");
  refuse_idx(7, 3, -1, 1, "3 labels, but ");
  refuse_idx(9, 10, 0, 1, "label 10 of example 1, expected 0 to 9");
  refuse_idx(4, 255, 0, 0, "size of dimension 0 is 4278190082");
  refuse_idx(11, 0, 0, 0, "size of dimension 1 is 0");
  CHECK(axf_idx_load(&p, in_dir("none"), l, 10) == -1 && says("none: cannot open"));
}

/* ---- tables ---- */

static int load(axf_part *p, const char *text, const char *label_text, const axf_csv_opt *o, int classes) {
  const char *path = put_text("t.csv", text);
  return axf_csv_load(p, path, label_text != NULL ? put_text("t.lab", label_text) : NULL, o, classes);
}

static void test_csv(void) {
  axf_part p;
  axf_csv_opt o = {.sep = ',', .label_col = -1};
  CHECK(load(&p, " 1, -2.5,0\r\n3,4e1,2\r\n\r\n\"5\",6,1", NULL, &o, 3) == 0);
  CHECK(p.n == 3 && p.c == 2 && p.h == 1 && p.w == 1 && p.u8 == NULL && p.f32[1] == -2.5f && p.f32[3] == 40);
  CHECK(p.f32[4] == 5 && p.label[0] == 0 && p.label[1] == 2 && p.label[2] == 1);
  free_part(&p);
  o = (axf_csv_opt){.sep = ' ', .label_col = 0, .label_base = 1};
  CHECK(load(&p, "  2.   7 \t 8\n1 9 10  \n", NULL, &o, 2) == 0 && p.c == 2 && p.label[0] == 1 && p.f32[3] == 10);
  free_part(&p);
  o = (axf_csv_opt){.sep = ';', .header = 1, .label_name = "kind"};
  CHECK(load(&p, "a;\"kind\";b\n1;0;2\n", NULL, &o, 2) == 0 && p.n == 1 && p.f32[1] == 2);
  free_part(&p);
  CHECK(load(&p, "a;b;c\n1;0;2\n", NULL, &o, 2) == -1 && says("t.csv:1: no column is named 'kind'"));
  static const char *const words[] = {"B", "M"};
  o = (axf_csv_opt){.sep = ',', .label_col = 1, .words = words, .skip = 1};
  CHECK(load(&p, "842302,M,17.99\n77,B,1\n", NULL, &o, 2) == 0 && p.c == 1 && p.label[0] == 1 && p.f32[0] == 17.99f);
  free_part(&p);
  CHECK(load(&p, "842302,X,17.99\n", NULL, &o, 2) == -1 && says("t.csv:1: column 2: 'X' is none of the 2 class names"));
  static const char *const quoted[] = {"one, two", "three"};
  o = (axf_csv_opt){.sep = ',', .label_col = 0, .words = quoted};
  CHECK(load(&p, "\"one, two\",5\n three ,6\n", NULL, &o, 2) == 0 && p.n == 2 && p.label[1] == 1 && p.f32[0] == 5);
  free_part(&p);
  CHECK(load(&p, "\"one, two,5\n", NULL, &o, 2) == -1);
  static const char *const doubled[] = {"say \"x\"", "\"", "y"};
  o = (axf_csv_opt){.sep = ';', .label_col = 0, .words = doubled};
  CHECK(load(&p, "\"say \"\"x\"\"\";5\n\"\"\"\";6\n\"y\";7\n", NULL, &o, 3) == 0 && p.label[0] == 0 &&
        p.label[1] == 1 && p.label[2] == 2 && p.f32[2] == 7);
  free_part(&p);
  o = (axf_csv_opt){.sep = '\t', .label_base = 1};
  CHECK(load(&p, "1\t2\n3\t4\n", "1\n2\n", &o, 2) == 0 && p.c == 2 && p.label[1] == 1);
  free_part(&p);
  CHECK(load(&p, "1\t2\n3\t4\n", "1\n", &o, 2) == -1 && says("1 labels, but ") && says("2 examples"));
  CHECK(load(&p, "1\t2\n3\t4\n", "1\n2\n1\n", &o, 2) == -1 && says("3 labels, but "));
  CHECK(load(&p, "1\t2\n", "3\n", &o, 2) == -1 && says("t.lab:1: label 3, expected a whole number from 1 to 2"));

  o = (axf_csv_opt){.sep = ',', .label_col = -1};
  CHECK(load(&p, "1,2,0\n1,0\n", NULL, &o, 2) == -1 && says("t.csv:2: 2 columns, expected 3"));
  CHECK(load(&p, "1,2,0\n1,a,0\n", NULL, &o, 2) == -1 && says("t.csv:2: column 2: a number was expected, found 'a'"));
  CHECK(load(&p, "1,nan,0\n", NULL, &o, 2) == -1 && load(&p, "1,0x3,0\n", NULL, &o, 2) == -1);
  CHECK(load(&p, "1,1e99,0\n", NULL, &o, 2) == -1 && says("found '1e99'"));
  CHECK(load(&p, "1,2,2\n", NULL, &o, 2) == -1 && says("t.csv:1: label 2, expected a whole number from 0 to 1"));
  CHECK(load(&p, "1,2,0.5\n", NULL, &o, 2) == -1 && load(&p, "1,2,-1\n", NULL, &o, 2) == -1);
  CHECK(load(&p, "\n \n", NULL, &o, 2) == -1 && says("holds no data"));
  CHECK(load(&p, "5\n", NULL, &o, 9) == -1 && says("no feature columns"));
  o.label_col = 3;
  CHECK(load(&p, "1,2,0\n", NULL, &o, 2) == -1 && says("no label column 3"));
  o.label_col = -1;
  put(in_dir("zero"), "1,2\0,0\n", 7);
  CHECK(axf_csv_load(&p, in_dir("zero"), NULL, &o, 2) == -1 && says("byte 3 is zero"));

  CHECK(load(&p, "1,,0\n3,?,1\n5,6,1\n", NULL, &o, 2) == -1 && says("t.csv:1: column 2: the value is missing"));
  o.missing = AXF_MISSING_DROP;
  CHECK(load(&p, "1,,0\n3,?,1\n5,6,1\n", NULL, &o, 2) == 0 && p.n == 1 && p.f32[0] == 5 && p.label[0] == 1);
  free_part(&p);
  CHECK(load(&p, "1,NA,0\n3,NaN,1\n5,nan,0\n7,8,1\n", NULL, &o, 2) == 0 && p.n == 1 && p.f32[0] == 7);
  free_part(&p);
  CHECK(load(&p, "1,\n3,4\n", "0\n1\n", &o, 2) == 0 && p.n == 1 && p.f32[1] == 4 && p.label[0] == 1);
  free_part(&p);
  o.missing = AXF_MISSING_NAN;
  CHECK(load(&p, "1,,0\n3,4,1\n", NULL, &o, 2) == 0 && p.n == 2 && isnan(p.f32[1]));
  free_part(&p);
}

/* ---- descriptions ---- */

/* Loads a described set whose files lie in the scratch folder. */
static int load_set(axf_dataset *d, const char *text) { return axf_dataset_load(d, put_text("x.set", text), dir); }

static void refuse_set(const char *text, const char *message) {
  axf_dataset d;
  CHECK_MSG(load_set(&d, text) == -1 && says(message), "'%s' instead of '%s'", axf_errmsg(), message);
}

static void test_sets(void) {
  axf_dataset d;
  CHECK(axf_mkdirs(in_dir("x")) == 0);
  put_text("x/a", "0,10,5,0\n4,?,5,1\n2,20,5,1\n");
  put_text("x/b", "1,40,6,0\n-9,15,5,1\n");
  CHECK(load_set(&d, "set x\nclasses 2\ntrain data=a\ntest data=b\ntable missing=mean\nnormalise minmax\n") == 0);
  static const float train[] = {-1, -1, 0, 1, 0, 0, 0, 1, 0}, test[] = {-0.5f, 1, 0, -1, 0, 0};
  CHECK(d.train.n == 3 && d.train.c == 3 && memcmp(d.train.f32, train, sizeof train) == 0);
  CHECK(d.test.n == 2 && memcmp(d.test.f32, test, sizeof test) == 0); /* scaled by the training part, clipped */
  CHECK(strcmp(d.name, "x") == 0 && strstr(d.source, "tables in ") == d.source);
  axf_dataset_free(&d);
  CHECK(load_set(&d, "set x\nclasses 2\ntrain data=b\ntest data=b\nnormalise standard\n") == 0);
  CHECK(fabsf(d.train.f32[0] - 1.0f / 3) < 1e-6f && fabsf(d.train.f32[3] + 1.0f / 3) < 1e-6f);
  axf_dataset_free(&d);

  char rows[4000] = "";
  for (int i = 0; i < 200; i++)
    sprintf(rows + strlen(rows), "%d %d\n", i, i % 2);
  put_text("x/c", rows);
  uint8_t seen[200] = {0};
  CHECK(load_set(&d, "set x\nclasses 2\ntrain data=c\ntable separator=blank\nsplit test=0.3 seed=5\nnormalise none") ==
        0);
  CHECK(d.train.n == 140 && d.test.n == 60);
  for (int part = 0; part < 2; part++) {
    const axf_part *p = part ? &d.test : &d.train;
    for (uint32_t i = 0; i < p->n; i++)
      seen[(int)p->f32[i]] += p->label[i] == (int)p->f32[i] % 2;
  }
  CHECK(memchr(seen, 0, 200) == NULL && memchr(seen, 2, 200) == NULL);
  axf_dataset_free(&d);

  put_text("beside.csv", "1,0\n2,1\n3,0\n4,1\n"); /* files beside a description that is named by its path */
  CHECK(axf_dataset_load(&d, put_text("y.set", "set y\nclasses 2\ntrain data=beside.csv\n"), in_dir("nothing")) == 0);
  CHECK(d.train.n == 3 && d.test.n == 1 && strstr(d.source, dir) != NULL);
  axf_dataset_free(&d);

  /* A description in place of a name, its table by an absolute path; a table alone is refused. */
  char text[2 * PATH_MAX];
  snprintf(text, sizeof text, "set z; classes 2; train data=%s; split test=0.5; names \"0;\" 1", in_dir("quoted.csv"));
  put_text("quoted.csv", "1,\"0;\"\n2,1\n3,\"0;\"\n4,1\n");
  CHECK(axf_dataset_load(&d, text, in_dir("nothing")) == 0 && strcmp(d.name, "z") == 0 && d.test.n == 2);
  axf_dataset_free(&d);
  CHECK(axf_dataset_load(&d, "set z; classes 2; tabel header=yes", NULL) == -1 &&
        says("--data:3: unknown statement 'tabel'"));
  CHECK(axf_dataset_load(&d, in_dir("quoted.csv"), NULL) == -1 &&
        says("quoted.csv needs a description, in a .set file or"));

  refuse_set("set x\nclasses 2\ntrain data=a\ntest data=b\n", "x/a:2: column 2: the value is missing");
  refuse_set("set x\nclasses 2\ntrain data=none\n", "the files of the data set 'x' were not found; looked in ");
  refuse_set("set x\nclasses 2\ntrain data=none\n", "/x (no none), ");
  CHECK(axf_dataset_load(&d, "set z; classes 2; train data=/none/a.csv", NULL) == -1 &&
        says("data set 'z': there is no file /none/a.csv"));
  CHECK(axf_dataset_load(&d, "set z; classes 2; train data=none.csv", in_dir("nothing")) == -1 &&
        says("/z (no none.csv), . (no none.csv)") && !says("make data"));
  refuse_set("set a/b\nclasses 2\ntrain data=a\n", "x.set:1: the name 'a/b' must be made of letters, digits");
  refuse_set("set x\nclasses 1\n", "x.set:2: classes must be from 2 to 256");
  refuse_set("set x\nclases 1\n", "x.set:2: unknown statement 'clases'");
  refuse_set("set x\ntrain date=a\n", "x.set:2: 'date=a' is no option of 'train'");
  refuse_set("set x\ntrain images=a\n", "x.set:2: 'train' needs images= and labels=, or data=");
  refuse_set("set x\ntable separator=comma header=maybe\n", "x.set:2: header is 'maybe', expected one of: no, yes");
  refuse_set("set x\nclasses 2\ntrain data=c\nnames a b c\n", "x.set: 3 class names for 2 classes");
  refuse_set("set x\nclasses 2\ntrain data=c\nnames \"a b\" \"c\n", "x.set:4: a class name's quotes do not end");
  refuse_set("set x\nclasses 2\ntrain data=a\ntest data=c\ntable missing=drop\n", "x/c:1: ");
  refuse_set("classes 2\n", "x.set: the statements set, classes and train are needed");
  CHECK(axf_dataset_load(&d, "no-such-set", NULL) == -1 && says("there is no data set 'no-such-set'") && says("mnist"));
  CHECK(axf_dataset_load(&d, "mnist", dir) == -1 && says("mnist (no train-images-idx3-ubyte)"));
}

/* ---- embedded digits ---- */

static void test_digits(void) {
  axf_part a, b, c;
  setenv("AXF_THREADS", "1", 1);
  CHECK(axf_digits_generate(&a, 2000, 7) == 0);
  setenv("AXF_THREADS", "3", 1);
  CHECK(axf_digits_generate(&b, 2000, 7) == 0 && axf_digits_generate(&c, 2000, 8) == 0);
  unsetenv("AXF_THREADS");
  CHECK(a.h == 28 && a.w == 28 && a.c == 1 && a.classes == 10 && a.n == 2000);
  CHECK(memcmp(a.u8, b.u8, 2000 * 784) == 0 && memcmp(a.label, b.label, 2000) == 0 && strcmp(a.sha256, b.sha256) == 0);
  int same = 0, count[10] = {0};
  for (int i = 0; i < 2000; i++) {
    same += memcmp(a.u8 + i * 784, c.u8 + i * 784, 784) == 0;
    count[a.label[i]]++;
    int ink = 0, zero = 0;
    for (int k = 0; k < 784; k++) {
      ink += a.u8[i * 784 + k] > 60;
      zero += a.u8[i * 784 + k] == 0;
    }
    CHECK_MSG(ink >= 14 && zero >= 350, "image %d: %d dark pixels, %d empty ones", i, ink, zero);
  }
  CHECK(same == 0);
  for (int k = 0; k < 10; k++)
    CHECK_MSG(count[k] > 140 && count[k] < 260, "%d images of %d", count[k], k);
  free_part(&a);
  free_part(&b);
  free_part(&c);

  /* the whole set: generated (and checked against its SHA-256), cached, read back, mended when the cache is damaged */
  axf_dataset d, e;
  setenv("AXF_BUILD", dir, 1);
  int rc = axf_dataset_load(&d, "auto", in_dir("nothing"));
  CHECK_MSG(rc == 0, "%s", axf_errmsg());
  if (rc != 0)
    return;
  CHECK(strcmp(d.name, "digits") == 0 && d.train.n == 60000 && d.test.n == 10000);
  CHECK(axf_exists(in_dir("data/digits/train-images-idx3-ubyte")) &&
        axf_exists(in_dir("data/digits/t10k-labels-idx1-ubyte")));
  put(in_dir("data/digits/t10k-labels-idx1-ubyte"), labels, sizeof labels);
  CHECK(axf_dataset_load(&e, "digits", NULL) == 0);
  CHECK(strcmp(d.train.sha256, e.train.sha256) == 0 && memcmp(d.test.label, e.test.label, 10000) == 0);
  CHECK(memcmp(d.test.u8, e.test.u8, 7840000) == 0 && strcmp(d.source, e.source) == 0);
  axf_dataset_free(&d);
  axf_dataset_free(&e);
  unsetenv("AXF_BUILD");
}

/* ---- real data, where it is ---- */

static void test_real(void) {
  static const struct {
    const char *name, *sha256; /* of the test part, two files in a row */
    uint32_t train, test;
    int features, classes;
  } sets[] = {
      {"mnist", NULL, 60000, 10000, 784, 10},
      {"fashion-mnist", NULL, 60000, 10000, 784, 10},
      {"pendigits", "8bd03229c5c5291fefe43e45465dd948d2645bf23328b9d993e0b777666b2015", 7494, 3498, 16, 10},
      {"isolet", "d3409bb424f2bf9a68d0d07d4824b1d776b430d2e49c1207f00502a9e2f2a899", 6238, 1559, 617, 26},
      {"har265", NULL, 7352, 2947, 265, 6},
      {"breast-cancer", NULL, 398, 171, 30, 2},
      {"breast-cancer-original", NULL, 489, 210, 9, 2},
  };
  for (int k = 0; k < 7; k++) {
    axf_dataset d;
    if (axf_dataset_load(&d, sets[k].name, NULL) != 0) {
      CHECK_MSG(says("were not found; looked in"), "%s", axf_errmsg());
      printf("test_data: %s is not here, not checked\n", sets[k].name);
      continue;
    }
    int size = d.train.c * d.train.h * d.train.w, outside = 0, seen[256] = {0};
    CHECK_MSG(d.train.n == sets[k].train && d.test.n == sets[k].test && size == sets[k].features, "%s: %u %u %d",
              sets[k].name, d.train.n, d.test.n, size);
    CHECK(sets[k].sha256 == NULL || strcmp(sets[k].sha256, d.test.sha256) == 0);
    for (size_t i = 0; d.train.f32 != NULL && i < (size_t)d.train.n * size; i++)
      outside += !(d.train.f32[i] >= -1 && d.train.f32[i] <= 1);
    for (uint32_t i = 0; i < d.train.n; i++)
      seen[d.train.label[i]]++;
    CHECK_MSG(outside == 0, "%s: %d features outside [-1, 1]", sets[k].name, outside);
    for (int c = 0; c < 256; c++)
      CHECK((c < sets[k].classes) == (seen[c] > 0));
    axf_dataset_free(&d);
  }
}

int main(void) {
  if (mkdtemp(dir) == NULL)
    return 1;
  test_idx();
  test_csv();
  test_sets();
  test_digits();
  test_real();
  char command[100];
  snprintf(command, sizeof command, "rm -rf %s", dir);
  CHECK(system(command) == 0);
  return check_done("test_data");
}
