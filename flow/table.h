// A table from strings to integers. SPDX-License-Identifier: Apache-2.0
#ifndef AXF_FLOW_TABLE_H
#define AXF_FLOW_TABLE_H

// Empty when all is zero. Keys are copied and belong to the table.
struct table {
  char **key;
  int *value;
  int size, count; // size: a power of two
};

// The value of a key, to read or to write; with `create` a new key gets 0, without it NULL says that there is none.
// The pointer holds until the next key is made. Ends the program with a sentence when memory runs out.
int *table_at(struct table *t, const char *key, int create);
#endif
