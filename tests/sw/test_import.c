/* Tests of sw/import: .npy and .npz files made here byte by byte, good ones and hostile ones, and a net filled from
 * them. usage: test_import [MODEL.axm OUT.npz]     with arguments: writes the weights of a model as an archive, for
 * tests/e2e SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "import/import.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static char dir[] = "/tmp/axf_test_import_XXXXXX", path[256];
static int says(const char *part) { return strstr(axf_errmsg(), part) != NULL; }

typedef struct {
  uint8_t *p;
  size_t n;
} bytes;
static void put(bytes *b, const void *data, size_t n) {
  b->p = realloc(b->p, b->n + n + 1);
  memcpy(b->p + b->n, data, n);
  b->n += n;
}
static void put_le(bytes *b, uint32_t v, int n) {
  for (; n > 0; n--, v >>= 8)
    put(b, &(uint8_t){(uint8_t)v}, 1);
}

/* A .npy of the given version, head text and numbers. */
static bytes npy(int version, const char *head, const void *data, size_t n) {
  bytes b = {0};
  put(&b, "\x93NUMPY", 6);
  put_le(&b, (uint32_t)version, 2);
  put_le(&b, (uint32_t)strlen(head), version == 1 ? 2 : 4);
  put(&b, head, strlen(head));
  put(&b, data, n);
  return b;
}

static bytes array(int ndim, const int64_t *dim, const float *v) {
  char head[160] = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  size_t count = 1;
  for (int i = 0; i < ndim; i++) {
    sprintf(head + strlen(head), "%lld, ", (long long)dim[i]);
    count *= (size_t)dim[i];
  }
  strcat(head, "), }\n");
  return npy(1, head, v, 4 * count);
}

/* ---- archives ---- */
typedef struct {
  bytes file, directory;
  int count;
} zip;

