/* Drawing nets. Each kind of number has a random stream of its own, so that a change of one leaves the others alone.
 * SPDX-License-Identifier: Apache-2.0 */
#include "random_net.h"
#include <stdlib.h>
#include <string.h>

enum {
  STREAM_SHAPE = 10,
  STREAM_WEIGHTS,
  STREAM_FACTORS,
  STREAM_TABLE,
  STREAM_SYSTEM,
  STREAM_ARCH,
  STREAM_IMAGES,
  STREAM_CORES,
  STREAM_INPUT = 1000
};
#define ATTEMPTS 200 /* nets drawn before giving up */
#define FACTOR_ATTEMPTS 6

static int upto(axf_rng *r, int lo, int hi) { return lo + (int)axf_rng_below(r, (uint32_t)(hi - lo + 1)); }

static int min(int a, int b) { return a < b ? a : b; }

static int one_in(axf_rng *r, int n) { return axf_rng_below(r, (uint32_t)n) == 0; }

typedef struct {
  char *text;
  size_t len, room;
} writer;

static void put(writer *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(writer *w, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  int n = vsnprintf(w->text + w->len, w->room - w->len, fmt, ap);
  va_end(ap);
  w->len = n < 0 || (size_t)n >= w->room - w->len ? w->room - 1 : w->len + (size_t)n;
}

/* A conv and perhaps its pool; h and w become those of the result. Returns 0 when nothing fits. */
static int draw_conv(axf_rng *r, writer *t, int number, int *h, int *w) {
  int ky = upto(r, 1, 5), kx = one_in(r, 3) ? upto(r, 1, 5) : ky;
  int pad = min(upto(r, 0, 2), (ky > kx ? ky : kx) - 1), stride = upto(r, 1, 4) / 4 + 1;
  if (ky > *h + 2 * pad || kx > *w + 2 * pad)
    return 0;
  put(t, "conv c%d maps=%d kernel=%dx%d stride=%d pad=%d%s\n", number, upto(r, 1, 20), ky, kx, stride, pad,
      one_in(r, 3) ? "" : " relu");
  *h = (*h + 2 * pad - ky) / stride + 1;
  *w = (*w + 2 * pad - kx) / stride + 1;
  int p = upto(r, 1, 3);
  if (one_in(r, 3) || p > *h || p > *w)
    return 1;
  put(t, "pool p%d %s %d\n", number, one_in(r, 2) ? "max" : "avg", p);
  *h /= p;
  *w /= p;
  return 1;
}

static int draw_net(axf_net *n, axf_rng *r) {
  char text[1024];
  writer t = {text, 0, sizeof text};
  int h = upto(r, 1, 14), w = one_in(r, 2) ? h : upto(r, 1, 14), convs = upto(r, 0, 3), fcs = upto(r, 1, 2), k = 0;
  put(&t, "net random\ninput %d %d %d\n", one_in(r, 2) ? upto(r, 1, 3) : upto(r, 1, 20), h, w);
  for (int i = 0; i < convs; i++)
    k += draw_conv(r, &t, k, &h, &w);
  if (k > 0 && one_in(r, 4)) /* a net that ends in maps */
    fcs = 0;
  for (int i = 0; i < fcs; i++)
    put(&t, "fc f%d out=%d%s\n", k + i, i + 1 < fcs ? upto(r, 1, 40) : upto(r, 2, 20), one_in(r, 2) ? " relu" : "");
  return axf_net_parse(n, "random net", text);
}

/* log2 of a value, rounded down. */
static int log2i(int64_t v) {
  int n = 0;
  while (v > 1) {
    v >>= 1;
    n++;
  }
  return n;
}

/* Numbers of one layer: weights over the whole range or near 0; shifts around the size of the sums. W: word width. */
static int draw_layer(axf_qlayer *q, const axf_layer *l, axf_rng *r, uint32_t pmax, int W) {
  const size_t nw = axf_weight_count(l), m = (size_t)l->out_c;
  const int most = (1 << (W - 1)) - 1;
  if (W == 16)
    q->w16 = axf_alloc(nw, sizeof *q->w16);
  else
    q->w = axf_alloc(nw, 1);
  q->bias = axf_alloc(m, sizeof *q->bias);
  q->mult = axf_alloc(m, 1);
  q->shift = axf_alloc(m, 1);
  if ((!q->w && !q->w16) || !q->bias || !q->mult || !q->shift)
    return -1;
  int range = one_in(r, 3) ? most : upto(r, 1, most);
  for (size_t i = 0; i < nw; i++) {
    const int v = one_in(r, 40) ? (one_in(r, 2) ? most : -most) : upto(r, -range, range);
    if (q->w16)
      q->w16[i] = (int16_t)v;
    else
      q->w[i] = (int8_t)v;
  }
  int size = log2i((int64_t)pmax * (int64_t)(nw / m)) - (W == 16 ? 11 : 3);
  for (size_t i = 0; i < m; i++) {
    q->bias[i] = one_in(r, 4) ? 0 : upto(r, -(1 << min(size, 22)), 1 << min(size, 22));
    q->mult[i] = (uint8_t)(one_in(r, 30) ? upto(r, 0, 255) : upto(r, 128, 255));
    q->shift[i] =
        (uint8_t)(one_in(r, 40) ? upto(r, 1, 39) : min(39, size + upto(r, -3, 2) > 1 ? size + upto(r, -3, 2) : 1));
    if (q->shift[i] < 1)
      q->shift[i] = 1;
  }
  return 0;
}

static int draw_numbers(axf_qnet *q, const axf_net *n, axf_rng *r, const axf_mult *mult, int W) {
  int is_signed = one_in(r, 2) || mult->is_signed;
  for (int l = 0; l < n->nlayers; l++) {
    axf_qlayer *y = &q->q[l];
    if (n->layer[l].kind == AXF_POOL)
      continue;
    if (draw_layer(y, &n->layer[l], r, mult->pmax, W))
      return -1;
    y->in_signed = is_signed;
    y->out_signed = is_signed = (one_in(r, 8) ? n->layer[l].relu : !n->layer[l].relu) || mult->is_signed;
    y->s_in = y->s_out = 1;
  }
  return 0;
}

/* Factors inside the paper's limits for D x D; whether the stores hold the layer the compiler says. */
static axf_factors draw_factors(const axf_net *n, int l, axf_rng *r, const axf_arch *arch) {
  const axf_layer *y = &n->layer[l];
  const axf_layer *out = l + 1 < n->nlayers && n->layer[l + 1].kind == AXF_POOL ? y + 1 : y;
  int fc_first = l == 0 && y->kind == AXF_FC; /* the input is a vector then, see the compiler */
  const int D = arch->D;
  axf_factors f = {.Tm = 1, .Tn = 1, .Tr = 1, .Tc = 1, .Ti = 1, .Tj = 1, .seg = D, .Qm = 1};
  if (one_in(r, 2)) /* segments of the row, the last ones perhaps idle */
    f.seg = D >> upto(r, 0, log2i(arch->segs));
  f.Qm = min(upto(r, 1, D / f.seg), out->out_c);
  f.flat = one_in(r, 3);
  int *row[3] = {&f.Tm, &f.Tr, &f.Tc}, row_max[3] = {out->out_c, f.flat ? 1 : out->out_h, out->out_w};
  int *col[3] = {&f.Tn, &f.Ti, &f.Tj}, col_max[3] = {y->in_c, y->ky, y->kx};
  if (fc_first) {
    col_max[0] = y->in_c * y->ky * y->kx;
    col_max[1] = col_max[2] = 1;
  }
  for (int k = 0, a = upto(r, 0, 2), room = D; k < 3; k++, a = (a + 1) % 3) {
    *row[a] = upto(r, 1, min(room, row_max[a]));
    room /= *row[a];
  }
  for (int k = 0, a = upto(r, 0, 2), room = f.seg; k < 3; k++, a = (a + 1) % 3) {
    *col[a] = upto(r, 1, min(room, col_max[a]));
    room /= *col[a];
  }
  return f;
}

static int compile(axf_random_case *c, axf_rng *r, const axf_arch *a, uint32_t pmax) {
  axf_compile_opt o = {.factors = c->factors, .pmax = pmax, .images = c->images, .core = c->core};
  const axf_factors mapper = {0};
  for (int i = 0; i < FACTOR_ATTEMPTS; i++) {
    int count = 0;
    for (int l = 0; l < c->net.nlayers; l++)
      if (c->net.layer[l].kind != AXF_POOL)
        c->factors[count++] = i + 1 == FACTOR_ATTEMPTS || one_in(r, 4) ? mapper : draw_factors(&c->net, l, r, a);
    o.nfactors = count;
    if (axf_compile(&c->prog, &c->net, &c->q, a, &o) == 0)
      return 0;
    c->refused++;
  }
  return -1;
}

/* Half of the programs use less of the memories than there is, so that small nets are cut like large ones: tiles,
 * partial sums, kernels loaded again, maps in external memory. */
static axf_arch draw_arch(axf_arch a, axf_rng *r) {
  int *const words[] = {&a.nb_words, &a.kb_words, &a.ns_words, &a.ks_words, &a.ps_words, &a.par_words};
  const int least[] = {8, 64, 16, 8, 2, 4};
  const int most[] = {one_in(r, 4) ? 400 : 40, 1024, 256, 256, 64, 16};
  if (one_in(r, 2))
    return a;
  for (int i = 0; i < 6; i++)
    if (one_in(r, 2))
      *words[i] = 2 * upto(r, least[i] / 2, min(*words[i], most[i]) / 2);
  return a;
}

/* The given net, for several inputs side by side if asked. */
static int load_named(axf_net *n, const axf_named_net *named) {
  char path[512];
  axf_net one;
  if (axf_net_find(path, sizeof path, named->net))
    return -1;
  if (named->columns <= 1)
    return axf_net_load(n, path);
  int e = axf_net_load(&one, path);
  if (!e) {
    e = axf_net_columns(n, &one, named->columns);
    axf_net_free(&one);
  }
  return e;
}

/* The given net with random numbers. */
static int make_named(axf_random_case *c, axf_rng *weights, const axf_arch *a, const axf_mult *m,
                      const axf_named_net *named) {
  axf_compile_opt o = {.factors = c->factors,
                       .pmax = m->pmax,
                       .images = c->images,
                       .goal = named->goal,
                       .coupling = named->coupling,
                       .refine = named->refine,
                       .choices = named->choices,
                       .core = c->core};
  if (load_named(&c->net, named))
    return -1;
  o.nfactors = axf_factors_parse(c->factors, &c->net, named->factors);
  if (o.nfactors >= 0 && draw_numbers(&c->q, &c->net, weights, m, a->W) == 0 &&
      axf_compile(&c->prog, &c->net, &c->q, a, &o) == 0)
    return 0;
  axf_qnet_free(&c->q);
  axf_net_free(&c->net);
  return -1;
}

int axf_random_case_make(axf_random_case *c, uint64_t seed, const axf_arch *a, const axf_mult *m, int images,
                         const axf_named_net *named, int cores) {
  axf_rng shape, weights, factors, system, memories, batch, core;
  memset(c, 0, sizeof *c);
  axf_rng_seed(&shape, seed, STREAM_SHAPE);
  axf_rng_seed(&weights, seed, STREAM_WEIGHTS);
  axf_rng_seed(&factors, seed, STREAM_FACTORS);
  axf_rng_seed(&system, seed, STREAM_SYSTEM);
  axf_rng_seed(&memories, seed, STREAM_ARCH);
  axf_rng_seed(&batch, seed, STREAM_IMAGES);
  axf_rng_seed(&core, seed, STREAM_CORES);
  for (int l = 0; l < AXF_MAX_LAYERS; l++)
    c->core[l] = (uint8_t)axf_rng_below(&core, (uint32_t)cores);
  c->images = images > 0 ? images : one_in(&batch, 2) ? 1 : upto(&batch, 2, 5);
  c->latency = upto(&system, 1, 40);
  c->pressure = one_in(&system, 2) ? 0 : upto(&system, 1, 80);
  if (named)
    return make_named(c, &weights, a, m, named);
  for (int i = 0; i < ATTEMPTS; i++) {
    axf_arch arch = draw_arch(*a, &memories);
    if (draw_net(&c->net, &shape) == 0 && draw_numbers(&c->q, &c->net, &weights, m, a->W) == 0 &&
        compile(c, &factors, &arch, m->pmax) == 0)
      return 0;
    axf_qnet_free(&c->q);
    axf_net_free(&c->net);
  }
  char why[512];
  snprintf(why, sizeof why, "%s", axf_errmsg());
  return axf_fail("random net of seed %llu: %d draws were refused, the last because: %s", (unsigned long long)seed,
                  ATTEMPTS, why);
}

void axf_random_case_free(axf_random_case *c) {
  axf_program_free(&c->prog);
  axf_qnet_free(&c->q);
  axf_net_free(&c->net);
}

void axf_random_input(const axf_random_case *c, uint64_t seed, int k, int16_t *in) {
  axf_rng r;
  axf_rng_seed(&r, seed, STREAM_INPUT + (uint64_t)k);
  int is_signed = c->q.q[0].in_signed, sparse = one_in(&r, 3);
  const int W = c->prog.arch.W, most = (1 << (W - 1)) - 1;
  for (int i = 0; i < c->net.c * c->net.h * c->net.w; i++)
    in[i] = (int16_t)(sparse && one_in(&r, 2) ? 0 : is_signed ? upto(&r, -most, most) : upto(&r, 0, (1 << W) - 1));
}

void axf_random_table(axf_mult *m, uint64_t seed, int is_signed, int zeros) {
  axf_rng r;
  axf_rng_seed(&r, seed, STREAM_TABLE);
  memset(m, 0, sizeof *m);
  strcpy(m->name, "random");
  m->zero_exact = one_in(&r, 4) || zeros;
  m->is_signed = is_signed;
  for (int i = 0; i < 65536; i++) {
    m->t[i] = m->zero_exact && (i < 256 || i % 256 == 0) ? 0 : (uint16_t)axf_rng_below(&r, 65536);
    uint32_t p = is_signed ? (uint32_t)abs((int16_t)m->t[i]) : m->t[i];
    m->pmax = p > m->pmax ? p : m->pmax;
  }
}

void axf_random_text(const axf_random_case *c, char *text, size_t len) {
  writer t = {text, 0, len};
  text[0] = 0;
  for (int l = 0, k = 0; l < c->net.nlayers; l++) {
    const axf_layer *y = &c->net.layer[l], *p = y + 1;
    if (y->kind == AXF_POOL)
      continue;
    const axf_prog_layer *g = &c->prog.layer[k++];
    put(&t, "%s%s %dx%dx%d > %dx%dx%d k%dx%d s%d p%d", k > 1 ? "; " : "", y->kind == AXF_FC ? "fc" : "conv", y->in_c,
        y->in_h, y->in_w, g->out_c, g->out_h, g->out_w, y->ky, y->kx, y->stride, y->pad);
    if (l + 1 < c->net.nlayers && p->kind == AXF_POOL)
      put(&t, " %s%d", p->pool == AXF_POOL_MAX ? "max" : "avg", p->window);
    char factors[64];
    axf_factors_text(factors, sizeof factors, &g->f, c->prog.arch.D);
    put(&t, " <%s> %d tiles%s", factors, g->tiles,
        g->in_ext    ? g->out_ext ? " from and to memory" : " from memory"
        : g->out_ext ? " to memory"
                     : "");
  }
}
