// Reads and writes Yosys's structural Verilog line by line; see netlist.h. SPDX-License-Identifier: Apache-2.0
#include "netlist.h"
#include "table.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct nl_pin *nl_pins;
int nl_pin_count;

void nl_fail(const char *format, ...) {
  va_list list;
  va_start(list, format);
  fprintf(stderr, "fanout: ");
  vfprintf(stderr, format, list);
  fprintf(stderr, "\n");
  va_end(list);
  exit(1);
}

// ports: `module/port` -> 1 input, 2 output; load: `module/port/bit` -> pins; width: vector -> bits of this module's
// ports.
static struct table ports, load, width, lowest, inputs, ids; // lowest: first index of a vector that does not begin at 0
static char **names;
static char *ideal;
static int name_count;
static char this_module[256];
static char **lines;
static int line_count;

static void *grow(void *p, int count, size_t size) {
  if (count & (count - 1))
    return p; // at powers of two only
  p = realloc(p, (count ? 2 * (size_t)count : 1) * size);
  if (!p)
    nl_fail("out of memory");
  return p;
}

static FILE *open_text(const char *path) {
  FILE *f = fopen(path, "r");
  if (!f)
    nl_fail("cannot read %s", path);
  return f;
}

// Copies the identifier at *p (plain, or escaped up to its blank) and advances. Returns 0 if there is none.
static int identifier(const char **p, char *out, size_t size) {
  const char *c = *p;
  size_t n = 0;
  while (isspace((unsigned char)*c))
    c++;
  if (*c == '\\') {
    while (*c && !isspace((unsigned char)*c)) {
      if (n + 2 < size)
        out[n++] = *c;
      c++;
    }
    out[n++] = ' '; // an escaped name ends with a blank, so keep it: it is part of the Verilog text
  } else {
    while (isalnum((unsigned char)*c) || *c == '_' || *c == '$') {
      if (n + 2 < size)
        out[n++] = *c;
      c++;
    }
  }
  out[n] = 0;
  *p = c;
  return n > 0;
}

// `  input [7:0] name;` -> direction 1 or 2, bits, name; 0 for other lines.
static int declaration(const char *line, int *bits, int *low, char *name, size_t size) {
  int direction;
  if (!strncmp(line, "  input ", 8))
    direction = 1, line += 8;
  else if (!strncmp(line, "  output ", 9))
    direction = 2, line += 9;
  else
    return 0;
  int high = 0, used = 0;
  *low = 0;
  if (*line == '[' && sscanf(line, "[%d:%d]%n", &high, low, &used) == 2 && used)
    line += used;
  *bits = high - *low + 1;
  return *bits > 0 && identifier(&line, name, size) ? direction : 0;
}

static char *read_line(FILE *f) {
  static char *text;
  static size_t size;
  return getline(&text, &size, f) < 0 ? NULL : text;
}

void nl_read_ports(const char *path) {
  FILE *f = open_text(path);
  char module[256] = "", name[256], key[600], *line;
  for (int bits, low; (line = read_line(f));) {
    const char *p = line + 7;
    if (!strncmp(line, "module ", 7))
      identifier(&p, module, sizeof module);
    else {
      int direction = declaration(line, &bits, &low, name, sizeof name);
      if (!direction)
        continue;
      snprintf(key, sizeof key, "%s/%s", module, name);
      *table_at(&ports, key, 1) = direction;
    }
  }
  fclose(f);
}

void nl_read_loads(const char *path) {
  FILE *f = open_text(path);
  char module[256], port[256], key[600], *line;
  for (int bit, pins; (line = read_line(f));) {
    if (sscanf(line, "%255s %255s %d %d", module, port, &bit, &pins) != 4)
      nl_fail("%s: bad line %s", path, line);
    snprintf(key, sizeof key, "%s/%s/%d", module, port, bit);
    *table_at(&load, key, 1) = pins;
  }
  fclose(f);
}

