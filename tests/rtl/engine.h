/* The environment of an engine: its instruction queue, semaphores that are ready at random, posts in order.
 * Used by the tests of modules with the pins valid_i, instr_i, pop_o, sem_ready_i, take_o, post_o.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ENGINE_H
#define ENGINE_H
#include "tb.h"

enum { ENG_MAX = 4096 };
static uint32_t eng_instr[ENG_MAX][8];
static int eng_n, eng_next, eng_valid; /* instructions; the next to be taken; it is offered */
static int eng_posted;                 /* the next whose post is due */

/* A new instruction, its payload zero: random semaphores to wait for, at least one to post to. */
static inline uint32_t *eng_add(int opcode) {
  uint32_t *i = eng_instr[eng_n++];
  FIELD(i, HDR_OPCODE, opcode);
  FIELD(i, HDR_WAIT, chance(50) ? 0 : 1 << rnd(16) | 1 << rnd(16));
  FIELD(i, HDR_POST, 1 << rnd(16) | 1 << rnd(16));
  return i;
}

/* Drives the queue's and the semaphores' pins of this cycle. */
static inline void eng_drive(void) {
  if (!eng_valid && eng_next < eng_n && chance(70))
    eng_valid = 1;
  pins.valid_i = (uint8_t)eng_valid;
  if (eng_valid)
    memcpy(pins.instr_i, eng_instr[eng_next], sizeof pins.instr_i);
  else
    bits_random(pins.instr_i, sizeof pins.instr_i);
  pins.sem_ready_i = (uint16_t)(chance(60) ? 0xffff : rnd(65536));
}

/* Checks pop_o and take_o of this cycle; returns the instruction that starts, or NULL. */
static inline const uint32_t *eng_pop(void) {
  int wait = eng_valid ? GET(eng_instr[eng_next], HDR_WAIT) : 0;
  if (!pins.pop_o) {
    EXPECT(pins.take_o == 0, "takes %x without a start", pins.take_o);
    return NULL;
  }
  EXPECT(eng_valid && (wait & ~pins.sem_ready_i) == 0, "starts early: valid %d wait %x ready %x", eng_valid, wait,
         pins.sem_ready_i);
  EXPECT(pins.take_o == wait, "takes %x, expected %x", pins.take_o, wait);
  eng_valid = 0;
  return eng_instr[eng_next++];
}

/* Checks post_o of this cycle; returns the instruction that is complete, or NULL. */
static inline const uint32_t *eng_post(void) {
  if (!pins.post_o)
    return NULL;
  EXPECT(eng_posted < eng_next, "post %x without an instruction", pins.post_o);
  int post = GET(eng_instr[eng_posted], HDR_POST);
  EXPECT(pins.post_o == post, "posts %x, expected %x of instruction %d", pins.post_o, post, eng_posted);
  return eng_instr[eng_posted++];
}
#endif
