/* Collections of arrays: .npz archives (zip, stored or deflated members) and folders of .npy files.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sizes are taken from the zip's central directory; a member is refused unless what is unpacked has exactly that length
 * and its CRC. */
#include "import/npy.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

typedef struct {
  char *name; /* without .npy */
  size_t offset, packed, size;
  uint32_t crc;
  int method; /* 0 stored, 8 deflated; -1: a file of a folder */
} member;

struct axf_arrays {
  char *path;
  uint8_t *zip;
  size_t len;
  int count;
  member *list;
};

static uint32_t le(const uint8_t *p, int n) {
  uint32_t v = 0;
  while (n-- > 0)
    v = v << 8 | p[n];
  return v;
}

static int add(axf_arrays *s, const char *name, size_t n, member m) {
  member *more = realloc(s->list, ((size_t)s->count + 1) * sizeof *more);
  if (!more)
    return axf_fail("%s: out of memory", s->path);
  s->list = more;
  if (n > 4 && memcmp(name + n - 4, ".npy", 4) == 0)
    n -= 4;
  if (!(m.name = axf_sprintf("%.*s", (int)n, name)))
    return -1;
  s->list[s->count++] = m;
  return 0;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const member *)a)->name, ((const member *)b)->name);
}

/* One entry of the central directory at *at, which moves behind it. */
static int read_entry(axf_arrays *s, size_t *at, size_t end) {
  const uint8_t *p = s->zip + *at;
  if (end - *at < 46 || le(p, 4) != 0x02014b50)
    return axf_fail("%s: the archive's directory is damaged", s->path);
  const size_t name = le(p + 28, 2), rest = (size_t)le(p + 30, 2) + le(p + 32, 2), from = le(p + 42, 4);
  member m = {NULL, 0, le(p + 20, 4), le(p + 24, 4), le(p + 16, 4), (int)le(p + 10, 2)};
  if (end - *at - 46 < name + rest)
    return axf_fail("%s: the archive's directory is damaged", s->path);
  const char *word = (const char *)p + 46;
  *at += 46 + name + rest;
  if (name < 1 || name > 200 || memchr(word, 0, name))
    return axf_fail("%s: a name in the archive is empty, not text or longer than 200 characters", s->path);
  if (word[name - 1] == '/')
    return 0;
  if (le(p + 8, 2) & 1)
    return axf_fail("%s: '%.*s' is encrypted", s->path, (int)name, word);
  if (m.packed == UINT32_MAX || m.size == UINT32_MAX || from == UINT32_MAX)
    return axf_fail("%s: '%.*s' is in zip64 form, which is not read (arrays below 4 GB need none)", s->path, (int)name,
                    word);
  if (m.method != 0 && m.method != 8)
    return axf_fail("%s: '%.*s' is packed by method %d; stored (0) and deflated (8) can be read", s->path, (int)name,
                    word, m.method);
  if ((m.method == 0 && m.size != m.packed) || m.size / 1032 > m.packed)
    return axf_fail("%s: '%.*s' claims %zu bytes unpacked, which %zu packed ones cannot give", s->path, (int)name, word,
                    m.size, m.packed);
  if (from > s->len || s->len - from < 30 || le(s->zip + from, 4) != 0x04034b50)
    return axf_fail("%s: '%.*s' is not where the archive's directory says", s->path, (int)name, word);
  m.offset = from + 30 + le(s->zip + from + 26, 2) + le(s->zip + from + 28, 2);
  if (m.offset > s->len || s->len - m.offset < m.packed)
    return axf_fail("%s: '%.*s' is truncated", s->path, (int)name, word);
  return add(s, word, name, m);
}

/* Finds the end record, at most 64 KiB before the end of the file, and reads the directory it points to. */
static int read_zip(axf_arrays *s) {
  const size_t least = s->len > 65557 ? s->len - 65557 : 0;
  size_t at = s->len;
  if (s->len < 22 || le(s->zip, 2) != 0x4b50)
    return axf_fail("%s: not an .npz archive: it does not begin with PK", s->path);
  for (at = s->len - 22; at > least && le(s->zip + at, 4) != 0x06054b50; at--)
    ;
  if (le(s->zip + at, 4) != 0x06054b50)
    return axf_fail("%s: truncated: the archive has no directory at its end", s->path);
  const size_t entries = le(s->zip + at + 10, 2), size = le(s->zip + at + 12, 4), first = le(s->zip + at + 16, 4);
  size_t next = first;
  if (first > at || at - first < size)
    return axf_fail("%s: the archive's directory is damaged", s->path);
  for (size_t i = 0; i < entries; i++)
    if (read_entry(s, &next, first + size))
      return -1;
  return 0;
}