int nl_load(const char *module, const char *port, int bit) {
  char key[600];
  snprintf(key, sizeof key, "%s/%s/%d", module, port, bit);
  int *pins = table_at(&load, key, 0);
  return pins ? *pins : 1;
}

static char *copy(const char *text, size_t n) {
  char *out = malloc(n + 1);
  if (!out)
    nl_fail("out of memory");
  memcpy(out, text, n);
  out[n] = 0;
  return out;
}

void nl_read_module(const char *path) {
  FILE *f = open_text(path);
  char name[256], key[600], *line, *type = NULL;
  int ended = 0;
  for (int bits, low; (line = read_line(f));) {
    const char *p = line;
    lines = grow(lines, line_count, sizeof *lines);
    lines[line_count++] = copy(line, strlen(line));
    int direction = declaration(line, &bits, &low, name, sizeof name);
    if (!strncmp(line, "endmodule", 9)) {
      line_count--;
      ended = 1;
      break;
    }
    if (!strncmp(line, "module ", 7)) {
      p += 7;
      identifier(&p, this_module, sizeof this_module);
    } else if (direction) {
      *table_at(&width, name, 1) = bits;
      *table_at(&lowest, name, 1) = low;
      if (direction == 1)
        *table_at(&inputs, name, 1) = 1;
    } else if (!strncmp(line, "    .", 5) && type) {
      p += 5;
      identifier(&p, name, sizeof name);
      const char *open = strchr(p, '('), *close = strrchr(line, ')');
      if (!open || !close)
        nl_fail("%s:%d: a pin without parentheses", path, line_count);
      snprintf(key, sizeof key, "%s/%s", type, name);
      int *known = table_at(&ports, key, 0);
      if (!known)
        nl_fail("%s:%d: %s has no port %s", path, line_count, type, name);
      nl_pins = grow(nl_pins, nl_pin_count, sizeof *nl_pins);
      nl_pins[nl_pin_count++] =
          (struct nl_pin){line_count - 1, type, copy(name, strlen(name)), copy(open + 1, (size_t)(close - open - 1)),
                          *known == 2,    NULL};
    } else if (line[0] == ' ' && line[1] == ' ' && line[2] != ' ' && strncmp(line, "  wire ", 7) &&
               strncmp(line, "  assign ", 9) && strncmp(line, "  );", 4)) {
      if (identifier(&p, name, sizeof name))
        type = copy(name, strlen(name));
    }
  }
  fclose(f);
  if (!ended || !this_module[0])
    nl_fail("%s: not a complete module", path);
}

static int net_id(const char *name) {
  int *id = table_at(&ids, name, 1);
  if (!*id) {
    names = grow(names, name_count, sizeof *names);
    ideal = grow(ideal, name_count, 1);
    ideal[name_count] = 0;
    names[name_count++] = copy(name, strlen(name));
    *id = name_count;
  }
  return *id - 1;
}

int nl_bits(const struct nl_pin *pin, int *bits, int max) {
  int n = 0;
  char name[256], bit[300];
  for (const char *p = pin->text; *p;) {
    if (*p == '{' || *p == '}' || *p == ',' || isspace((unsigned char)*p)) {
      p++;
    } else if (isdigit((unsigned char)*p)) { // a constant like 4'b0000
      int count = (int)strtol(p, NULL, 10);
      while (*p && *p != ',' && *p != '}')
        p++;
      while (count--) {
        if (n == max)
          nl_fail("a pin of more than %d bits", max);
        bits[n++] = -1;
      }
    } else {
      if (!identifier(&p, name, sizeof name))
        nl_fail("cannot read the expression %s", pin->text);
      int high, low = 0, vector = 0, used = 0;
      const int *w = table_at(&width, name, 0);
      if (*p == ' ')
        p++;
      if (*p == '[' && sscanf(p, "[%d:%d]%n", &high, &low, &used) == 2 && used)
        vector = 1, p += used;
      else if (*p == '[' && sscanf(p, "[%d]%n", &high, &used) == 1 && used)
        low = high, vector = 1, p += used;
      else if (w && *w > 1)
        low = *table_at(&lowest, name, 0), high = low + *w - 1, vector = 1;
      else
        high = 0;
      for (int k = high; k >= low; k--) {
        if (n == max)
          nl_fail("a pin of more than %d bits", max);
        if (vector)
          snprintf(bit, sizeof bit, "%s[%d]", name, k);
        bits[n++] = net_id(vector ? bit : name);
      }
    }
  }
  return n;
}

