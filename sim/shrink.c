/* Steps that make a case smaller, and the search over them: the first step that leaves it failing is taken, again and
 * again, until none does. SPDX-License-Identifier: Apache-2.0 */
#include "shrink.h"
#include <string.h>

axf_small axf_shrink_start(const axf_random_case *c, int latency, int pressure) {
  const axf_arch *a = &c->prog.arch;
  axf_small s = {.D = a->D, .c = c->net.c, .h = c->net.h, .w = c->net.w, .images = c->images};
  const int words[6] = {a->nb_words, a->kb_words, a->ns_words, a->ks_words, a->ps_words, a->par_words};
  memcpy(s.words, words, sizeof words);
  s.latency = latency < 0 ? c->latency : latency;
  s.pressure = pressure < 0 ? c->pressure : pressure;
  for (int l = 0; l < c->net.nlayers; l++) {
    const axf_layer *y = &c->net.layer[l];
    if (y->kind == AXF_POOL) {
      s.layer[s.layers - 1].pool = y->window;
      s.layer[s.layers - 1].avg = y->pool == AXF_POOL_AVG;
      continue;
    }
    s.layer[s.layers] = (axf_small_layer){.fc = y->kind == AXF_FC,
                                          .maps = y->out_c,
                                          .ky = y->ky,
                                          .kx = y->kx,
                                          .stride = y->stride,
                                          .pad = y->pad,
                                          .relu = y->relu,
                                          .f = c->prog.layer[s.layers].f};
    s.layers++;
  }
  return s;
}

static void put(char *text, size_t len, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void put(char *text, size_t len, const char *fmt, ...) {
  const size_t used = strlen(text);
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text + used, len - used, fmt, ap);
  va_end(ap);
}

void axf_shrink_net(const axf_small *s, char *text, size_t len) {
  text[0] = 0;
  put(text, len, "net small\ninput %d %d %d\n", s->c, s->h, s->w);
  for (int l = 0; l < s->layers; l++) {
    const axf_small_layer *y = &s->layer[l];
    if (y->fc)
      put(text, len, "fc l%d out=%d%s\n", l, y->maps, y->relu ? " relu" : "");
    else
      put(text, len, "conv l%d maps=%d kernel=%dx%d stride=%d pad=%d%s\n", l, y->maps, y->ky, y->kx, y->stride, y->pad,
          y->relu ? " relu" : "");
    if (!y->fc && y->pool)
      put(text, len, "pool p%d %s %d\n", l, y->avg ? "avg" : "max", y->pool);
  }
}

void axf_shrink_factors(const axf_small *s, char *text, size_t len) {
  text[0] = 0;
  for (int l = 0; l < s->layers; l++) {
    char f[64];
    axf_factors_text(f, sizeof f, &s->layer[l].f, s->D);
    put(text, len, "%sl%d=%s", text[0] ? ";" : "", l, f);
  }
}

static void set_words(axf_arch *a, const int *words) {
  int *const to[] = {&a->nb_words, &a->kb_words, &a->ns_words, &a->ks_words, &a->ps_words, &a->par_words};
  for (int i = 0; i < 6; i++)
    if (words[i])
      *to[i] = words[i];
}

axf_arch axf_shrink_arch(const axf_small *s, const axf_arch *all) {
  axf_arch a = *all;
  set_words(&a, s->words);
  return a;
}

int axf_shrink_words(axf_arch *a, const char *text) {
  const int most[6] = {a->nb_words, a->kb_words, a->ns_words, a->ks_words, a->ps_words, a->par_words};
  int words[6], end = 0;
  if (sscanf(text, "%d,%d,%d,%d,%d,%d%n", &words[0], &words[1], &words[2], &words[3], &words[4], &words[5], &end) !=
          6 ||
      text[end])
    return axf_fail("--words must be six numbers NB,KB,NS,KS,PS,PAR, not '%s'", text);
  for (int i = 0; i < 6; i++)
    if (words[i] < 0 || words[i] > most[i] || words[i] % 2)
      return axf_fail("--words: number %d must be even and from 0 to %d, not %d", i + 1, most[i], words[i]);
  set_words(a, words);
  return 0;
}

/* ---- steps ---- */

static void less(int *v, int least, int how) { *v = how == 0 ? least : how == 1 ? (*v + least) / 2 : *v - 1; }

static void drop(axf_small *s, int l) {
  if (--s->layers < 1)
    return;
  memmove(&s->layer[l], &s->layer[l + 1], (size_t)(s->layers - l) * sizeof s->layer[0]);
}

enum { GLOBAL_STEPS = 18, LAYER_STEPS = 26 };

/* Step k of the case as a whole: fewer images, no latency, no stalls, all memories, a smaller input. */
static void global_step(axf_small *s, int k) {
  int *const size[] = {&s->c, &s->h, &s->w};
  if (k == 0)
    s->images = 1;
  else if (k == 1)
    s->pressure = 0;
  else if (k == 2)
    s->latency = 1;
  else if (k < 9)
    s->words[k - 3] = 0;
  else
    less(size[(k - 9) / 3], 1, (k - 9) % 3);
}

