/* Progress on stderr: one line that is rewritten on a terminal, a new line every few seconds elsewhere.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include <time.h>
#include <unistd.h>

#define TERMINAL_PERIOD 0.1
#define LOG_PERIOD 5.0

double axf_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* "1:02:03" or "2:03". */
static void clock_text(char out[32], double seconds) {
  long s = seconds > 0 && seconds < 1e8 ? (long)(seconds + 0.5) : 0;
  if (s >= 3600)
    snprintf(out, 32, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  else
    snprintf(out, 32, "%ld:%02ld", s / 60, s % 60);
}

static void show(const axf_progress *p, double done, const char *extra, double now) {
  char eta[32], lead = p->total > 0 && done < p->total;
  double share = p->total > 0 ? done / p->total : 0, spent = now - p->start;
  clock_text(eta, lead && share > 0 ? spent / share - spent : spent);
  int tty = isatty(STDERR_FILENO);
  fprintf(stderr, "%s%s %5.1f %%  %s %s%s%s%s", tty ? "\r" : "", p->label, 100 * share, eta, lead ? "left" : "spent",
          extra != NULL ? "  " : "", extra != NULL ? extra : "", tty ? "\033[K" : "\n");
  fflush(stderr);
}

void axf_progress_begin(axf_progress *p, const char *label, double total) {
  p->label = label;
  p->total = total;
  p->start = p->last = axf_now();
}

void axf_progress_update(axf_progress *p, double done, const char *extra) {
  double now = axf_now();
  if (now - p->last < (isatty(STDERR_FILENO) ? TERMINAL_PERIOD : LOG_PERIOD))
    return;
  p->last = now;
  show(p, done, extra, now);
}

/* Wipes the line on a terminal; what remains to be said is the caller's result line. */
void axf_progress_end(axf_progress *p) {
  if (p->last > p->start && isatty(STDERR_FILENO))
    fprintf(stderr, "\r\033[K");
}
