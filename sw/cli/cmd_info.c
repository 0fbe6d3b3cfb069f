/* axflow info: what a model file holds, for people.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "nn/net.h"
#include <string.h>

static const axf_option options[] = {{NULL, NULL, NULL}};
static const axf_usage usage = {
    "info", "MODEL", "Prints the layers, shapes, multiplications, parameters, scales and provenance of a model file.",
    options};

static int64_t parameters(const axf_layer *l) {
  return l->kind == AXF_POOL ? 0 : (int64_t)l->out_c * ((int64_t)l->in_c * l->ky * l->kx + 1);
}

static void print_layer(const axf_layer *l) {
  char shape[48], out[48], what[64];
  snprintf(shape, sizeof shape, "%dx%dx%d", l->in_c, l->in_h, l->in_w);
  snprintf(out, sizeof out, "%dx%dx%d", l->out_c, l->out_h, l->out_w);
  if (l->kind == AXF_POOL)
    snprintf(what, sizeof what, "%s %dx%d stride %d", l->pool == AXF_POOL_AVG ? "avg" : "max", l->window, l->window,
             l->pstride);
  else if (l->kind == AXF_CONV)
    snprintf(what, sizeof what, "%dx%d stride %d pad %d%s", l->ky, l->kx, l->stride, l->pad, l->relu ? " relu" : "");
  else
    snprintf(what, sizeof what, "%s", l->relu ? "relu" : "");
  static const char *const kind[] = {"conv", "fc", "pool"};
  printf("%-10s %-5s %-24s %-12s %-12s %12lld %10lld\n", l->name, kind[l->kind], what, shape, out, (long long)l->macs,
         (long long)parameters(l));
}

/* Smallest and largest weight scale of a layer: mult / 2^shift * s_out * G / s_in. */
static void print_scales(const axf_layer *l, const axf_layer *pool, const axf_qlayer *q) {
  double group = pool && pool->pool == AXF_POOL_AVG ? (double)pool->window * pool->window : 1, lo = 0, hi = 0;
  int64_t zeros = 0, n = (int64_t)l->out_c * l->in_c * l->ky * l->kx;
  for (int m = 0; m < l->out_c; m++) {
    double s = (double)q->mult[m] / (double)((int64_t)1 << q->shift[m]) * (double)q->s_out * group / (double)q->s_in;
    lo = m == 0 || s < lo ? s : lo;
    hi = s > hi ? s : hi;
  }
  for (int64_t i = 0; i < n; i++)
    zeros += q->w[i] == 0;
  printf("%-10s %-8s %-12.6g %-8s %-12.6g %-12.6g %-12.6g %6.1f%%\n", l->name, q->in_signed ? "signed" : "unsigned",
         (double)q->s_in, q->out_signed ? "signed" : "unsigned", (double)q->s_out, lo, hi,
         100.0 * (double)zeros / (double)n);
}

static void print_model(const axf_model *m) {
  const axf_net *n = &m->net;
  int64_t macs = 0, count = 0;
  printf("net %s: input %dx%dx%d, %d classes, %s\n\n", n->name, n->c, n->h, n->w, n->classes,
         m->quantised ? "quantised to 8 bits" : "float only");
  printf("%-10s %-5s %-24s %-12s %-12s %12s %10s\n", "layer", "kind", "", "input", "output", "macs", "params");
  for (int l = 0; l < n->nlayers; l++) {
    print_layer(&n->layer[l]);
    macs += n->layer[l].macs;
    count += parameters(&n->layer[l]);
  }
  printf("%-67s %12lld %10lld\n", "total", (long long)macs, (long long)count);
  if (m->quantised) {
    printf("\n%-10s %-8s %-12s %-8s %-12s %-12s %-12s %7s\n", "layer", "input", "step", "output", "step", "weight min",
           "weight max", "zeros");
    for (int l = 0; l < n->nlayers; l++)
      if (n->layer[l].kind != AXF_POOL)
        print_scales(&n->layer[l], l + 1 < n->nlayers && n->layer[l + 1].kind == AXF_POOL ? &n->layer[l + 1] : NULL,
                     &m->q.q[l]);
  }
  printf("\n");
  for (int i = 0; i < m->meta->nkeys; i++) { /* everything but the net's text and the layers' own keys */
    const char *key = m->meta->key[i];
    char layer[32];
    int own = strcmp(key, "net_text") == 0;
    for (int l = 0; l < n->nlayers && !own; l++) {
      size_t len = (size_t)snprintf(layer, sizeof layer, "%s", n->layer[l].name);
      own = strncmp(key, layer, len) == 0 && key[len] == '.';
    }
    if (!own)
      printf("%-32s %s\n", key, m->meta->value[i]);
  }
}

int axf_cmd_info(int argc, char **argv) {
  const char *value[1], *path = argc > 1 && argv[1][0] != '-' ? argv[1] : NULL;
  int status = axf_cli_options(&usage, argc - (path != NULL), argv + (path != NULL), value);
  axf_model m;
  if (status >= 0)
    return status;
  if (!path)
    return axf_cli_wrong(&usage, "the model file is missing");
  if (axf_model_load(&m, path))
    return axf_cli_fail(&usage);
  print_model(&m);
  axf_model_free(&m);
  return 0;
}