static void zip_add(zip *z, const char *name, bytes b, int deflated) {
  bytes d = b;
  if (deflated) {
    z_stream s = {0};
    d.p = malloc(d.n = compressBound((uLong)b.n) + 64);
    deflateInit2(&s, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    s.next_in = b.p, s.avail_in = (uInt)b.n, s.next_out = d.p, s.avail_out = (uInt)d.n;
    CHECK(deflate(&s, Z_FINISH) == Z_STREAM_END);
    d.n = s.total_out;
    deflateEnd(&s);
  }
  const uint32_t at = (uint32_t)z->file.n, crc = (uint32_t)crc32(0, b.p, (uInt)b.n), method = deflated ? 8 : 0;
  for (int central = 0; central < 2; central++) {
    bytes *to = central ? &z->directory : &z->file;
    put_le(to, central ? 0x02014b50 : 0x04034b50, 4);
    put_le(to, 20, central ? 4 : 2), put_le(to, 0, 2), put_le(to, method, 2), put_le(to, 0, 4);
    put_le(to, crc, 4), put_le(to, (uint32_t)d.n, 4), put_le(to, (uint32_t)b.n, 4);
    put_le(to, (uint32_t)strlen(name), 2), put_le(to, central ? 0 : 4, 2);
    if (central)
      put_le(to, 0, 10), put_le(to, at, 4);
    put(to, name, strlen(name));
  }
  put(&z->file, "\1\0\0\0", 4); /* an extra field that only the local head has, as NumPy writes */
  put(&z->file, d.p, d.n);
  z->count++;
  if (deflated)
    free(d.p);
  free(b.p);
}

static void zip_end(zip *z) {
  const uint32_t at = (uint32_t)z->file.n;
  put(&z->file, z->directory.p, z->directory.n);
  put_le(&z->file, 0x06054b50, 4), put_le(&z->file, 0, 4);
  put_le(&z->file, (uint32_t)z->count, 2), put_le(&z->file, (uint32_t)z->count, 2);
  put_le(&z->file, (uint32_t)z->directory.n, 4), put_le(&z->file, at, 4), put_le(&z->file, 0, 2);
}

static void write_file(const char *name, const void *data, size_t n) {
  snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *f = fopen(path, "wb");
  CHECK(f && fwrite(data, 1, n, f) == n && fclose(f) == 0);
}

/* ---- .npy ---- */
static void refuse_npy(bytes b, const char *message) {
  axf_npy a;
  CHECK_MSG(axf_npy_parse(&a, "x.npy", b.p, b.n) == -1 && says("x.npy: ") && says(message) && !a.data,
            "'%s' instead of '%s'", axf_errmsg(), message);
  free(b.p);
}

static void test_npy(void) {
  static const float v[6] = {1, 2, 3, 4, 5, -6.5f};
  static const double d[6] = {1, 2, 3, 4, 5, -6.5};
  static const float strange[2] = {1, NAN};
  axf_npy a;
  for (int version = 1; version <= 3; version++) {
    bytes b = npy(version, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n", v, 24);
    CHECK(axf_npy_parse(&a, "x", b.p, b.n) == 0 && a.ndim == 2 && a.dim[0] == 2 && a.dim[1] == 3 && a.count == 6);
    CHECK(a.data && memcmp(a.data, v, 24) == 0);
    free(a.data), free(b.p);
  }
  bytes f = npy(1, "{\"shape\": (2,3), 'fortran_order': True, 'descr': '<f8'}", d, 48);
  static const float turned[6] = {1, 3, 5, 2, 4, -6.5f};
  CHECK(axf_npy_parse(&a, "x", f.p, f.n) == 0 && memcmp(a.data, turned, 24) == 0);
  free(a.data), free(f.p);
  bytes s = npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': ()}", v, 4);
  CHECK(axf_npy_parse(&a, "x", s.p, s.n) == 0 && a.ndim == 0 && a.count == 1 && a.data[0] == 1);
  free(a.data), free(s.p);
#define HEAD(descr, order, shape) "{'descr': '" descr "', 'fortran_order': " order ", 'shape': " shape ", }\n"
  refuse_npy(npy(1, HEAD("<f4", "False", "(2, 3)"), v, 23), "truncated: 23 bytes of numbers, the shape asks for 24");
  refuse_npy(npy(1, HEAD("<f4", "False", "(2, 3)"), d, 25), "surplus bytes: 25 bytes");
  refuse_npy(npy(1, HEAD(">f4", "False", "(2, 3)"), v, 24), "of type '>f4', expected '<f4' or '<f8'");
  refuse_npy(npy(1, HEAD("<i8", "False", "(3,)"), v, 24), "of type '<i8'");
  refuse_npy(npy(1, HEAD("|O", "False", "(3,)"), v, 24), "of type '|O'");
  refuse_npy(npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", v, 8), "holds records");
  refuse_npy(npy(1, HEAD("<f4", "False", "(2,)"), strange, 8), "number 1 of the array is not finite");
  refuse_npy(npy(1, HEAD("<f4", "False", "(99999999999999999999,)"), v, 24), "a dimension of the array is above 2^28");
  refuse_npy(npy(1, HEAD("<f4", "False", "(100000, 100000)"), v, 24), "more than 2^28 numbers");
  refuse_npy(npy(1, HEAD("<f4", "False", "(1,1,1,1,1,1,1,1,1)"), v, 4), "more than 8 dimensions");
  refuse_npy(npy(1, HEAD("<f4", "False", "(-1,)"), v, 24), "not one that NumPy writes");
  refuse_npy(npy(1, HEAD("<f4", "Maybe", "(2,)"), v, 8), "not one that NumPy writes");
  refuse_npy(npy(1, "{'descr': '<f4', 'shape': (2,)}", v, 8), "not one that NumPy writes");
  refuse_npy(npy(1, "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", v, 8), "not one that");
  refuse_npy(npy(1, "{'descr': '<f4", v, 0), "not one that NumPy writes");
  refuse_npy(npy(1, "", v, 8), "not one that NumPy writes");
  refuse_npy(npy(4, HEAD("<f4", "False", "(2,)"), v, 8), "NPY version 4.0");
  bytes huge = npy(2, HEAD("<f4", "False", "(2,)"), v, 8);
  huge.p[11] = 0x7f;
  refuse_npy(huge, "the head of the array claims 213");
  bytes cut = npy(1, HEAD("<f4", "False", "(2,)"), v, 8);
  cut.n = 40;
  refuse_npy(cut, "truncated in the head");
  bytes word = {0};
  put(&word, "not an array", 12);
  refuse_npy(word, "does not begin with \\x93NUMPY");
}

/* ---- .npz ---- */
static zip good_zip(void) {
  static const float v[3] = {1, 2, 3};
  zip z = {0};
  zip_add(&z, "b.npy", array(1, (const int64_t[]){3}, v), 0);
  zip_add(&z, "a.weight.npy", array(2, (const int64_t[]){1, 3}, v), 1);
  zip_end(&z);
  free(z.directory.p);
  return z;
}

static axf_arrays *open_bytes(const bytes *b) {
  write_file("z.npz", b->p, b->n);
  return axf_arrays_open(path);
}

/* One byte of the good archive changed, or its end cut off: refused on opening or reading, never read as good. */
static void refuse_zip(size_t at, uint8_t value, size_t cut, const char *message) {
  zip z = good_zip();
  if (cut == 0)
    z.file.p[at] = value;
  z.file.n -= cut;
  axf_arrays *s = open_bytes(&z.file);
  axf_npy a = {0};
  int rc = s ? 0 : -1;
  for (int i = 0; s && i < axf_arrays_count(s) && rc == 0; i++) {
    rc = axf_arrays_read(s, i, &a);
    free(a.data);
  }
  CHECK_MSG(rc == -1 && says("z.npz") && says(message), "'%s' instead of '%s'", rc ? axf_errmsg() : "no refusal",
            message);
  axf_arrays_close(s);
  free(z.file.p);
}

static void test_npz(void) {
  zip z = good_zip();
  axf_npy a = {0};
  axf_arrays *s = open_bytes(&z.file);
  CHECK_MSG(s != NULL, "%s", axf_errmsg());
  if (!s)
    return;
  CHECK(axf_arrays_count(s) == 2 && strcmp(axf_arrays_name(s, 0), "a.weight") == 0 && axf_arrays_find(s, "b") == 1);
  CHECK(axf_arrays_find(s, "c") == -1);
  for (int i = 0; i < 2; i++) {
    CHECK(axf_arrays_read(s, i, &a) == 0 && a.ndim == 2 - i && a.data[2] == 3);
    free(a.data);
  }
  axf_arrays_close(s);
  /* places in it: the first local head, its data, the directory */
  const size_t n = z.file.n, end = n - 22, first = end - (46 + 5) - (46 + 12);
  refuse_zip(0, 'X', 0, "does not begin with PK");
  refuse_zip(0, 0, 5, "no directory at its end");
  refuse_zip(0, 0, n - 10, "does not begin with PK");
  refuse_zip(first, 0, 0, "directory is damaged");
  refuse_zip(first + 8, 1, 0, "is encrypted");
  refuse_zip(first + 10, 12, 0, "packed by method 12");
  refuse_zip(first + 27, 0x7f, 0, "packed ones cannot give");
  refuse_zip(first + 45, 0x7f, 0, "not where the archive's directory says");
  refuse_zip(first + 29, 0x7f, 0, "directory is damaged");
  refuse_zip(end + 16, 0xff, 0, "directory is damaged");
  refuse_zip(30 + 5 + 4 + 70, 0x55, 0, "the packed data is damaged");
  refuse_zip(first - 3, 0x55, 0, "the packed data is damaged");
  int crashes = 0; /* any byte changed, any length: no crash, and what is read is the good archive */
  for (size_t i = 0; i < n; i++) {
    bytes b = {0};
    put(&b, z.file.p, n);
    b.p[i] ^= (uint8_t)(1 << i % 8);
    if (i % 5 == 0)
      b.n = i;
    axf_arrays *t = open_bytes(&b);
    for (int k = 0; t && k < axf_arrays_count(t); k++)
      if (axf_arrays_read(t, k, &a) == 0) {
        crashes += a.count != 3 || a.data[0] != 1 || a.data[2] != 3;
        free(a.data);
      }
    axf_arrays_close(t);
    free(b.p);
  }
  CHECK_MSG(crashes == 0, "%d damaged archives were read", crashes);
  free(z.file.p);
  CHECK(axf_arrays_open(dir) == NULL && says("holds no arrays"));
  bytes one = array(1, (const int64_t[]){3}, (const float[]){7, 8, 9}); /* a folder of .npy files */
  write_file("f1.weight.npy", one.p, one.n);
  CHECK((s = axf_arrays_open(dir)) != NULL && axf_arrays_find(s, "f1.weight") == 0);
  CHECK(axf_arrays_read(s, 0, &a) == 0 && a.data[2] == 9);
  free(a.data);
  axf_arrays_close(s);
  write_file("f1.weight.npy", one.p, one.n - 1);
  CHECK((s = axf_arrays_open(dir)) != NULL && axf_arrays_read(s, 0, &a) == -1 && says("f1.weight.npy: truncated"));
  axf_arrays_close(s);
  free(one.p);
  CHECK(remove(path) == 0);
}

/* ---- into a net ---- */
static void test_net(void) {
  static float v[64];
  for (int i = 0; i < 64; i++)
    v[i] = (float)i / 4;
  axf_net n;
  axf_params p;
  char unused[100];
  CHECK(axf_net_parse(&n, "t", "net t\ninput 1 3 3\nconv c1 maps=2 kernel=2 bn relu\nfc f2 out=3\n") == 0);
  CHECK(axf_params_alloc(&p, &n) == 0);
  for (int step = 0; step < 8; step++) {
    zip z = {0};
    zip_add(&z, "body.conv.weight.npy", array(4, (const int64_t[]){2, 1, 2, 2}, v), 1);
    if (step != 1)
      zip_add(&z, "body.conv.bias.npy", array(1, (const int64_t[]){2}, v + 4), 0);
    zip_add(&z, "norm.weight.npy", array(1, (const int64_t[]){2}, v + 8), 0);
    zip_add(&z, "norm.bias.npy", array(1, (const int64_t[]){2}, v + 12), 0);
    zip_add(&z, "norm.running_mean.npy", array(1, (const int64_t[]){2}, v + 16), 0);
    if (step != 2)
      zip_add(&z, "norm.running_var.npy", array(1, (const int64_t[]){2}, v + 20), 0);
    zip_add(&z, "dense.npy", array(2, step == 3 ? (const int64_t[]){8, 3} : (const int64_t[]){3, 8}, v + 24), 1);
    zip_add(&z, "f2.bias.npy", array(step == 4 ? 2 : 1, step == 4 ? (const int64_t[]){1, 3} : (const int64_t[]){3}, v),
            0);
    zip_add(&z, "spare.npy", array(1, (const int64_t[]){1}, v), 0);
    zip_end(&z);
    axf_arrays *s = open_bytes(&z.file);
    CHECK(s != NULL);
    const char *map = step == 5   ? "c1=body.conv,c1.bn=norm,f2.weight=gone"
                      : step == 6 ? "c1=body.conv,c9=x"
                      : step == 7 ? "c1=body.conv,c1.bn"
                                  : "c1=body.conv,c1.bn=norm,f2.weight=dense";
    int rc = axf_import_params(&p, &n, s, map, unused, sizeof unused);
    static const char *const message[8] = {"",
                                           "",
                                           "there is no array 'norm.running_var' for c1.bn.running_var",
                                           "the array 'dense' is 8 x 3, f2.weight needs 3 x 8 (its transpose)",
                                           "the array 'f2.bias' is 1 x 3, f2.bias needs 3",
                                           "there is no array 'gone' for f2.weight",
                                           "net t has no layer with weights, and no array, named 'c9'",
                                           "'c1.bn' is not NAME=ARRAY"};
    CHECK_MSG(step < 2 ? rc == 0 : rc == -1 && says(message[step]), "step %d: %s", step, axf_errmsg());
    if (step < 2) {
      CHECK(p.weight[0][3] == v[3] && p.gamma[0][1] == v[9] && p.bias[0][0] == v[12] && p.var[0][1] == v[21]);
      CHECK(p.mean[0][1] == v[17] - (step ? 0 : v[5]) && p.weight[1][23] == v[47] && p.bias[1][2] == v[2]);
      CHECK_MSG(strcmp(unused, "spare") == 0, "%s", unused);
    }
    axf_arrays_close(s);
    free(z.file.p), free(z.directory.p);
  }
  axf_params_free(&p);
  axf_net_free(&n);
}

/* For tests/e2e/import.sh. */
static int export_model(const char *model, const char *out) {
  axf_model m;
  zip z = {0};
  char name[64];
  if (axf_model_load(&m, model))
    return fprintf(stderr, "test_import: %s\n", axf_errmsg()), 1;
  for (int l = 0; l < m.net.nlayers; l++) {
    const axf_layer *y = &m.net.layer[l];
    const int64_t fc[2] = {y->out_c, (int64_t)y->in_c * y->ky * y->kx}, conv[4] = {y->out_c, y->in_c, y->ky, y->kx};
    if (y->kind == AXF_POOL)
      continue;
    snprintf(name, sizeof name, "net.%s.weight.npy", y->name);
    zip_add(&z, name, array(y->kind == AXF_FC ? 2 : 4, y->kind == AXF_FC ? fc : conv, m.params.weight[l]), l % 2);
    snprintf(name, sizeof name, "net.%s.bias.npy", y->name);
    zip_add(&z, name, array(1, conv, m.params.bias[l]), 1);
  }
  zip_end(&z);
  FILE *f = fopen(out, "wb");
  int good = f && fwrite(z.file.p, 1, z.file.n, f) == z.file.n && fclose(f) == 0;
  free(z.file.p), free(z.directory.p);
  axf_model_free(&m);
  return !good;
}

int main(int argc, char **argv) {
  if (argc == 3)
    return export_model(argv[1], argv[2]);
  if (mkdtemp(dir) == NULL)
    return 1;
  test_npy();
  test_npz();
  test_net();
  char command[100];
  snprintf(command, sizeof command, "rm -rf %s", dir);
  CHECK(system(command) == 0);
  return check_done("test_import");
}
