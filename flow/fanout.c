// Bounds the fan-out of every net of one netlist module with trees of buffers.
// usage: fanout -n MAX -b CELL:IN:OUT [-i NET].. [-l LOADS].. [-o LOADS] OUTSIDES.v.. MODULE.v >NEW.v
// OUTSIDES.v hold the ports of the cells and blocks that MODULE.v uses; LOADS (`module port bit pins`) says how many
// pins of cells hang inside a block on a bit of its input port, 1 if it is not listed; -o writes the same for MODULE.v.
// A net with more than MAX pins gets levels of buffers, each driving at most MAX pins, in the order of the file: sinks
// of one instance stay together. Nets given by -i (clock, supply code) are ideal. Input is what Yosys writes after
// splitnets: an instance has a pin a line. SPDX-License-Identifier: Apache-2.0
#include "netlist.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SINKS = 1 << 22, MAX_BITS = 4096 };

struct sink {
  int net, line, position, weight;
};

static struct sink sinks[MAX_SINKS];
static int sink_count;
static const char *buffer_cell, *buffer_in, *buffer_out;
static int limit = 16;

static int by_net(const void *a, const void *b) {
  const struct sink *x = a, *y = b;
  if (x->net != y->net)
    return x->net < y->net ? -1 : 1;
  if (x->line != y->line)
    return x->line < y->line ? -1 : 1;
  return x->position - y->position;
}

static void add_sink(int net, int line, int position, int weight) {
  if (sink_count == MAX_SINKS)
    nl_fail("more than %d pins", MAX_SINKS);
  sinks[sink_count++] = (struct sink){net, line, position, weight};
}

// One pin of the tree: a pin of the netlist (sink >= 0) or the input of a buffer (its number).
struct leaf {
  int sink, buffer, weight;
};

static int buffers; // made so far
struct made {
  char *input;
};
static struct made made[MAX_SINKS / 4];

static char *new_net(int buffer) {
  char *name = malloc(32);
  if (!name)
    nl_fail("out of memory");
  snprintf(name, 32, "fo_net_%d", buffer);
  return name;
}

// Connects sinks [first, last) of net `name` through as few levels as keep every driver at `limit` pins or fewer.
static void build_tree(int first, int last, const char *name, char **renamed) {
  int n = last - first;
  struct leaf *leaf = malloc(sizeof *leaf * n);
  if (!leaf)
    nl_fail("out of memory");
  long total = 0;
  for (int k = 0; k < n; k++) {
    leaf[k] = (struct leaf){first + k, -1, sinks[first + k].weight};
    total += leaf[k].weight;
  }
  while (total > limit && n > 1) {
    // Groups of nearly equal weight, each below the limit.
    long groups = (total + limit - 1) / limit, share = (total + groups - 1) / groups;
    int next = 0;
    for (int k = 0; k < n;) {
      long weight = 0;
      int b = buffers++;
      if (b == (int)(sizeof made / sizeof *made))
        nl_fail("too many buffers");
      char *net = new_net(b);
      do {
        if (leaf[k].sink >= 0)
          renamed[leaf[k].sink] = net;
        else
          made[leaf[k].buffer].input = net;
        weight += leaf[k++].weight;
      } while (k < n && weight + leaf[k].weight <= share);
      made[b].input = (char *)name;
      leaf[next++] = (struct leaf){-1, b, 1};
    }
    if (next == n)
      break; // single pins above the limit cannot be divided
    n = next;
    total = n;
  }
  free(leaf);
}

int main(int argc, char **argv) {
  const char *ideal[16], *files[64], *loads_out = NULL;
  int ideal_count = 0, file_count = 0;
  for (int k = 1; k < argc; k++) {
    const char *value = k + 1 < argc ? argv[k + 1] : "";
    if (argv[k][0] != '-') {
      if (file_count == 64)
        nl_fail("too many files");
      files[file_count++] = argv[k];
      continue;
    }
    if (!strcmp(argv[k], "-n"))
      limit = atoi(value);
    else if (!strcmp(argv[k], "-i") && ideal_count < 16)
      ideal[ideal_count++] = value;
    else if (!strcmp(argv[k], "-l"))
      nl_read_loads(value);
    else if (!strcmp(argv[k], "-o"))
      loads_out = value;
    else if (!strcmp(argv[k], "-b")) {
      char *text = strdup(value);
      buffer_cell = strtok(text, ":");
      buffer_in = strtok(NULL, ":");
      buffer_out = strtok(NULL, ":");
    } else
      nl_fail("unknown option %s", argv[k]);
    k++;
  }
  if (limit < 2 || !buffer_out || file_count < 2)
    nl_fail("usage: fanout -n MAX -b CELL:IN:OUT [-i NET].. [-l LOADS].. [-o LOADS] OUTSIDES.v.. MODULE.v");
  for (int k = 0; k < file_count - 1; k++)
    nl_read_ports(files[k]);
  nl_read_module(files[file_count - 1]);

  // Every bit of every input pin is a sink of its net.
  static int bits[MAX_BITS];
  for (int p = 0; p < nl_pin_count; p++) {
    const struct nl_pin *pin = &nl_pins[p];
    if (pin->is_output)
      continue;
    int n = nl_bits(pin, bits, MAX_BITS);
    for (int b = 0; b < n; b++)
      if (bits[b] >= 0)
        add_sink(bits[b], p, b, nl_load(pin->module, pin->port, n - 1 - b));
  }
  for (int k = 0; k < ideal_count; k++)
    nl_mark_ideal(ideal[k]);

  qsort(sinks, sink_count, sizeof *sinks, by_net);
  char **renamed = calloc(sink_count + 1, sizeof *renamed);
  if (!renamed)
    nl_fail("out of memory");
  FILE *loads = loads_out ? fopen(loads_out, "w") : NULL;
  if (loads_out && !loads)
    nl_fail("cannot write %s", loads_out);
  for (int first = 0, last; first < sink_count; first = last) {
    int net = sinks[first].net;
    long total = 0;
    for (last = first; last < sink_count && sinks[last].net == net; last++)
      total += sinks[last].weight;
    int ideal_net = nl_is_ideal(net);
    if (!ideal_net && total > limit && last - first > 1)
      build_tree(first, last, nl_name(net), renamed);
    if (loads && nl_is_input(net))
      nl_write_load(loads, net, ideal_net ? 1 : total > limit ? limit : (int)total);
  }
  if (loads && fclose(loads))
    nl_fail("cannot write %s", loads_out);

  // New names by pin, then the file again with the changed pins written bit by bit.
  for (int s = 0; s < sink_count; s++)
    if (renamed[s])
      nl_rename(sinks[s].line, sinks[s].position, renamed[s]);
  nl_begin_write(stdout);
  for (int b = 0; b < buffers; b++)
    printf("  wire fo_net_%d;\n", b);
  for (int b = 0; b < buffers; b++)
    printf("  %s fo_buf_%d (\n    .%s(%s),\n    .%s(fo_net_%d)\n  );\n", buffer_cell, b, buffer_in, made[b].input,
           buffer_out, b);
  nl_end_write(stdout);
  return 0;
}
