/* A program with the engines apart: any order that the queues and semaphores allow, drawn so that some engine runs far
 * ahead of the others. A hand-over that the program forgets then shows, however unlikely it is in time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "compile/plan.h"
#include "progmodel/state.h"

#define ENGINES AXF_E_FETCH
#define DEPTH 2     /* instructions a queue holds (rtl/ctrl/instr_queue.v) */
#define TOKENS 255  /* a semaphore holds (rtl/ctrl/semaphores.v) */
#define STRETCH 200 /* instructions with the same priorities, at most */

typedef struct {
  const uint32_t *queue[ENGINES][DEPTH];
  int queued[ENGINES], token[16], rank[ENGINES]; /* rank[0]: the engine that goes first */
} engines;

/* Instructions in order into the queues, until one is full; returns the next one's number. */
static int fetch(engines *e, const axf_program *p, int pc) {
  for (; pc < p->ninstr; pc++) {
    const uint32_t *w = p->instr + (size_t)pc * AXF_INSTR_WORDS;
    const axf_engine k = axf_engine_of((int)AXF_GET(w, HDR, OPCODE));
    if (k == AXF_E_FETCH) /* END, or what no engine knows */
      continue;
    if (e->queued[k] == DEPTH)
      break;
    e->queue[k][e->queued[k]++] = w;
  }
  return pc;
}

static int ready(const engines *e, int k) {
  if (!e->queued[k])
    return 0;
  const uint32_t wait = AXF_GET(e->queue[k][0], HDR, WAIT);
  for (int s = 0; s < 16; s++)
    if (wait >> s & 1 && !e->token[s])
      return 0;
  return 1;
}

/* The head of engine k's queue, its tokens taken and given. */
static int run_one(axf_progmodel *m, engines *e, int k) {
  const uint32_t *w = e->queue[k][0];
  const uint32_t wait = AXF_GET(w, HDR, WAIT), post = AXF_GET(w, HDR, POST) | AXF_GET(w, HDR, POST2);
  e->queue[k][0] = e->queue[k][1];
  e->queued[k]--;
  for (int s = 0; s < 16; s++) {
    e->token[s] += (int)(post >> s & 1) - (int)(wait >> s & 1);
    if (e->token[s] > TOKENS)
      return axf_fail("program: semaphore %d is given more than %d tokens", s, TOKENS);
  }
  return axf_pm_instruction(m, w);
}

int axf_pm_apart(axf_progmodel *m) {
  engines e = {.rank = {0, 1, 2, 3, 4}};
  axf_rng r;
  axf_rng_seed(&r, m->order, 0);
  for (int pc = 0, left = 0;; left--) {
    pc = fetch(&e, m->p, pc);
    if (left == 0) {
      left = 1 + (int)axf_rng_below(&r, STRETCH);
      for (int i = ENGINES - 1; i > 0; i--) {
        const int j = (int)axf_rng_below(&r, (uint32_t)i + 1), swap = e.rank[i];
        e.rank[i] = e.rank[j];
        e.rank[j] = swap;
      }
    }
    int k = 0, queued = 0;
    while (k < ENGINES && !ready(&e, e.rank[k]))
      queued += e.queued[e.rank[k++]];
    if (k == ENGINES)
      return queued ? axf_fail("program: instruction %d is reached and every engine waits", pc) : 0;
    if (run_one(m, &e, e.rank[k]))
      return -1;
  }
}
