/* IDX files, the format of MNIST: big-endian magic 0x00000803 (images) or 0x00000801 (labels), the sizes, the bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/data.h"
#include <stdlib.h>
#include <string.h>

#define MAGIC_IMAGES 0x803u
#define MAGIC_LABELS 0x801u

static uint32_t get32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(uint8_t *p, uint32_t v) {
  for (int i = 0; i < 4; i++)
    p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* Reads a file of `ndim` sizes; *data is the whole file, its payload begins at 4 + 4*ndim. */
static int read_idx(const char *path, uint32_t magic, int ndim, uint32_t *dim, uint8_t **data, size_t *len) {
  const char *what = magic == MAGIC_IMAGES ? "images" : "labels";
  if (axf_read_file(path, data, len) != 0)
    return -1;
  size_t head = 4 + 4 * (size_t)ndim;
  uint64_t need = 1;
  int rc = 0;
  if (*len < 4 || get32(*data) != magic) {
    rc = axf_fail("%s: not an IDX file of %s: it begins with 0x%08x, expected 0x%08x", path, what,
                  *len < 4 ? 0 : get32(*data), magic);
  } else if (*len < head) {
    rc = axf_fail("%s: truncated: %zu bytes, the head alone has %zu", path, *len, head);
  } else {
    for (int i = 0; i < ndim; i++) {
      dim[i] = get32(*data + 4 + 4 * i);
      if (dim[i] == 0 || dim[i] > (i == 0 ? 1u << 30 : 1u << 12)) {
        rc = axf_fail("%s: the size of dimension %d is %u, expected 1 to %u", path, i, dim[i],
                      i == 0 ? 1u << 30 : 1u << 12);
        break;
      }
      need *= dim[i];
    }
    if (rc == 0 && *len - head < need)
      rc = axf_fail("%s: truncated: %zu bytes after the head, expected %llu for %u %s", path, *len - head,
                    (unsigned long long)need, dim[0], what);
    else if (rc == 0 && *len - head > need)
      rc = axf_fail("%s: %llu surplus bytes after the last of %u %s", path, (unsigned long long)(*len - head - need),
                    dim[0], what);
  }
  if (rc != 0) {
    free(*data);
    *data = NULL;
  }
  return rc;
}

/* SHA-256 of a followed by b. */
static int hash_two(const uint8_t *a, size_t na, const uint8_t *b, size_t nb, char hex[65]) {
  uint8_t *all = axf_alloc(na + nb, 1);
  if (all == NULL)
    return -1;
  memcpy(all, a, na);
  memcpy(all + na, b, nb);
  axf_sha256_hex(all, na + nb, hex);
  free(all);
  return 0;
}

static int check_labels(const char *path, const uint8_t *label, uint32_t n, int classes) {
  for (uint32_t i = 0; i < n; i++)
    if (label[i] >= classes)
      return axf_fail("%s: label %u of example %u, expected 0 to %d", path, label[i], i, classes - 1);
  return 0;
}

/* Moves the two file contents into a part. The buffers stay the caller's. */
static int fill(axf_part *p, const uint8_t *image, const uint32_t dim[3], const uint8_t *label, int classes) {
  size_t bytes = (size_t)dim[0] * dim[1] * dim[2];
  p->u8 = axf_alloc(bytes, 1);
  p->label = axf_alloc(dim[0], 1);
  if (p->u8 == NULL || p->label == NULL) {
    free(p->u8);
    free(p->label);
    memset(p, 0, sizeof *p);
    return -1;
  }
  memcpy(p->u8, image, bytes);
  memcpy(p->label, label, dim[0]);
  p->n = dim[0];
  p->c = 1;
  p->h = (int)dim[1];
  p->w = (int)dim[2];
  p->classes = classes;
  return 0;
}

int axf_idx_load(axf_part *p, const char *images, const char *labels, int classes) {
  memset(p, 0, sizeof *p);
  uint8_t *image = NULL, *label = NULL;
  size_t nimage, nlabel;
  uint32_t dim[3], count = 0;
  int rc = read_idx(images, MAGIC_IMAGES, 3, dim, &image, &nimage);
  if (rc == 0)
    rc = read_idx(labels, MAGIC_LABELS, 1, &count, &label, &nlabel);
  if (rc == 0 && count != dim[0])
    rc = axf_fail("%s: %u labels, but %s has %u images", labels, count, images, dim[0]);
  if (rc == 0)
    rc = check_labels(labels, label + 8, count, classes);
  if (rc == 0)
    rc = hash_two(image, nimage, label, nlabel, p->sha256);
  if (rc == 0)
    rc = fill(p, image + 16, dim, label + 8, classes);
  free(image);
  free(label);
  return rc;
}

static int write_file(const char *path, const uint8_t *head, size_t nhead, const uint8_t *data, size_t n) {
  axf_out *o = axf_out_begin(path);
  if (o == NULL)
    return -1;
  fwrite(head, 1, nhead, axf_out_stream(o));
  fwrite(data, 1, n, axf_out_stream(o));
  return axf_out_commit(o);
}

int axf_idx_write(const axf_part *p, const char *images, const char *labels) {
  uint8_t head[16];
  if (p->u8 == NULL || p->c != 1)
    return axf_fail("%s: only grey images of bytes can be written as IDX", images);
  put32(head, MAGIC_IMAGES);
  put32(head + 4, p->n);
  put32(head + 8, (uint32_t)p->h);
  put32(head + 12, (uint32_t)p->w);
  if (write_file(images, head, 16, p->u8, (size_t)p->n * p->h * p->w) != 0)
    return -1;
  put32(head, MAGIC_LABELS);
  return write_file(labels, head, 8, p->label, p->n);
}

int axf_idx_sha256(const axf_part *p, char hex[65]) {
  size_t pixels = (size_t)p->n * p->h * p->w, len = 16 + pixels + 8 + p->n;
  uint8_t *all = axf_alloc(len, 1), *label;
  if (all == NULL)
    return -1;
  label = all + 16 + pixels;
  put32(all, MAGIC_IMAGES);
  put32(all + 4, p->n);
  put32(all + 8, (uint32_t)p->h);
  put32(all + 12, (uint32_t)p->w);
  memcpy(all + 16, p->u8, pixels);
  put32(label, MAGIC_LABELS);
  put32(label + 4, p->n);
  memcpy(label + 8, p->label, p->n);
  axf_sha256_hex(all, len, hex);
  free(all);
  return 0;
}
