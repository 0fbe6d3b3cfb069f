/* Several inputs of a fully connected net side by side, as one input of a net of convolutions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "nn/net.h"

#define MOST_COLUMNS 256

int axf_net_columns(axf_net *to, const axf_net *from, int columns) {
  char text[96 * (AXF_MAX_LAYERS + 2)];
  if (columns < 1 || columns > MOST_COLUMNS)
    return axf_fail("%d inputs side by side: 1 to %d", columns, MOST_COLUMNS);
  int at = snprintf(text, sizeof text, "net %s\ninput %d 1 %d\n", from->name, from->c * from->h * from->w, columns);
  for (int l = 0; l < from->nlayers; l++) {
    const axf_layer *y = &from->layer[l];
    if (y->kind != AXF_FC)
      return axf_fail("net %s: layer %s is not fully connected; only such layers take inputs side by side", from->name,
                      y->name);
    at += snprintf(text + at, sizeof text - (size_t)at, "conv %s maps=%d kernel=1%s\n", y->name, y->out_c,
                   y->relu ? " relu" : "");
  }
  return axf_net_parse(to, from->name, text);
}