static void layer_step(axf_small *s, int l, int k) {
  axf_small_layer *y = &s->layer[l];
  int *const number[] = {&y->maps, &y->ky, &y->kx};
  int *const factor[] = {&y->f.Tm, &y->f.Tn, &y->f.Tr, &y->f.Tc, &y->f.Ti, &y->f.Tj};
  if (k == 0)
    drop(s, l);
  else if (k == 1)
    y->pool = 0;
  else if (k == 2)
    y->pool -= y->pool > 1;
  else if (k == 3)
    y->avg = 0;
  else if (k == 4)
    y->relu = 0;
  else if (k == 5)
    y->stride = 1;
  else if (k == 6)
    y->pad = 0;
  else if (k == 7)
    y->f = (axf_factors){1, 1, 1, 1, 1, 1, s->D, 1, 0};
  else if (k < 17)
    less(number[(k - 8) / 3], 1, (k - 8) % 3);
  else if (k < 23)
    *factor[k - 17] = 1;
  else if (k == 23)
    y->f.seg = s->D;
  else if (k == 24)
    y->f.Qm = 1;
  else
    y->f.flat = 0;
}

/* Factors within the layer's new limits. */
static void clamp_factors(axf_small *s) {
  for (int l = 0; l < s->layers; l++) {
    axf_small_layer *y = &s->layer[l];
    const int in = l ? s->layer[l - 1].maps : s->c;
    if (y->f.Tm > y->maps)
      y->f.Tm = y->maps;
    if (y->fc)
      continue;
    if (y->f.Tn > in)
      y->f.Tn = in;
    if (y->f.Ti > y->ky)
      y->f.Ti = y->ky;
    if (y->f.Tj > y->kx)
      y->f.Tj = y->kx;
  }
}

/* Every step goes down, so the search ends. Step k; 0 if it changes nothing or there is nothing left, 1 if it does, -1
 * behind the last step. */
static int step(axf_small *s, int k) {
  const axf_small before = *s;
  if (k >= GLOBAL_STEPS + s->layers * LAYER_STEPS)
    return -1;
  if (k < GLOBAL_STEPS)
    global_step(s, k);
  else
    layer_step(s, (k - GLOBAL_STEPS) / LAYER_STEPS, (k - GLOBAL_STEPS) % LAYER_STEPS);
  clamp_factors(s);
  if (s->layers < 1 || s->c < 1 || s->h < 1 || s->w < 1)
    return 0;
  for (int l = 0; l < s->layers; l++)
    if (s->layer[l].maps < 1 || (!s->layer[l].fc && (s->layer[l].ky < 1 || s->layer[l].kx < 1)))
      return 0;
  return memcmp(&before, s, sizeof *s) != 0;
}

/* ---- the search ---- */

static int write_net(const axf_small *s, const char *path) {
  char text[8192];
  axf_out *out = axf_out_begin(path);
  if (!out)
    return -1;
  axf_shrink_net(s, text, sizeof text);
  fputs(text, axf_out_stream(out));
  return axf_out_commit(out);
}

int axf_shrink(axf_small *s, const char *file, axf_fails_fn fails, void *ctx) {
  char net[512], attempt[512];
  int tried = 0, taken = 0, result, fail;
  snprintf(net, sizeof net, "%s.net", file);
  snprintf(attempt, sizeof attempt, "%s.try.net", file);
  if (write_net(s, attempt))
    return -1;
  if (!fails(ctx, s, attempt)) {
    remove(attempt);
    return axf_fail("shrink: the case does not fail when it is given as a net, factors and memories");
  }
  for (int progress = 1; progress;) {
    progress = 0;
    for (int k = 0;; k++) {
      axf_small smaller = *s;
      if ((result = step(&smaller, k)) < 0)
        break;
      if (result == 0)
        continue;
      if (write_net(&smaller, attempt))
        return -1;
      fail = fails(ctx, &smaller, attempt);
      tried++;
      if (fail) {
        *s = smaller;
        taken++;
        progress = 1;
        k--; /* once more */
      }
    }
  }
  remove(attempt);
  fprintf(stderr, "shrunk by %d of %d steps tried\n", taken, tried);
  return write_net(s, net);
}

void axf_shrink_print_supply(const axf_sim_options *o) {
  const struct {
    const char *name, *value;
  } text[] = {{"vdd", o->vdd}, {"vdd-nb", o->vdd_nb}, {"vdd-kb", o->vdd_kb}, {"ber", o->ber},
              {"die", o->die}, {"fault", o->fault},   {"tech", o->tech}};
  for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
    if (text[i].value)
      printf(" --%s %s", text[i].name, text[i].value);
  if (o->clustered)
    printf(" --clustered");
}

void axf_shrink_print(const axf_small *s, const axf_sim_options *o, uint64_t seed) {
  char factors[2048], text[8192];
  axf_shrink_factors(s, factors, sizeof factors);
  axf_shrink_net(s, text, sizeof text);
  printf("shrunk to %s.net:\n%s", o->shrink, text);
  printf("smallest: axsim --random 1 --seed %llu --net %s.net", (unsigned long long)seed, o->shrink);
  if (factors[0])
    printf(" --factors '%s'", factors);
  printf(" --words %d,%d,%d,%d,%d,%d", s->words[0], s->words[1], s->words[2], s->words[3], s->words[4], s->words[5]);
  printf(" --images %d --latency %d --back-pressure %d", s->images, s->latency, s->pressure);
  axf_shrink_print_supply(o);
  printf("\n");
}
