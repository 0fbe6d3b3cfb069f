/* Files: reading whole (gunzipping on the way), writing so that a file is either complete or not there.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A device or a pipe as output path (/dev/stdout, /dev/null) cannot be renamed over: it is written in place. */
#include "core/core.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct axf_out {
  char *path; /* the final name */
  char *temp; /* the name until commit; NULL: written in place */
  FILE *f;
};

/* Reads all of an open gzip or plain stream; the buffer grows by doubling. */
static int read_stream(gzFile z, const char *path, uint8_t **buf, size_t *len) {
  size_t room = 1 << 16, n = 0;
  uint8_t *b = malloc(room + 1);
  for (;;) {
    if (b == NULL)
      return axf_fail("%s: out of memory: %zu bytes were asked for", path, room + 1);
    size_t want = room - n < (1u << 30) ? room - n : (1u << 30);
    int got = gzread(z, b + n, (unsigned)want);
    int code = Z_OK;
    const char *why = gzerror(z, &code);
    if (got < 0 || code != Z_OK) {
      if (code == Z_BUF_ERROR)
        axf_fail("%s: the gzip data ends too early (truncated after %zu uncompressed bytes)", path,
                 n + (got > 0 ? got : 0));
      else
        axf_fail("%s: cannot read: %s", path, code == Z_ERRNO ? strerror(errno) : why);
      free(b);
      return -1;
    }
    if (got == 0)
      break;
    n += (size_t)got;
    if (n == room) {
      room *= 2;
      uint8_t *more = realloc(b, room + 1);
      if (more == NULL)
        free(b);
      b = more;
    }
  }
  b[n] = 0;
  *buf = b;
  *len = n;
  return 0;
}

int axf_read_file(const char *path, uint8_t **buf, size_t *len) {
  *buf = NULL;
  *len = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return axf_fail("%s: cannot open for reading: %s", path, strerror(errno));
  struct stat st;
  if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
    close(fd);
    return axf_fail("%s: is a directory, a file was expected", path);
  }
  gzFile z = gzdopen(fd, "rb");
  if (z == NULL) {
    close(fd);
    return axf_fail("%s: out of memory while opening", path);
  }
  gzbuffer(z, 1 << 17);
  int rc = read_stream(z, path, buf, len);
  int closed = gzclose_r(z);
  if (rc == 0 && closed != Z_OK) {
    free(*buf);
    *buf = NULL;
    *len = 0;
    return axf_fail("%s: the gzip data is truncated or damaged", path);
  }
  return rc;
}

axf_out *axf_out_begin(const char *path) {
  axf_out *o = calloc(1, sizeof *o);
  if (o == NULL) {
    axf_fail("%s: out of memory", path);
    return NULL;
  }
  struct stat st;
  int exists = stat(path, &st) == 0;
  if (exists && S_ISDIR(st.st_mode)) {
    axf_fail("%s: is a directory, a file name was expected", path);
    free(o);
    return NULL;
  }
  o->path = axf_strdup(path);
  int in_place = exists && !S_ISREG(st.st_mode);
  if (!in_place)
    o->temp = axf_sprintf("%s.tmp.%ld", path, (long)getpid());
  if (o->path == NULL || (!in_place && o->temp == NULL)) {
    axf_out_abort(o);
    return NULL;
  }
  o->f = fopen(in_place ? path : o->temp, "wb");
  if (o->f == NULL) {
    axf_fail("%s: cannot open for writing: %s", path, strerror(errno));
    free(o->temp);
    o->temp = NULL; /* nothing to remove */
    axf_out_abort(o);
    return NULL;
  }
  return o;
}

FILE *axf_out_stream(axf_out *o) { return o->f; }

int axf_out_commit(axf_out *o) {
  int err = 0, earlier = ferror(o->f);
  if (fflush(o->f) != 0)
    err = errno;
  if (err == 0 && o->temp != NULL && fsync(fileno(o->f)) != 0 && errno != EINVAL && errno != ENOTSUP)
    err = errno;
  if (fclose(o->f) != 0 && err == 0)
    err = errno;
  o->f = NULL;
  int rc = 0;
  if (err != 0 || earlier)
    rc = axf_fail("%s: cannot write: %s", o->path, err != 0 ? strerror(err) : "an earlier write failed (disk full?)");
  else if (o->temp != NULL && rename(o->temp, o->path) != 0)
    rc = axf_fail("%s: cannot move the finished file into place: %s", o->path, strerror(errno));
  if (rc == 0) {
    free(o->temp);
    o->temp = NULL;
  }
  axf_out_abort(o); /* removes what is left and frees */
  return rc;
}

void axf_out_abort(axf_out *o) {
  if (o == NULL)
    return;
  if (o->f != NULL)
    fclose(o->f);
  if (o->temp != NULL)
    unlink(o->temp);
  free(o->temp);
  free(o->path);
  free(o);
}

/* One level; an existing directory is fine. */
static int make_dir(const char *dir) {
  if (mkdir(dir, 0777) == 0)
    return 0;
  int err = errno;
  struct stat st;
  if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
    return 0;
  return axf_fail("%s: cannot create the directory: %s", dir, strerror(err));
}

int axf_mkdirs(const char *dir) {
  char *path = axf_strdup(dir);
  if (path == NULL)
    return -1;
  int rc = 0;
  for (char *p = path; rc == 0 && *p != 0; p++)
    if (*p == '/' && p > path && p[-1] != '/') {
      *p = 0;
      rc = make_dir(path);
      *p = '/';
    }
  if (rc == 0)
    rc = make_dir(path);
  free(path);
  return rc;
}

int axf_exists(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, R_OK) == 0;
}
