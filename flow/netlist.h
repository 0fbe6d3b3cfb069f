// The structural Verilog that Yosys writes, as far as the flow must read and change it: one module, instances with a
// pin a line, nets as single bits except for the vectors of ports. All failures end the program with one sentence.
// SPDX-License-Identifier: Apache-2.0
#ifndef AXF_FLOW_NETLIST_H
#define AXF_FLOW_NETLIST_H
#include <stdio.h>

// A pin of an instance; `line` is its line of the file, `text` the expression between the parentheses.
struct nl_pin {
  int line;
  const char *module, *port; // module: the type of the instance
  const char *text;
  int is_output;
  char **renamed; // new names by position in the expression (most significant bit first), or NULL
};
extern struct nl_pin *nl_pins;
extern int nl_pin_count;

// Prints `fanout: <sentence>` to stderr and ends with status 1.
void nl_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
// Reads the port directions of all modules of a file.
void nl_read_ports(const char *path);
// Reads the module to work on; its instances must be of modules whose ports are known.
void nl_read_module(const char *path);
// Reads lines `module port bit pins`; nl_load gives the pins of a bit, 1 if not listed.
void nl_read_loads(const char *path);
int nl_load(const char *module, const char *port, int bit);
// The nets of a pin's expression, most significant bit first, -1 for a constant. Returns their number.
int nl_bits(const struct nl_pin *pin, int *bits, int max);
// A net's name as Verilog text; whether it is an input port of the module; nets that are left alone.
const char *nl_name(int net);
int nl_is_input(int net);
void nl_mark_ideal(const char *name); // a net, or all bits of a vector
int nl_is_ideal(int net);
// Writes the line of nl_read_loads for an input bit of this module.
void nl_write_load(FILE *out, int net, int pins);
// Connects bit `position` of pin number `pin` to another net. The name is kept, not copied.
void nl_rename(int pin, int position, const char *name);
// Writes the file with its changed pins: all before `endmodule`, then the caller's lines, then `endmodule`.
void nl_begin_write(FILE *out);
void nl_end_write(FILE *out);
#endif
