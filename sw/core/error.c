/* Error sentences and checked memory: the two things every other file needs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include <stdlib.h>
#include <string.h>

#define ALIGN 64

static _Thread_local char message[1024];

int axf_fail(const char *fmt, ...) {
  char text[sizeof message]; /* the arguments may include axf_errmsg() itself */
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  memcpy(message, text, sizeof message);
  return -1;
}

const char *axf_errmsg(void) { return message; }

void *axf_alloc(size_t n, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 2) {
    axf_fail("an array of %zu elements of %zu bytes is too large for the address space", n, size);
    return NULL;
  }
  size_t room = bytes == 0 ? ALIGN : (bytes + ALIGN - 1) / ALIGN * ALIGN;
  void *p = aligned_alloc(ALIGN, room);
  if (p == NULL) {
    axf_fail("out of memory: %zu bytes were asked for", bytes);
    return NULL;
  }
  return memset(p, 0, room);
}

char *axf_strdup(const char *s) {
  char *copy = strdup(s);
  if (copy == NULL)
    axf_fail("out of memory: %zu bytes were asked for", strlen(s) + 1);
  return copy;
}

char *axf_sprintf(const char *fmt, ...) {
  char *s = NULL;
  va_list ap;
  va_start(ap, fmt);
  int n = vasprintf(&s, fmt, ap);
  va_end(ap);
  if (n < 0) {
    axf_fail("out of memory while a text was put together");
    return NULL;
  }
  return s;
}
