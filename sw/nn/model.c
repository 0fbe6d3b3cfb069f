/* The model file: a container whose keys hold the net's text and its provenance, and whose tensors hold the float
 * parameters and, once quantised, the integers the accelerator works with.
 * SPDX-License-Identifier: Apache-2.0 */
#include "nn/net.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void axf_qnet_free(axf_qnet *q) {
  for (int l = 0; l < AXF_MAX_LAYERS; l++) {
    free(q->q[l].w);
    free(q->q[l].w16);
    free(q->q[l].bias);
    free(q->q[l].mult);
    free(q->q[l].shift);
  }
  memset(q, 0, sizeof *q);
}

void axf_model_free(axf_model *m) {
  axf_net_free(&m->net);
  axf_params_free(&m->params);
  axf_qnet_free(&m->q);
  axf_container_free(m->meta);
  memset(m, 0, sizeof *m);
}

/* ---- loading ---- */

/* Tensor LAYER.SUFFIX if it has this type and shape (ndim 1 or 4), else NULL + axf_fail. */
static const axf_tensor *get(const axf_container *c, const char *path, const axf_layer *l, const char *suffix,
                             axf_dtype type, int ndim) {
  const int64_t want[4] = {l->out_c, l->in_c, l->ky, l->kx};
  char name[64];
  snprintf(name, sizeof name, "%s.%s", l->name, suffix);
  const axf_tensor *t = NULL;
  for (int i = 0; i < c->ntensors && !t; i++)
    if (strcmp(c->tensor[i].name, name) == 0)
      t = &c->tensor[i];
  if (!t) {
    axf_fail("%s: tensor %s is missing", path, name);
    return NULL;
  }
  int ok = t->dtype == type && t->ndim == ndim;
  for (int i = 0; i < ndim && ok; i++)
    ok = t->dim[i] == want[i];
  if (!ok) {
    axf_fail("%s: tensor %s has not the type and shape of the net's layer (%d outputs, %d x %d x %d inputs each)", path,
             name, l->out_c, l->in_c, l->ky, l->kx);
    return NULL;
  }
  return t;
}

/* Copies tensor LAYER.SUFFIX, whose numbers must be finite and at least `least`. */
static int load_tensor(const axf_container *c, const char *path, const axf_layer *y, const char *suffix, int ndim,
                       double least, float *to) {
  const axf_tensor *t = get(c, path, y, suffix, AXF_F32, ndim);
  if (!t)
    return -1;
  memcpy(to, t->data, t->count * sizeof *to);
  for (size_t i = 0; i < t->count; i++) {
    if (!isfinite(to[i]))
      return axf_fail("%s: tensor %s.%s: element %zu is not finite", path, y->name, suffix, i);
    if ((double)to[i] < least)
      return axf_fail("%s: tensor %s.%s: element %zu is below %g", path, y->name, suffix, i, least);
  }
  return 0;
}

static int load_float(axf_model *m, const axf_container *c, const char *path) {
  const double any = -INFINITY;
  for (int l = 0; l < m->net.nlayers; l++) {
    const axf_layer *y = &m->net.layer[l];
    const axf_params *p = &m->params;
    if (y->kind == AXF_POOL)
      continue;
    if (load_tensor(c, path, y, "weight", 4, any, p->weight[l]) || load_tensor(c, path, y, "bias", 1, any, p->bias[l]))
      return -1;
    if (y->bn &&
        (load_tensor(c, path, y, "gamma", 1, any, p->gamma[l]) || load_tensor(c, path, y, "mean", 1, any, p->mean[l]) ||
         load_tensor(c, path, y, "var", 1, 0, p->var[l])))
      return -1;
  }
  return 0;
}

/* Key LAYER.SUFFIX as a number in [lo, hi]. */
static int get_number(const axf_container *c, const char *path, const axf_layer *l, const char *suffix, double lo,
                      double hi, double *out) {
  char key[64], *end;
  snprintf(key, sizeof key, "%s.%s", l->name, suffix);
  const char *s = axf_container_get(c, key);
  if (!s)
    return axf_fail("%s: key %s is missing", path, key);
  *out = strtod(s, &end);
  if (end == s || *end || !(*out >= lo && *out <= hi))
    return axf_fail("%s: key %s: '%s' is not a number from %g to %g", path, key, s, lo, hi);
  return 0;
}

static void *copy(const axf_tensor *t, size_t size) {
  void *p = axf_alloc(t->count, size);
  if (p)
    memcpy(p, t->data, t->count * size);
  return p;
}

