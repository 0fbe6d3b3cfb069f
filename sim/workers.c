/* Forking, watching and collecting workers. Messages and counts travel through shared memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workers.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_JOBS 64
#define POLL_US 20000

typedef struct {
  volatile uint64_t done;
  char error[1024];
} slot;

void *axf_shared(size_t bytes) {
  void *p = mmap(NULL, bytes ? bytes : 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (p != MAP_FAILED)
    return p;
  axf_fail("cannot share %zu bytes between the workers: %s", bytes, strerror(errno));
  return NULL;
}

static void work(slot *s, size_t first, size_t last, axf_block_fn fn, void *ctx) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int r = fn(ctx, first, last, &s->done);
  if (r)
    snprintf(s->error, sizeof s->error, "%s", axf_errmsg());
  _exit(r ? 1 : 0);
}

/* What a worker's end means: 0 or -1 + axf_fail. */
static int judge(const slot *s, int status, int job) {
  if (WIFSIGNALED(status))
    return axf_fail("worker %d crashed: %s", job, strsignal(WTERMSIG(status)));
  if (WEXITSTATUS(status) == 0)
    return 0;
  return s->error[0] ? axf_fail("%s", s->error) : axf_fail("worker %d ended with status %d", job, WEXITSTATUS(status));
}

static void show(axf_progress *p, const slot *s, int jobs) {
  uint64_t done = 0;
  for (int j = 0; j < jobs; j++)
    done += s[j].done;
  axf_progress_update(p, (double)done, NULL);
}

int axf_workers(size_t n, int jobs, const char *label, axf_block_fn fn, void *ctx) {
  pid_t pid[MAX_JOBS];
  axf_progress progress;
  if (jobs > MAX_JOBS)
    jobs = MAX_JOBS;
  if ((size_t)jobs > n)
    jobs = (int)n;
  slot *s = axf_shared((size_t)jobs * sizeof *s);
  if (!s)
    return -1;
  fflush(stdout);
  fflush(stderr);
  int r = 0, left = 0;
  for (int j = 0; j < jobs; j++) {
    pid[j] = r ? -1 : fork();
    if (pid[j] == 0)
      work(&s[j], n * (size_t)j / (size_t)jobs, n * ((size_t)j + 1) / (size_t)jobs, fn, ctx);
    if (pid[j] < 0 && !r)
      r = axf_fail("cannot start worker %d: %s", j, strerror(errno));
    left += pid[j] > 0;
  }
  if (label)
    axf_progress_begin(&progress, label, (double)n);
  while (left > 0) {
    for (int j = 0; j < jobs; j++) {
      int status;
      if (pid[j] > 0 && r)
        kill(pid[j], SIGKILL);
      if (pid[j] > 0 && waitpid(pid[j], &status, r ? 0 : WNOHANG) == pid[j]) {
        pid[j] = -1;
        left--;
        if (!r)
          r = judge(&s[j], status, j);
      }
    }
    if (label)
      show(&progress, s, jobs);
    if (left > 0)
      usleep(POLL_US);
  }
  if (label)
    axf_progress_end(&progress);
  munmap(s, (size_t)jobs * sizeof *s);
  return r;
}
