// Open addressing with linear probing; see table.h. SPDX-License-Identifier: Apache-2.0
#include "table.h"
#include "netlist.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int *table_at(struct table *t, const char *key, int create) {
  if (create && t->count * 2 >= t->size) {
    struct table old = *t;
    t->size = old.size ? 2 * old.size : 1024;
    t->key = calloc(t->size, sizeof *t->key);
    t->value = calloc(t->size, sizeof *t->value);
    if (!t->key || !t->value)
      nl_fail("out of memory");
    t->count = 0;
    for (int k = 0; k < old.size; k++) {
      if (!old.key[k])
        continue;
      *table_at(t, old.key[k], 1) = old.value[k];
      free(old.key[k]);
    }
    free(old.key);
    free(old.value);
  }
  if (!t->size)
    return NULL;
  uint64_t h = 1469598103934665603u;
  for (const char *c = key; *c; c++)
    h = (h ^ (unsigned char)*c) * 1099511628211u;
  int k = (int)((h ^ h >> 29) & (uint64_t)(t->size - 1));
  while (t->key[k] && strcmp(t->key[k], key))
    k = (k + 1) & (t->size - 1);
  if (t->key[k])
    return &t->value[k];
  if (!create)
    return NULL;
  t->key[k] = strdup(key);
  if (!t->key[k])
    nl_fail("out of memory");
  t->count++;
  return &t->value[k];
}