static int load_qlayer(axf_qlayer *q, const axf_container *c, const char *path, const axf_layer *y) {
  const axf_tensor *w, *b, *m, *s;
  double in_signed, out_signed, s_in, s_out;
  if (!(w = get(c, path, y, "q", AXF_I8, 4)) || !(b = get(c, path, y, "qbias", AXF_I32, 1)) ||
      !(m = get(c, path, y, "mult", AXF_U8, 1)) || !(s = get(c, path, y, "shift", AXF_U8, 1)) ||
      get_number(c, path, y, "in_signed", 0, 1, &in_signed) ||
      get_number(c, path, y, "out_signed", 0, 1, &out_signed) || get_number(c, path, y, "s_in", 1e-30, 1e30, &s_in) ||
      get_number(c, path, y, "s_out", 1e-30, 1e30, &s_out))
    return -1;
  q->in_signed = in_signed > 0;
  q->out_signed = out_signed > 0;
  q->s_in = (float)s_in;
  q->s_out = (float)s_out;
  for (size_t i = 0; i < w->count; i++)
    if (((const int8_t *)w->data)[i] == -128)
      return axf_fail("%s: tensor %s.q: element %zu is -128, weights are -127..127", path, y->name, i);
  for (size_t i = 0; i < s->count; i++)
    if (((const uint8_t *)s->data)[i] < 1 || ((const uint8_t *)s->data)[i] > 39)
      return axf_fail("%s: tensor %s.shift: element %zu is not in 1..39", path, y->name, i);
  if (!(q->w = copy(w, 1)) || !(q->bias = copy(b, 4)) || !(q->mult = copy(m, 1)) || !(q->shift = copy(s, 1)))
    return -1;
  return 0;
}

/* A model is quantised if its first layer is; then all of it must be. */
static int load_quantised(axf_model *m, const axf_container *c, const char *path) {
  char first[64];
  snprintf(first, sizeof first, "%s.q", m->net.layer[0].name);
  for (int i = 0; i < c->ntensors; i++)
    m->quantised |= strcmp(c->tensor[i].name, first) == 0;
  for (int l = 0; l < m->net.nlayers && m->quantised; l++)
    if (m->net.layer[l].kind != AXF_POOL && load_qlayer(&m->q.q[l], c, path, &m->net.layer[l]))
      return -1;
  return 0;
}

static int load(axf_model *m, const axf_container *c, const char *path) {
  const char *text = axf_container_get(c, "net_text");
  if (!text)
    return axf_fail("%s: key net_text is missing", path);
  char *place = axf_sprintf("%s (net_text)", path);
  int r = place ? axf_net_parse(&m->net, place, text) : -1;
  free(place);
  if (r || axf_params_alloc(&m->params, &m->net) || load_float(m, c, path) || load_quantised(m, c, path))
    return -1;
  if (!(m->meta = axf_container_new("model")))
    return -1;
  for (int i = 0; i < c->nkeys; i++)
    if (axf_container_set(m->meta, c->key[i], c->value[i]))
      return -1;
  return 0;
}

int axf_model_load(axf_model *m, const char *path) {
  memset(m, 0, sizeof *m);
  axf_container *c = axf_container_read(path, "model");
  int r = c ? load(m, c, path) : -1;
  axf_container_free(c);
  if (r)
    axf_model_free(m);
  return r;
}

/* ---- saving ---- */

static int add(axf_container *c, const axf_layer *l, const char *suffix, axf_dtype type, int ndim, const void *data) {
  const int64_t dim[4] = {l->out_c, l->in_c, l->ky, l->kx};
  char name[64];
  snprintf(name, sizeof name, "%s.%s", l->name, suffix);
  return axf_container_add(c, name, type, ndim, dim, data);
}

static int set_number(axf_container *c, const axf_layer *l, const char *suffix, double v) {
  char key[64], value[32];
  snprintf(key, sizeof key, "%s.%s", l->name, suffix);
  snprintf(value, sizeof value, "%.9g", v);
  return axf_container_set(c, key, value);
}

static int save_layer(axf_container *c, const axf_model *m, int l) {
  const axf_layer *y = &m->net.layer[l];
  const axf_qlayer *q = &m->q.q[l];
  if (add(c, y, "weight", AXF_F32, 4, m->params.weight[l]) || add(c, y, "bias", AXF_F32, 1, m->params.bias[l]))
    return -1;
  if (y->bn && (add(c, y, "gamma", AXF_F32, 1, m->params.gamma[l]) ||
                add(c, y, "mean", AXF_F32, 1, m->params.mean[l]) || add(c, y, "var", AXF_F32, 1, m->params.var[l])))
    return -1;
  if (!m->quantised)
    return 0;
  return add(c, y, "q", AXF_I8, 4, q->w) || add(c, y, "qbias", AXF_I32, 1, q->bias) ||
                 add(c, y, "mult", AXF_U8, 1, q->mult) || add(c, y, "shift", AXF_U8, 1, q->shift) ||
                 set_number(c, y, "in_signed", q->in_signed) || set_number(c, y, "out_signed", q->out_signed) ||
                 set_number(c, y, "s_in", q->s_in) || set_number(c, y, "s_out", q->s_out)
             ? -1
             : 0;
}

static int save(axf_container *c, const axf_model *m) {
  for (int i = 0; m->meta && i < m->meta->nkeys; i++)
    if (axf_container_set(c, m->meta->key[i], m->meta->value[i]))
      return -1;
  if (axf_container_set(c, "net", m->net.name) || axf_container_set(c, "net_text", m->net.text) ||
      axf_container_set(c, "word_width", "8") || axf_container_set(c, "weight_code", "sign-magnitude"))
    return -1;
  for (int l = 0; l < m->net.nlayers; l++)
    if (m->net.layer[l].kind != AXF_POOL && save_layer(c, m, l))
      return -1;
  return 0;
}

int axf_model_save(const axf_model *m, const char *path) {
  axf_container *c = axf_container_new("model");
  int r = c && save(c, m) == 0 ? axf_container_write(c, path) : -1;
  axf_container_free(c);
  return r;
}