const char *nl_name(int net) { return names[net]; }
int nl_is_ideal(int net) { return ideal[net]; }

// Splits `port[3]` into port and bit.
static int port_bit(int net, char *port, size_t size) {
  snprintf(port, size, "%s", names[net]);
  char *open = port[0] == '\\' ? NULL : strchr(port, '[');
  if (!open)
    return 0;
  *open = 0;
  return atoi(open + 1);
}

int nl_is_input(int net) {
  char port[300];
  port_bit(net, port, sizeof port);
  return table_at(&inputs, port, 0) != NULL;
}

void nl_mark_ideal(const char *name) {
  char port[300];
  for (int net = 0; net < name_count; net++) {
    port_bit(net, port, sizeof port);
    if (!strcmp(port, name))
      ideal[net] = 1;
  }
}

void nl_write_load(FILE *out, int net, int pins) {
  char port[300];
  const int bit = port_bit(net, port, sizeof port), *low = table_at(&lowest, port, 0);
  fprintf(out, "%s %s %d %d\n", this_module, port, bit - (low ? *low : 0), pins);
}

void nl_rename(int pin, int position, const char *name) {
  struct nl_pin *p = &nl_pins[pin];
  static int bits[4096];
  int n = nl_bits(p, bits, 4096);
  if (!p->renamed)
    p->renamed = calloc((size_t)n, sizeof *p->renamed);
  if (!p->renamed)
    nl_fail("out of memory");
  p->renamed[position] = (char *)name;
}

void nl_begin_write(FILE *out) {
  static int bits[4096];
  int pin = 0;
  for (int k = 0; k < line_count; k++) {
    while (pin < nl_pin_count && nl_pins[pin].line < k)
      pin++;
    if (pin == nl_pin_count || nl_pins[pin].line != k || !nl_pins[pin].renamed) {
      fputs(lines[k], out);
      continue;
    }
    const struct nl_pin *p = &nl_pins[pin];
    int n = nl_bits(p, bits, 4096);
    // A constant keeps its value: take it from the text, bit by bit (only 0 and 1 occur after setundef).
    const char *text = p->text;
    fprintf(out, "    .%s(%s", p->port, n > 1 ? "{ " : "");
    int left = 0; // bits of the constant at `text` still to write
    const char *digit = NULL;
    for (int b = 0; b < n; b++) {
      if (b)
        fputs(", ", out);
      if (p->renamed[b])
        fputs(p->renamed[b], out);
      else if (bits[b] >= 0)
        fputs(names[bits[b]], out);
      if (bits[b] >= 0)
        continue;
      if (!left) {
        const char *quote = strchr(text, '\'');
        if (!quote || quote[1] != 'b')
          nl_fail("cannot read the constant in %s", p->text);
        const char *first = quote;
        while (first > text && isdigit((unsigned char)first[-1]))
          first--;
        left = atoi(first);
        digit = quote + 2;
        text = digit;
      }
      fprintf(out, "1'b%c", *digit++);
      left--;
    }
    fprintf(out, "%s)%s\n", n > 1 ? " }" : "", strrchr(lines[k], ')')[1] == ',' ? "," : "");
  }
}

void nl_end_write(FILE *out) { fputs("endmodule\n", out); }