static int read_folder(axf_arrays *s) {
  DIR *d = opendir(s->path);
  int rc = d ? 0 : axf_fail("%s: the folder cannot be read", s->path);
  for (struct dirent *f; rc == 0 && (f = readdir(d));) {
    const size_t n = strlen(f->d_name);
    if (n > 4 && strcmp(f->d_name + n - 4, ".npy") == 0)
      rc = add(s, f->d_name, n, (member){.method = -1});
  }
  if (d)
    closedir(d);
  return rc;
}

axf_arrays *axf_arrays_open(const char *path) {
  struct stat st;
  axf_arrays *s = axf_alloc(1, sizeof *s);
  if (!s || !(s->path = axf_strdup(path))) {
    free(s);
    return NULL;
  }
  const int folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
  int rc = folder ? read_folder(s) : axf_read_file(path, &s->zip, &s->len) || read_zip(s) ? -1 : 0;
  if (rc == 0 && s->count == 0)
    rc = axf_fail("%s: holds no arrays", path);
  if (rc == 0)
    qsort(s->list, (size_t)s->count, sizeof *s->list, by_name);
  for (int i = 1; i < s->count && rc == 0; i++)
    if (strcmp(s->list[i - 1].name, s->list[i].name) == 0)
      rc = axf_fail("%s: the array '%s' stands twice", path, s->list[i].name);
  if (rc) {
    axf_arrays_close(s);
    return NULL;
  }
  return s;
}

void axf_arrays_close(axf_arrays *s) {
  for (int i = 0; s && i < s->count; i++)
    free(s->list[i].name);
  if (s) {
    free(s->list);
    free(s->zip);
    free(s->path);
  }
  free(s);
}

int axf_arrays_count(const axf_arrays *s) { return s->count; }
const char *axf_arrays_name(const axf_arrays *s, int i) { return s->list[i].name; }

int axf_arrays_find(const axf_arrays *s, const char *name) {
  for (int i = 0; i < s->count; i++)
    if (strcmp(s->list[i].name, name) == 0)
      return i;
  return -1;
}

/* The bytes of a member, which the caller frees. */
static uint8_t *unpack(const axf_arrays *s, const member *m, const char *place) {
  uint8_t *out = axf_alloc(m->size + 1, 1);
  if (!out)
    return NULL;
  z_stream z = {
      .next_in = s->zip + m->offset, .avail_in = (uInt)m->packed, .next_out = out, .avail_out = (uInt)m->size};
  int good = 1;
  if (m->method == 0) {
    memcpy(out, s->zip + m->offset, m->size);
  } else {
    good = inflateInit2(&z, -15) == Z_OK; /* without the frame of zlib */
    good = good && inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == m->size;
    inflateEnd(&z);
  }
  if (good && crc32(0, out, (uInt)m->size) == m->crc)
    return out;
  axf_fail("%s: the packed data is damaged", place);
  free(out);
  return NULL;
}

int axf_arrays_read(const axf_arrays *s, int i, axf_npy *a) {
  const member *m = &s->list[i];
  char *place = axf_sprintf(m->method < 0 ? "%s/%s.npy" : "%s (%s)", s->path, m->name);
  uint8_t *bytes = NULL;
  size_t len = m->size;
  int rc = place ? 0 : -1;
  memset(a, 0, sizeof *a);
  if (rc == 0 && m->method < 0)
    rc = axf_read_file(place, &bytes, &len);
  else if (rc == 0)
    rc = (bytes = unpack(s, m, place)) ? 0 : -1;
  if (rc == 0)
    rc = axf_npy_parse(a, place, bytes, len);
  free(bytes);
  free(place);
  return rc;
}
