/* Tests of sw/core: error texts, files, SHA-256, random numbers, mathematics, threads, JSON, text files, containers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "core/core.h"
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static char dir[] = "/tmp/axf_test_core_XXXXXX";

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

static int says(const char *part) { return strstr(axf_errmsg(), part) != NULL; }

static void test_error(void) {
  CHECK(axf_fail("%s:%d: bad", "x.net", 7) == -1 && strcmp(axf_errmsg(), "x.net:7: bad") == 0);
  axf_fail("outer: %s", axf_errmsg());
  CHECK(strcmp(axf_errmsg(), "outer: x.net:7: bad") == 0);
  char *p = axf_alloc(3, 5);
  CHECK(p != NULL && (uintptr_t)p % 64 == 0 && p[0] == 0 && p[14] == 0);
  free(p);
  CHECK(axf_alloc(SIZE_MAX / 2, 4) == NULL && says("too large"));
  char *s = axf_sprintf("%d-%s", 5, "a");
  CHECK(s != NULL && strcmp(s, "5-a") == 0);
  free(s);
}

static void test_files(void) {
  uint8_t *buf;
  size_t len;
  CHECK(axf_mkdirs(in_dir("a/b//c/")) == 0 && axf_mkdirs(in_dir("a/b/c")) == 0);
  const char *path = in_dir("a/b/c/file");
  axf_out *o = axf_out_begin(path);
  CHECK(o != NULL);
  if (o == NULL)
    return;
  fprintf(axf_out_stream(o), "hello");
  CHECK(!axf_exists(path));
  CHECK(axf_out_commit(o) == 0 && axf_exists(path));
  CHECK(axf_read_file(path, &buf, &len) == 0 && len == 5 && memcmp(buf, "hello", 6) == 0);
  free(buf);
  o = axf_out_begin(path); /* an aborted second version leaves the first */
  fprintf(axf_out_stream(o), "other");
  axf_out_abort(o);
  CHECK(axf_read_file(path, &buf, &len) == 0 && memcmp(buf, "hello", 6) == 0);
  free(buf);
  CHECK(axf_mkdirs(in_dir("a/b/c/file/d")) == -1 && says("a/b/c/file"));
  CHECK(axf_read_file(in_dir("none"), &buf, &len) == -1 && says("none: cannot open for reading: No such file"));
  CHECK(axf_read_file(dir, &buf, &len) == -1 && says("is a directory"));
  CHECK(axf_out_begin(in_dir("no/such/file")) == NULL && says("cannot open for writing: No such file"));
  CHECK(axf_out_begin(dir) == NULL && says("is a directory"));
  char command[300];
  snprintf(command, sizeof command, "ls -R %s | grep -q '[.]tmp[.]'", dir);
  CHECK_MSG(system(command) != 0, "a temporary file was left behind");
  if (access("/dev/full", W_OK) == 0) { /* a full disk: small data fail at the flush, large ones on the way */
    for (int big = 0; big < 2; big++) {
      o = axf_out_begin("/dev/full");
      CHECK(o != NULL);
      for (int i = 0; i < (big ? 100000 : 1); i++)
        fprintf(axf_out_stream(o), "some text ");
      CHECK(axf_out_commit(o) == -1 && says("/dev/full: cannot write: "));
    }
  }
}

static void test_gzip(void) {
  uint8_t *buf, *text = malloc(300000);
  size_t len;
  axf_rng r;
  axf_rng_seed(&r, 1, 1);
  for (int i = 0; i < 300000; i++)
    text[i] = (uint8_t)axf_rng_below(&r, 50);
  const char *path = in_dir("x.gz");
  gzFile z = gzopen(path, "wb");
  CHECK(gzwrite(z, text, 300000) == 300000 && gzclose(z) == Z_OK);
  CHECK(axf_read_file(path, &buf, &len) == 0 && len == 300000 && memcmp(buf, text, len) == 0);
  free(buf);
  char plain[65], zipped[65];
  axf_sha256_hex(text, 300000, plain);
  CHECK(axf_sha256_file(path, zipped) == 0 && strcmp(plain, zipped) == 0);
  for (int cut = 1; cut <= 100001; cut += 50000) {
    CHECK(truncate(path, 150000 - cut) == 0);
    CHECK_MSG(axf_read_file(path, &buf, &len) == -1 && says("truncated"), "%s", axf_errmsg());
  }
  put(in_dir("empty"), "", 0);
  CHECK(axf_read_file(in_dir("empty"), &buf, &len) == 0 && len == 0 && buf[0] == 0);
  free(buf);
  free(text);
}

