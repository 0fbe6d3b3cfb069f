/* The kernel buffer, a ring: which kernels are where, and what is loaded when.
 * The order of all KLDs is known before the first load is emitted (axf_lower.use). Loads follow it as far ahead as the
 * ring has room; what is still there from an earlier use is not loaded again. SPDX-License-Identifier: Apache-2.0 */
#include "compile/lower.h"
#include "isa/isa.h"
#include <stdlib.h>

/* Words whose last reader is so many tiles back may be overwritten by a load that runs ahead: it does not wait long. */
#define TILES_BACK 3

/* Loads emitted ahead at a time, so that a tile's neurons do not queue behind the kernels of many tiles. */
#define LOADS_AHEAD 2

/* Loads that no KLD has read yet: instructions are dispatched in order, so that a load far ahead of its use holds up
 * the instructions in between when the bus is behind. */
#define MOST_LOADED 3

/* May a load take these words? Not if KLDs that are provided for read them, nor, ahead of need, what was just read. */
static int is_free(const axf_lower *c, int at, int words, int must) {
  for (int w = at; w < at + words; w++)
    if ((c->kb_owner[w] >= 0 && c->block[c->kb_owner[w]].claims) ||
        (!must && c->kb_user_tile[w] > c->tile - TILES_BACK))
      return 0;
  return 1;
}

static void load(axf_lower *c, int id, int at) {
  axf_kblock *b = &c->block[id];
  int i = axf_asm_op(&c->s, AXF_OP_LD), user = -1;
  AXF_SET(&c->s, i, LD, DST, 2);
  AXF_SET(&c->s, i, LD, BASE, 0);
  AXF_SET(&c->s, i, LD, OFFSET, (int64_t)b->offset);
  AXF_SET(&c->s, i, LD, BEATS, b->beats);
  AXF_SET(&c->s, i, LD, ADDR, at);
  AXF_SET(&c->s, i, LD, LANES_LOG2, b->lanes_log2);
  AXF_SET(&c->s, i, LD, NY, 1);
  AXF_SET(&c->s, i, LD, NZ, 1);
  for (int w = at; w < at + b->addrs; w++) {
    user = axf_max(user, c->kb_user[w]);
    if (c->kb_owner[w] >= 0)
      c->block[c->kb_owner[w]].kb_addr = -1;
    c->kb_owner[w] = id;
  }
  axf_asm_need(&c->s, AXF_S_K_LD, i, user);
  b->kb_addr = at;
  b->ld = i;
  c->kb_next = at + b->addrs;
}

/* Provides for KLDs with at most `loads` loads. */
static int provide(axf_lower *c, int loads) {
  for (; c->ahead < c->nuse; c->ahead++) {
    const int id = c->use[c->ahead];
    axf_kblock *b = &c->block[id];
    if (b->kb_addr < 0) {
      const int at = c->kb_next + b->addrs <= c->arch.kb_words ? c->kb_next : 0;
      if (loads-- == 0 || (c->loaded >= MOST_LOADED && c->ahead > c->use_next) ||
          !is_free(c, at, b->addrs, c->ahead == c->use_next))
        break;
      load(c, id, at);
      b->fresh = 1;
      c->loaded++;
    }
    b->claims++;
  }
  return c->s.failed ? -1 : 0;
}

int axf_load_ahead(axf_lower *c) { return c->recording ? 0 : provide(c, LOADS_AHEAD); }

int axf_kernel_use(axf_lower *c, int id) {
  if (!c->recording)
    return c->ahead > c->use_next ? 0 : provide(c, 1);
  if (c->nuse == c->capuse) {
    const int cap = c->capuse ? 2 * c->capuse : 256;
    int *p = realloc(c->use, (size_t)cap * sizeof *p);
    if (!p)
      return axf_fail("out of memory for the order of %d kernel loads", cap);
    c->use = p;
    c->capuse = cap;
  }
  c->use[c->nuse++] = id;
  return 0;
}

void axf_kernel_read(axf_lower *c, int id, int instr) {
  axf_kblock *b = &c->block[id];
  if (c->recording)
    return;
  for (int w = b->kb_addr; w < b->kb_addr + b->addrs; w++) {
    c->kb_user[w] = instr;
    c->kb_user_tile[w] = c->tile;
  }
  c->loaded -= b->fresh;
  b->fresh = 0;
  b->claims--;
  c->use_next++;
}
