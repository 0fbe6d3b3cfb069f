/* The assembler: instruction fields, and semaphores from needs.
 * Engines work in order on both sides of a semaphore, so a consumer needs one token at most: that of the latest
 * producer it depends on. Producers that nobody waits for post nothing; tokens and takes match one to one.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/plan.h"
#include "isa/isa.h"
#include <stdlib.h>
#include <string.h>

axf_engine axf_engine_of(int op) {
  switch (op) {
  case AXF_OP_LD:
    return AXF_E_LOAD;
  case AXF_OP_KCFG:
  case AXF_OP_KLD:
    return AXF_E_KLOAD;
  case AXF_OP_NCFG:
  case AXF_OP_NLD:
    return AXF_E_NLOAD;
  case AXF_OP_ST:
    return AXF_E_STORE;
  case AXF_OP_END:
    return AXF_E_FETCH;
  default:
    return AXF_E_EXEC;
  }
}

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

/* Tokens that may wait in a semaphore, in program order; its counter holds 255 and the engines run a little apart. */
#define MOST_TOKENS 200

/* Most tokens given and not yet taken at any instruction; both members of the pairs rise. */
static int tokens(const axf_need *pair, int n) {
  int most = 0;
  for (int given = 0, taken = 0; given < n; given++) {
    while (pair[taken].consumer <= pair[given].producer)
      taken++;
    most = axf_max(most, given + 1 - taken);
  }
  return most;
}

/* Replaces up to `group` neighbours at a time by one pair: the first consumer waits for the last producer instead, as
 * far as that one comes before it. Returns the new number of pairs. */
static int coalesce(axf_need *pair, int n, int group) {
  int kept = 0;
  for (int k = 0, next; k < n; k = next) {
    axf_need p = pair[k];
    for (next = k + 1; next < n && next < k + group && pair[next].producer < p.consumer; next++)
      p.producer = pair[next].producer;
    pair[kept++] = p;
  }
  return kept;
}

int axf_asm_finish(axf_asm *s) {
  for (int sem = 0; sem < AXF_S_COUNT && !s->failed; sem++) {
    axf_need *pair = s->need[sem];
    int n = 0;
    if (!pair)
      continue;
    qsort(pair, (size_t)s->nneed[sem], sizeof *pair, by_consumer);
    for (int k = 0; k < s->nneed[sem]; k++)
      if (n == 0 || pair[k].producer > pair[n - 1].producer)
        pair[n++] = pair[k];
    while (tokens(pair, n) > MOST_TOKENS) {
      int fewer = coalesce(pair, n, 2);
      if (fewer == n)
        break;
      n = fewer;
    }
    const int written = sem == AXF_S_XW_N || sem == AXF_S_XW_ST;
    for (int k = 0; k < n && !s->failed; k++) {
      if (pair[k].producer >= pair[k].consumer) {
        s->failed = 1;
        axf_fail("instruction %d would wait for the later instruction %d", pair[k].consumer, pair[k].producer);
        break;
      }
      AXF_SET(s, pair[k].consumer, HDR, WAIT, 1 << sem);
      if (written)
        AXF_SET(s, pair[k].producer, HDR, POST2, 1 << sem);
      else
        AXF_SET(s, pair[k].producer, HDR, POST, 1 << sem);
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