/* Test vectors of FIPS 180-2 appendix B, and of a million letters. */
static void test_sha256(void) {
  char hex[65];
  axf_sha256_hex("", 0, hex);
  CHECK(strcmp(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") == 0);
  axf_sha256_hex("abc", 3, hex);
  CHECK(strcmp(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0);
  axf_sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex);
  CHECK(strcmp(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1") == 0);
  char *a = malloc(1000000);
  memset(a, 'a', 1000000);
  axf_sha256_hex(a, 1000000, hex);
  CHECK(strcmp(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0") == 0);
  free(a);
}

static void test_rng(void) {
  axf_rng r, same, other;
  /* first outputs of the published generator from the state 1, 2, 3, 4 */
  static const uint64_t first[] = {11520u,
                                   0u,
                                   1509978240u,
                                   1215971899390074240u,
                                   1216172134540287360u,
                                   607988272756665600u,
                                   16172922978634559625u,
                                   8476171486693032832u,
                                   10595114339597558777u,
                                   2904607092377533576u};
  r = (axf_rng){{1, 2, 3, 4}};
  for (int i = 0; i < 10; i++)
    CHECK(axf_rng_u64(&r) == first[i]);
  axf_rng_seed(&r, 5, 6);
  axf_rng_seed(&same, 5, 6);
  axf_rng_seed(&other, 5, 7);
  uint64_t a = axf_rng_u64(&r);
  CHECK(a == axf_rng_u64(&same) && a != axf_rng_u64(&other));
  double sum = 0, square = 0, fourth = 0, flat = 0;
  int count[7] = {0}, n = 200000, outside = 0;
  for (int i = 0; i < n; i++) {
    uint32_t k = axf_rng_below(&r, 7);
    float u = axf_rng_uniform(&r), z = axf_rng_normal(&r);
    outside += k > 6 || !(u >= 0 && u < 1) || !isfinite(z);
    count[k % 7]++;
    flat += u;
    sum += z;
    square += z * z;
    fourth += (double)z * z * z * z;
  }
  CHECK(outside == 0);
  CHECK(fabs(flat / n - 0.5) < 0.003 && fabs(sum / n) < 0.01 && fabs(square / n - 1) < 0.02);
  CHECK(fabs(fourth / n - 3) < 0.15);
  for (int i = 0; i < 7; i++)
    CHECK_MSG(abs(count[i] - n / 7) < 800, "value %d came %d times", i, count[i]);
  CHECK(axf_rng_below(&r, 1) == 0);
  uint32_t v[100], seen = 0, moved = 0;
  for (uint32_t i = 0; i < 100; i++)
    v[i] = i;
  axf_rng_shuffle(&r, v, 100);
  for (uint32_t i = 0; i < 100; i++) {
    moved += v[i] != i;
    for (uint32_t j = 0; j < 100; j++)
      seen += v[j] == i;
  }
  CHECK(seen == 100 && moved > 80);
}

/* Largest error of f against the double function g in units of the last place, over [lo, hi]. */
static double worst(float (*f)(float), double (*g)(double), double lo, double hi) {
  double most = 0;
  for (int i = 0; i <= 400000; i++) {
    float x = (float)(lo + (hi - lo) * i / 400000);
    double want = g(x), ulp = nextafterf(fabsf((float)want), INFINITY) - (double)fabsf((float)want);
    double e = fabs(f(x) - want) / ulp;
    most = e > most || !(e == e) ? e : most;
  }
  return most;
}

static void test_fmath(void) {
  double e = worst(axf_expf, exp, -87.3, 88.72), l = worst(axf_logf, log, 1e-3, 10),
         big = worst(axf_logf, log, 10, 3e38);
  double s = worst(axf_sinf, sin, -20, 20), c = worst(axf_cosf, cos, -20, 20);
  double far = worst(axf_sinf, sin, -1e6, 1e6), one = worst(axf_logf, log, 0.99, 1.01);
  CHECK_MSG(e <= 1 && l <= 1 && big <= 1 && s <= 1 && c <= 1 && far <= 1 && one <= 1, "%g %g %g %g %g %g %g", e, l, big,
            s, c, far, one);
  CHECK(axf_expf(0) == 1 && axf_expf(-200) == 0 && axf_expf(-INFINITY) == 0);
  CHECK(axf_expf(200) > 3.4e38f && isfinite(axf_expf(INFINITY)) && isnan(axf_expf(NAN)));
  CHECK(axf_logf(1) == 0 && axf_logf(0) == -INFINITY && isnan(axf_logf(-1)) && axf_logf(INFINITY) == INFINITY);
  CHECK(fabs(axf_logf(1e-42f) - log(1e-42f)) < 1e-5 && isnan(axf_logf(NAN)));
  CHECK(axf_sinf(0) == 0 && axf_cosf(0) == 1 && isnan(axf_sinf(INFINITY)) && isnan(axf_cosf(1e30f)));
}

typedef struct {
  uint8_t done[1000];
  atomic_int wrong, inner;
} loop_state;

static void inner_task(void *ctx, size_t i, int worker) {
  loop_state *s = ctx;
  atomic_fetch_add(&s->inner, (int)i + (worker < 0 || worker >= axf_threads() ? 1000000 : 0));
}

static void outer_task(void *ctx, size_t i, int worker) {
  loop_state *s = ctx;
  s->done[i]++;
  if (worker < 0 || worker >= axf_threads())
    atomic_fetch_add(&s->wrong, 1);
  if (i % 100 == 0)
    axf_parallel_for(4, inner_task, s);
}

/* The helpers take longer than the caller, who must wait for them. */
static void slow_task(void *ctx, size_t i, int worker) {
  usleep(worker == 0 ? 500 : 5000);
  ((loop_state *)ctx)->done[i]++;
}

static void test_threads(void) {
  loop_state late = {0};
  setenv("AXF_THREADS", "4", 1);
  axf_parallel_for(12, slow_task, &late);
  for (int i = 0; i < 12; i++)
    CHECK_MSG(late.done[i] == 1, "task %d was not finished when the loop returned", i);
  static const char *counts[] = {"1", "2", "5", "2", "64"};
  for (int k = 0; k < 5; k++) {
    setenv("AXF_THREADS", counts[k], 1);
    CHECK(axf_threads() == atoi(counts[k]) && axf_threads_check() == 0);
    for (int round = 0; round < 20; round++) {
      loop_state s = {0};
      axf_parallel_for(1000, outer_task, &s);
      int once = 0;
      for (int i = 0; i < 1000; i++)
        once += s.done[i] == 1;
      CHECK(once == 1000 && s.wrong == 0 && s.inner == 60);
    }
  }
  static const char *bad[] = {"0", "65", "two", "2 ", "-1", "99999999999999999999"};
  for (int k = 0; k < 6; k++) {
    setenv("AXF_THREADS", bad[k], 1);
    CHECK(axf_threads_check() == -1 && says("AXF_THREADS") && says(bad[k]) && axf_threads() >= 1);
  }
  unsetenv("AXF_THREADS");
  CHECK(axf_threads() >= 1 && axf_threads_check() == 0);
}

static void test_json(void) {
  char *text = NULL;
  size_t len;
  FILE *f = open_memstream(&text, &len);
  axf_json j;
  axf_json_begin(&j, f);
  axf_json_str(&j, "s", "a\"b\\c\nd\x01\xff\xc3\xa4");
  axf_json_arr(&j, "a");
  axf_json_num(&j, NULL, 0.1);
  axf_json_num(&j, NULL, -3);
  axf_json_num(&j, NULL, 1e300);
  axf_json_num(&j, NULL, 1.0 / 3);
  axf_json_num(&j, NULL, NAN);
  axf_json_obj(&j, NULL);
  axf_json_bool(&j, "t", 1);
  axf_json_close(&j);
  axf_json_obj(&j, NULL);
  axf_json_close(&j);
  axf_json_close(&j);
  axf_json_num(&j, "n", 9007199254740991.0);
  axf_json_end(&j);
  fclose(f);
  static const char want[] =
      "{\n  \"s\": \"a\\\"b\\\\c\\nd\\u0001\\ufffd\xc3\xa4\",\n  \"a\": [0.1, -3, 1e+300, "
      "0.3333333333333333, null, {\n      \"t\": true\n    }, {}],\n  \"n\": 9007199254740991\n}\n";
  CHECK_MSG(strcmp(text, want) == 0, "got %s", text);
  free(text);
  f = open_memstream(&text, &len);
  char *argv[] = {"/some/where/axflow", "train", "--out", "it's a file"};
  axf_json_begin(&j, f);
  axf_json_provenance(&j, 4, argv, UINT64_MAX);
  axf_json_end(&j);
  fclose(f);
  CHECK(strstr(text, "\"axflow train --out 'it'\\\\''s a file'\"") != NULL);
  CHECK(strstr(text, "\"seed\": 18446744073709551615") != NULL && strstr(text, "git_revision") != NULL);
  free(text);
}

static void test_text(void) {
  char buf[] = "# a comment\n\n  one two=2 \tthree=\r\nfour # rest\nx=1e5 y=0x10 z=7q last";
  axf_lines l;
  axf_lines_begin(&l, "t.set", buf);
  CHECK(axf_lines_next(&l) == 1 && l.line == 3 && l.ntok == 3 && strcmp(l.tok[0], "one") == 0);
  CHECK(strcmp(axf_lines_get(&l, 1, "two"), "2") == 0 && strcmp(axf_lines_get(&l, 1, "three"), "") == 0);
  CHECK(axf_lines_get(&l, 1, "tw") == NULL && axf_lines_get(&l, 2, "two") == NULL);
  CHECK(axf_lines_next(&l) == 1 && l.ntok == 1 && l.line == 4);
  CHECK(axf_lines_next(&l) == 1 && l.ntok == 4);
  double d;
  long i;
  CHECK(axf_parse_float(&l, "x", axf_lines_get(&l, 0, "x"), 0, 1e6, &d) == 0 && d == 1e5);
  CHECK(axf_parse_float(&l, "x", "1e5", 0, 10, &d) == -1 &&
        strcmp(axf_errmsg(), "t.set:5: x must be from 0 to 10, found 1e5") == 0);
  static const char *no_number[] = {"0x10", "", "nan", "inf", "1e999", "7q", " 7", "e", "-"};
  for (int k = 0; k < 9; k++)
    CHECK_MSG(axf_parse_float(&l, "y", no_number[k], -1e9, 1e9, &d) == -1 && says("t.set:5: y must be a finite"),
              "'%s'", no_number[k]);
  static const char *no_int[] = {"0x10", "", "7q", " 7", "+7", "-", "1.0", "--1"};
  for (int k = 0; k < 8; k++)
    CHECK_MSG(axf_parse_int(NULL, "--epochs", no_int[k], -100, 100, &i) == -1 && says("--epochs must be a whole"),
              "'%s'", no_int[k]);
  CHECK(axf_parse_int(&l, "n", "-12", -12, 5, &i) == 0 && i == -12);
  CHECK(axf_parse_int(&l, "n", "99999999999999999999", 0, 5, &i) == -1 && says("n must be from 0 to 5"));
  CHECK(axf_lines_next(&l) == 0);
  char many[400] = "";
  for (int k = 0; k < 65; k++)
    strcat(many, "a ");
  axf_lines_begin(&l, "m", many);
  CHECK(axf_lines_next(&l) == -1 && says("m:1: more than 64 words"));
}

static void test_container(void) {
  axf_container *c = axf_container_new("model");
  int64_t shape[] = {2, 3}, one[] = {1};
  float f[6] = {1, 2, 3, 4, 5, -0.0f};
  int8_t b[] = {-5};
  CHECK(axf_container_set(c, "net", "lenet") == 0 && axf_container_set(c, "net_text", "a\\n\nb\n") == 0);
  CHECK(axf_container_set(c, "empty", "") == 0 && axf_container_set(c, "net", "other") == 0);
  CHECK(axf_container_add(c, "w", AXF_F32, 2, shape, f) == 0 && axf_container_add(c, "b", AXF_I8, 1, one, b) == 0);
  CHECK(axf_container_add(c, "w", AXF_F32, 2, shape, f) == -1 && says("two tensors 'w'"));
  CHECK(axf_container_set(c, "a b", "x") == -1 && axf_container_set(c, "data", "x") == -1);
  int64_t huge[] = {INT64_MAX, 2};
  CHECK(axf_container_add(c, "h", AXF_F32, 2, huge, f) == -1 && says("impossible dimension"));
  const char *path = in_dir("m.axm");
  CHECK(axf_container_write(c, path) == 0);
  axf_container_free(c);

  c = axf_container_read(path, "model");
  CHECK_MSG(c != NULL, "%s", axf_errmsg());
  if (c == NULL)
    return;
  CHECK(strcmp(axf_container_get(c, "net"), "other") == 0 &&
        strcmp(axf_container_get(c, "net_text"), "a\\n\nb\n") == 0);
  CHECK(strcmp(axf_container_get(c, "empty"), "") == 0 && axf_container_get(c, "none") == NULL);
  const axf_tensor *t = axf_container_tensor(c, "w");
  CHECK(t != NULL && t->count == 6 && t->ndim == 2 && t->dim[1] == 3 && memcmp(t->data, f, sizeof f) == 0);
  t = axf_container_tensor(c, "b");
  CHECK(t != NULL && t->dtype == AXF_I8 && *(int8_t *)t->data == -5);
  CHECK(axf_container_tensor(c, "x") == NULL && says("no tensor 'x'"));
  axf_container_free(c);
  CHECK(axf_container_read(path, "mult") == NULL && says("AXF mult 1"));

  /* every truncation, every changed byte of the data, and surplus bytes are noticed */
  uint8_t *buf;
  size_t len, accepted = 0;
  CHECK(axf_read_file(path, &buf, &len) == 0);
  const char *bad = in_dir("bad.axm");
  for (size_t n = 0; n < len; n++) {
    put(bad, buf, n);
    c = axf_container_read(bad, "model");
    accepted += c != NULL;
    axf_container_free(c);
  }
  for (size_t n = len - 32; n < len; n++) {
    buf[n] ^= 1;
    put(bad, buf, len);
    c = axf_container_read(bad, "model");
    accepted += c != NULL || !says("damaged");
    axf_container_free(c);
    buf[n] ^= 1;
  }
  put(bad, buf, len + 1); /* the terminating zero of the buffer */
  CHECK(axf_container_read(bad, "model") == NULL && says("1 surplus bytes"));
  CHECK_MSG(accepted == 0, "%zu damaged files were accepted", accepted);
  free(buf);
  static const char *heads[] = {"AXF model 1\nkey\n",
                                "AXF model 1\ntensor a f64 1 2\n",
                                "AXF model 1\ntensor a u8 9 2\n",
                                "AXF model 1\ntensor a u8 1 0\n",
                                "AXF model 1\nk v\nk v\n",
                                "AXF model 1\nk v\\x\n",
                                "AXF model 1\ntensor a u8 1 4\ndata 99 x\n",
                                "AXF model 1\ndata -8 x\n"};
  for (int k = 0; k < 8; k++) {
    put(bad, heads[k], strlen(heads[k]));
    c = axf_container_read(bad, "model");
    CHECK_MSG(c == NULL && says("bad.axm:"), "%s", heads[k]);
    axf_container_free(c);
  }
}

int main(void) {
  if (mkdtemp(dir) == NULL)
    return 1;
  test_error();
  test_files();
  test_gzip();
  test_sha256();
  test_rng();
  test_fmath();
  test_threads();
  test_json();
  test_text();
  test_container();
  char command[100];
  snprintf(command, sizeof command, "rm -rf %s", dir);
  CHECK(system(command) == 0);
  return check_done("test_core");
}
