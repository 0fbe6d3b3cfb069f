/* The assembler: instruction fields, and semaphores from needs.
 * Engines work in order on both sides of a semaphore, so a consumer needs one token at most: that of the latest
 * producer it depends on. Producers that nobody waits for post nothing; tokens and takes match one to one.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/plan.h"
#include "isa/isa.h"
#include <stdlib.h>
#include <string.h>

static int grow(axf_asm *s, void **v, int n, int *cap, size_t size) {
  if (n < *cap)
    return 0;
  int want = *cap ? 2 * *cap : 64;
  void *p = realloc(*v, (size_t)want * size);
  if (!p) {
    s->failed = 1;
    return axf_fail("out of memory for a program of %d instructions", want);
  }
  *v = p;
  *cap = want;
  return 0;
}

int axf_asm_op(axf_asm *s, int opcode) {
  if (grow(s, (void **)&s->instr, s->n, &s->cap, sizeof *s->instr))
    return 0;
  memset(s->instr[s->n], 0, sizeof *s->instr);
  s->n++;
  AXF_SET(s, s->n - 1, HDR, OPCODE, opcode);
  return s->n - 1;
}

void axf_asm_set(axf_asm *s, int i, const char *what, int lsb, int width, int64_t v) {
  if (s->failed)
    return;
  if (v < 0 || v >> width) {
    s->failed = 1;
    axf_fail("instruction %d: %s = %lld does not fit its %d bits", i, what, (long long)v, width);
    return;
  }
  for (int b = 0; b < width; b++)
    if (v >> b & 1)
      s->instr[i][(lsb + b) / 32] |= 1u << (lsb + b) % 32;
}

void axf_asm_need(axf_asm *s, axf_sem sem, int consumer, int producer) {
  if (producer < 0 || s->failed || grow(s, (void **)&s->need[sem], s->nneed[sem], &s->capneed[sem], sizeof(axf_need)))
    return;
  s->need[sem][s->nneed[sem]++] = (axf_need){consumer, producer};
}

static int by_consumer(const void *a, const void *b) {
  const axf_need *x = a, *y = b;
  return x->consumer != y->consumer ? (x->consumer > y->consumer) - (x->consumer < y->consumer)
                                    : (x->producer < y->producer) - (x->producer > y->producer);
}

int axf_asm_finish(axf_asm *s) {
  for (int sem = 0; sem < AXF_S_COUNT && !s->failed; sem++) {
    qsort(s->need[sem], (size_t)s->nneed[sem], sizeof(axf_need), by_consumer);
    int last = -1;
    int written = sem == AXF_S_XW_N || sem == AXF_S_XW_ST;
    for (int k = 0; k < s->nneed[sem]; k++) {
      axf_need n = s->need[sem][k];
      if (n.producer <= last)
        continue;
      if (n.producer >= n.consumer) {
        s->failed = 1;
        axf_fail("instruction %d would wait for the later instruction %d", n.consumer, n.producer);
        break;
      }
      last = n.producer;
      AXF_SET(s, n.consumer, HDR, WAIT, 1 << sem);
      if (written)
        AXF_SET(s, n.producer, HDR, POST2, 1 << sem);
      else
        AXF_SET(s, n.producer, HDR, POST, 1 << sem);
    }
  }
  return s->failed ? -1 : 0;
}

void axf_asm_free(axf_asm *s) {
  free(s->instr);
  for (int i = 0; i < AXF_S_COUNT; i++)
    free(s->need[i]);
  memset(s, 0, sizeof *s);
}
