/* Parallel loops: a pool of threads that sleeps between loops. Indices are handed out one by one, in order.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The caller is worker 0. A loop started inside a loop runs in the worker that started it, under that worker's
 * number, so per-worker scratch memory stays private. Loops started by different threads take turns. */
#include "core/core.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#define MAX_WORKERS 64

static struct {
  pthread_mutex_t turn; /* held by the thread whose loop runs */
  pthread_mutex_t lock; /* guards everything below except `next` */
  pthread_cond_t start, finish;
  int threads;     /* started so far, workers 1..threads */
  int active;      /* workers of this loop, the caller included */
  int busy;        /* threads still in this loop */
  uint64_t number; /* of the loop */
  axf_task_fn fn;
  void *ctx;
  size_t n;
  atomic_size_t next;
} pool = {.turn = PTHREAD_MUTEX_INITIALIZER,
          .lock = PTHREAD_MUTEX_INITIALIZER,
          .start = PTHREAD_COND_INITIALIZER,
          .finish = PTHREAD_COND_INITIALIZER};

static _Thread_local int inside = -1; /* the worker's number while in a loop */

/* The value of AXF_THREADS; 0: not set, -1: not a number from 1 to 64. */
static int wanted(void) {
  const char *s = getenv("AXF_THREADS");
  if (s == NULL || *s == 0)
    return 0;
  int v = 0;
  for (; *s >= '0' && *s <= '9' && v <= MAX_WORKERS; s++)
    v = 10 * v + (*s - '0');
  return *s == 0 && v >= 1 && v <= MAX_WORKERS ? v : -1;
}

int axf_threads_check(void) {
  if (wanted() >= 0)
    return 0;
  return axf_fail("the environment variable AXF_THREADS is '%s', expected a number from 1 to %d", getenv("AXF_THREADS"),
                  MAX_WORKERS);
}

int axf_threads(void) {
  int n = wanted();
  if (n > 0)
    return n;
  cpu_set_t set;
  n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return n < 1 ? 1 : n > MAX_WORKERS ? MAX_WORKERS : n;
}

static void work(axf_task_fn fn, void *ctx, size_t n, int worker) {
  for (;;) {
    size_t i = atomic_fetch_add(&pool.next, 1);
    if (i >= n)
      return;
    fn(ctx, i, worker);
  }
}

static void *thread_main(void *arg) {
  int me = (int)(intptr_t)arg;
  uint64_t seen = 0;
  inside = me;
  pthread_mutex_lock(&pool.lock);
  for (;;) {
    while (pool.number == seen || me >= pool.active) {
      seen = pool.number;
      pthread_cond_wait(&pool.start, &pool.lock);
    }
    seen = pool.number;
    axf_task_fn fn = pool.fn;
    void *ctx = pool.ctx;
    size_t n = pool.n;
    pthread_mutex_unlock(&pool.lock);
    work(fn, ctx, n, me);
    pthread_mutex_lock(&pool.lock);
    if (--pool.busy == 0)
      pthread_cond_signal(&pool.finish);
  }
  return NULL;
}

/* Starts threads until there are n; fewer are no error, the loop then has fewer workers. Lock held. */
static void grow(int n) {
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
  pthread_t id;
  while (pool.threads < n && pthread_create(&id, &attr, thread_main, (void *)(intptr_t)(pool.threads + 1)) == 0)
    pool.threads++;
  pthread_attr_destroy(&attr);
}

void axf_parallel_for(size_t n, axf_task_fn fn, void *ctx) {
  int workers = inside >= 0 ? 1 : axf_threads();
  if (workers == 1 || n <= 1) {
    int outer = inside;
    inside = outer >= 0 ? outer : 0;
    for (size_t i = 0; i < n; i++)
      fn(ctx, i, inside);
    inside = outer;
    return;
  }
  pthread_mutex_lock(&pool.turn);
  pthread_mutex_lock(&pool.lock);
  if ((size_t)workers > n)
    workers = (int)n;
  grow(workers - 1);
  if (workers > pool.threads + 1)
    workers = pool.threads + 1;
  pool.fn = fn;
  pool.ctx = ctx;
  pool.n = n;
  atomic_store(&pool.next, 0);
  pool.active = workers;
  pool.busy = workers - 1;
  pool.number++;
  pthread_cond_broadcast(&pool.start);
  pthread_mutex_unlock(&pool.lock);

  inside = 0;
  work(fn, ctx, n, 0);
  inside = -1;

  pthread_mutex_lock(&pool.lock);
  while (pool.busy > 0)
    pthread_cond_wait(&pool.finish, &pool.lock);
  pthread_mutex_unlock(&pool.lock);
  pthread_mutex_unlock(&pool.turn);
}
