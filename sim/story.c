/* The facts of a result: lines for sim/story.sh. SPDX-License-Identifier: Apache-2.0 */
#include "story.h"

int axf_story_parse(int at[3], const char *text) {
  char end;
  if (sscanf(text, "%d,%d,%d%c", &at[0], &at[1], &at[2], &end) != 3)
    return axf_fail("--story takes a result MAP,ROW,COLUMN of the first layer, not '%s'", text);
  return 0;
}

int axf_story_facts(const axf_program *p, const axf_net *n, const axf_qnet *q, const int16_t *in, const int16_t *out,
                    const int at[3]) {
  const axf_prog_layer *g = &p->layer[0];
  const axf_layer *y = &n->layer[g->net_layer], *pool = y + 1;
  const axf_qlayer *v = &q->q[g->net_layer];
  const axf_factors *f = &g->f;
  const int m = at[0], r = at[1], c = at[2];
  const int P = g->net_layer + 1 < n->nlayers && pool->kind == AXF_POOL ? pool->window : 1;
  int bank, addr;
  if (y->kind != AXF_CONV || y->in_c != 1 || f->Qm != 1 || g->in_ext || g->nblocks != 1)
    return axf_fail("--story tells of a first layer that is a convolution of one input map in whole rows; %s is not",
                    y->name);
  if (m < 0 || m >= g->out_c || r < 0 || r >= g->out_h || c < 0 || c >= g->out_w)
    return axf_fail("--story: layer %s has %d maps of %d x %d results", y->name, g->out_c, g->out_h, g->out_w);
  axf_place(&g->out, m, r, c, &bank, &addr);
  printf("story fact layer %s %d %d %d %d %d %d\n", y->name, y->ky, y->kx, y->stride, y->pad, P, p->arch.D);
  printf("story fact factors %d %d %d %d %d %d %d\n", f->Tm, f->Tn, f->Tr, f->Tc, f->Ti, f->Tj, f->flat);
  printf("story fact result %d %d %d %d\n", m, r, c, out[(m * g->out_h + r) * g->out_w + c]);
  printf("story fact place %d %d %d\n", g->out.buffer, bank, addr);
  printf("story fact parameter %d %d %d\n", v->bias[m], v->mult[m], v->shift[m]);
  for (int i = 0; i < y->ky; i++)
    for (int j = 0; j < y->kx; j++)
      printf("story fact weight %d %d %d\n", i, j, axf_qweight(v, (size_t)((m * y->ky + i) * y->kx + j)));
  /* The pixels under the pooling window, in coordinates that count the padding, and where each lies in the buffer. */
  for (int i = 0; i < (P - 1) * y->stride + y->ky; i++)
    for (int j = 0; j < (P - 1) * y->stride + y->kx; j++) {
      const int row = r * P * y->stride + i, col = c * P * y->stride + j, a = row - y->pad, b = col - y->pad;
      const int inside = a >= 0 && a < y->in_h && b >= 0 && b < y->in_w;
      axf_place(&g->in, 0, a, b, &bank, &addr);
      printf("story fact pixel %d %d %d %d %d\n", row, col, inside ? in[a * y->in_w + b] : 0, bank, addr);
    }
  return 0;
}
