/* JSON writer: members of an object one a line, members of an array side by side. Nothing is checked for write
 * errors here; axf_out_commit() does that once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifndef AXF_GIT_REV
#define AXF_GIT_REV "unknown"
#endif

/* Length of the valid UTF-8 sequence at s, 0 if there is none (RFC 3629: shortest form, no surrogates). */
static int utf8(const unsigned char *s) {
  uint32_t c = s[0];
  int n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
  for (int i = 1; i < n; i++)
    if ((s[i] & 0xc0) != 0x80)
      return 0;
  if (n == 3 && ((c == 0xe0 && s[1] < 0xa0) || (c == 0xed && s[1] >= 0xa0)))
    return 0;
  if (n == 4 && ((c == 0xf0 && s[1] < 0x90) || (c == 0xf4 && s[1] >= 0x90)))
    return 0;
  return n;
}

static void quoted(FILE *f, const char *text) {
  const unsigned char *s = (const unsigned char *)text;
  fputc('"', f);
  while (*s != 0) {
    int n = utf8(s);
    if (n == 0)
      fputs("\\ufffd", f);
    else if (*s == '"' || *s == '\\')
      fprintf(f, "\\%c", *s);
    else if (*s == '\n')
      fputs("\\n", f);
    else if (*s < 0x20)
      fprintf(f, "\\u%04x", *s);
    else
      fwrite(s, 1, (size_t)n, f);
    s += n > 0 ? n : 1;
  }
  fputc('"', f);
}

static int in_array(const axf_json *j) { return j->arrays >> j->depth & 1; }

static void new_line(const axf_json *j) { fprintf(j->f, "\n%*s", 2 * j->depth, ""); }

/* Separator, place and key of the next member. */
static void member(axf_json *j, const char *key) {
  if (!j->first)
    fputs(in_array(j) ? ", " : ",", j->f);
  j->first = 0;
  if (in_array(j))
    return;
  new_line(j);
  quoted(j->f, key != NULL ? key : "");
  fputs(": ", j->f);
}

static void open_level(axf_json *j, const char *key, uint32_t array) {
  member(j, key);
  fputc(array ? '[' : '{', j->f);
  j->depth++;
  j->arrays = (j->arrays & ~(UINT32_C(1) << j->depth)) | array << j->depth;
  j->first = 1;
}

void axf_json_begin(axf_json *j, FILE *f) {
  *j = (axf_json){.f = f, .depth = 1, .first = 1};
  fputc('{', f);
}

void axf_json_str(axf_json *j, const char *key, const char *v) {
  member(j, key);
  quoted(j->f, v);
}

/* JSON has no infinities and no NaN: they become null. */
void axf_json_num(axf_json *j, const char *key, double v) {
  member(j, key);
  char text[40];
  if (!isfinite(v)) {
    fputs("null", j->f);
    return;
  }
  if (v == (double)(int64_t)(fabs(v) < 0x1p53 ? v : 0.5)) {
    snprintf(text, sizeof text, "%lld", (long long)v);
  } else {
    int digits = 1;
    do
      snprintf(text, sizeof text, "%.*g", digits, v);
    while (digits++ < 17 && strtod(text, NULL) != v);
  }
  fputs(text, j->f);
}

void axf_json_bool(axf_json *j, const char *key, int v) {
  member(j, key);
  fputs(v ? "true" : "false", j->f);
}

void axf_json_obj(axf_json *j, const char *key) { open_level(j, key, 0); }

void axf_json_arr(axf_json *j, const char *key) { open_level(j, key, 1); }

void axf_json_close(axf_json *j) {
  int array = in_array(j);
  j->depth--;
  if (!array && !j->first)
    new_line(j);
  fputc(array ? ']' : '}', j->f);
  j->first = 0;
}

void axf_json_end(axf_json *j) {
  axf_json_close(j);
  fputc('\n', j->f);
}

/* One word of the command as a shell would take it, appended at s. Returns the new end. */
static char *shell_word(char *s, const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%";
  if (*word != 0 && word[strspn(word, plain)] == 0)
    return stpcpy(s, word);
  *s++ = '\'';
  for (; *word != 0; word++)
    if (*word == '\'')
      s = stpcpy(s, "'\\''");
    else
      *s++ = *word;
  return stpcpy(s, "'");
}

/* The folder of the program is left out: it says nothing about the result. */
static char *command_text(int argc, char **argv) {
  size_t room = 1;
  for (int i = 0; i < argc; i++)
    room += 4 * strlen(argv[i]) + 3;
  char *text = malloc(room), *s = text;
  if (text == NULL)
    return NULL;
  *s = 0;
  for (int i = 0; i < argc; i++) {
    const char *slash = i == 0 ? strrchr(argv[0], '/') : NULL;
    if (i > 0)
      *s++ = ' ';
    s = shell_word(s, slash != NULL ? slash + 1 : argv[i]);
  }
  return text;
}

void axf_json_provenance(axf_json *j, int argc, char **argv, uint64_t seed) {
  char *command = command_text(argc, argv);
  axf_json_obj(j, "provenance");
  axf_json_str(j, "command", command != NULL ? command : "");
  member(j, "seed");
  fprintf(j->f, "%llu", (unsigned long long)seed); /* all 64 bits, which a double cannot hold */
  axf_json_str(j, "version", AXF_VERSION);
  axf_json_str(j, "git_revision", AXF_GIT_REV);
  axf_json_str(j, "compiler",
#ifdef __clang__
               __VERSION__
#else
               "gcc " __VERSION__
#endif
  );
  axf_json_close(j);
  free(command);
}
