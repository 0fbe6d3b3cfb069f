/* The data set behind a name: where its files are looked for, the embedded digits and their cache.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/set.h"
#include <stdlib.h>
#include <string.h>

#define DIGITS_TRAIN 60000
#define DIGITS_TEST 10000

/* The generator gives these bytes on every machine; a cache that differs is of another version and is made anew. */
static const char *const digits_sha256[2] = {"fb8c627ac8b93ff1a3498a1870ec791ecaeeb20632c3e7ab39663ec61ad42a44",
                                             "5a225234bff7e75d2574d992151fc4402d79bed8b770bb523e368de0d217f7b3"};

/* NAME of the environment, or NULL if it is unset or empty. */
static const char *setting(const char *name) {
  const char *v = getenv(name);
  return v != NULL && *v != 0 ? v : NULL;
}

/* PATH below $AXF_ROOT. */
static char *below_root(const char *path) {
  const char *root = setting("AXF_ROOT");
  return root != NULL ? axf_sprintf("%s/%s", root, path) : axf_strdup(path);
}

static char *build_data(void) {
  const char *build = setting("AXF_BUILD");
  return build != NULL ? axf_sprintf("%s/data", build) : below_root("build/data");
}

/* ---- embedded digits ---- */

static const char *const cache_file[2][2] = {{"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
                                             {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}};

/* Part 0 or 1 from the cache below `dir`, or generated and, if the place can be written, put there. */
static int digits_part(axf_part *p, int part, const char *dir) {
  char *images = axf_sprintf("%s/%s", dir, cache_file[part][0]),
       *labels = axf_sprintf("%s/%s", dir, cache_file[part][1]);
  int rc = images != NULL && labels != NULL ? 0 : -1;
  int found = rc == 0 && axf_exists(images) && axf_exists(labels) && axf_idx_load(p, images, labels, 10) == 0;
  if (found && strcmp(p->sha256, digits_sha256[part]) != 0) {
    free(p->u8);
    free(p->label);
    found = 0;
  }
  if (rc == 0 && !found) {
    rc = axf_digits_generate(p, part == 0 ? DIGITS_TRAIN : DIGITS_TEST, (uint64_t)part + 1);
    if (rc == 0 && strcmp(p->sha256, digits_sha256[part]) != 0) {
      rc = axf_fail("the embedded digits came out as %s, expected %s: they were compiled with options that change "
                    "floating-point results, or their generator was changed",
                    p->sha256, digits_sha256[part]);
      free(p->u8);
      free(p->label);
      memset(p, 0, sizeof *p);
    }
    if (rc == 0 && axf_mkdirs(dir) == 0)
      (void)axf_idx_write(p, images, labels); /* no cache is no failure */
  }
  free(images);
  free(labels);
  return rc;
}

static int load_digits(axf_dataset *d) {
  char *data = build_data(), *dir = data != NULL ? axf_sprintf("%s/digits", data) : NULL;
  int rc = dir != NULL ? digits_part(&d->train, 0, dir) : -1;
  if (rc == 0)
    rc = digits_part(&d->test, 1, dir);
  strcpy(d->name, "digits");
  strcpy(d->source, "embedded generator");
  free(dir);
  free(data);
  return rc;
}

/* ---- files ---- */

/* DIR/FOLDER/FILE (FILE alone if it begins with a slash), the same with .gz, or with the .idx1/.idx3 spelling of MNIST
 * mirrors; NULL if none is there. */
static char *find_file(const char *dir, const char *folder, const char *file) {
  static const char *const tail[] = {"", ".gz"};
  char *spelled = axf_strdup(file), *mark = spelled != NULL ? strstr(spelled, "-idx") : NULL;
  char *found = NULL;
  if (mark != NULL)
    *mark = '.';
  for (int i = 0; i < (mark != NULL ? 4 : 2) && found == NULL; i++) {
    const char *name = i < 2 ? file : spelled;
    char *path = file[0] == '/' ? axf_sprintf("%s%s", name, tail[i % 2])
                                : axf_sprintf("%s/%s/%s%s", dir, folder, name, tail[i % 2]);
    if (path != NULL && axf_exists(path))
      found = path;
    else
      free(path);
  }
  free(spelled);
  return found;
}

typedef struct {
  char *file[2], *label[2];
} found_files;

static void forget(found_files *f) {
  for (int i = 0; i < 2; i++) {
    free(f->file[i]);
    free(f->label[i]);
  }
  memset(f, 0, sizeof *f);
}

/* All files of a set in one directory: NULL, or the name of the first that is not there. */
static const char *find_all(const axf_set *s, const char *dir, found_files *f) {
  memset(f, 0, sizeof *f);
  for (int i = 0; i < 2; i++) {
    if (s->file[i] != NULL && (f->file[i] = find_file(dir, s->folder, s->file[i])) == NULL)
      return s->file[i];
    if (s->label[i] != NULL && (f->label[i] = find_file(dir, s->folder, s->label[i])) == NULL)
      return s->label[i];
  }
  return NULL;
}

/* The folder that holds the description, if it was named by its path; the current one for a description itself. */
static char *beside(const axf_set *s, const char *name) {
  const char *slash = strrchr(s->path, '/');
  if (axf_set_inline(name))
    return axf_strdup(".");
  if (strchr(name, '/') == NULL && strstr(name, ".set") == NULL)
    return NULL;
  return slash != NULL ? axf_sprintf("%.*s", (int)(slash - s->path), s->path) : axf_strdup(".");
}

/* Looks through the directories; *dir is the one that has everything (the caller frees it). */
static int find_set_files(axf_set *s, const char *name, const char *data_dir, found_files *f, char **dir) {
  char *place[3] = {NULL, NULL, NULL}, looked[700] = "";
  int n = 0;
  *dir = NULL;
  if (data_dir != NULL) {
    place[n++] = axf_strdup(data_dir);
  } else {
    if (setting("AXF_DATA_DIR") != NULL)
      place[n++] = axf_strdup(setting("AXF_DATA_DIR"));
    place[n++] = below_root("../shared/data");
    place[n++] = build_data();
  }
  for (int i = 0; i < n; i++) {
    if (place[i] == NULL || *dir != NULL) {
      free(place[i]);
      continue;
    }
    const char *lacks = find_all(s, place[i], f);
    if (lacks == NULL) {
      *dir = place[i];
      continue;
    }
    forget(f);
    size_t at = strlen(looked);
    snprintf(looked + at, sizeof looked - at, "%s%s/%s (no %s)", at > 0 ? ", " : "", place[i], s->folder, lacks);
    free(place[i]);
  }
  if (*dir != NULL)
    return 0;
  char *own = beside(s, name);
  const char *folder = s->folder, *lacks = NULL;
  s->folder = ".";
  if (own != NULL && (lacks = find_all(s, own, f)) == NULL) {
    *dir = own;
    return 0;
  }
  s->folder = folder;
  forget(f);
  if (lacks != NULL && *lacks == '/')
    axf_fail("data set '%s': there is no file %s", s->name, lacks);
  else if (lacks != NULL)
    axf_fail("the files of the data set '%s' were not found; looked in %s, %s (no %s)", s->name, looked, own, lacks);
  else
    axf_fail("the files of the data set '%s' were not found; looked in %s; `make data` downloads them", s->name,
             looked);
  free(own);
  return -1;
}

static int load_part(const axf_set *s, const found_files *f, int part, axf_part *p) {
  if (s->idx)
    return axf_idx_load(p, f->file[part], f->label[part], s->classes);
  return axf_csv_load(p, f->file[part], f->label[part], &s->csv, s->classes);
}

static int load_files(axf_dataset *d, const axf_set *s, const found_files *f, const char *dir) {
  strcpy(d->name, s->name);
  if (s->file[0][0] == '/')
    snprintf(d->source, sizeof d->source, "%s", s->file[0]);
  else
    snprintf(d->source, sizeof d->source, "%s in %s/%s", s->idx ? "IDX files" : "tables", dir, s->folder);
  if (load_part(s, f, 0, &d->train) != 0)
    return -1;
  if ((f->file[1] != NULL ? load_part(s, f, 1, &d->test)
                          : axf_split(&d->train, &d->test, s->test_share, s->split_seed)) != 0)
    return -1;
  if (!s->idx)
    return axf_normalise(&d->train, &d->test, s->mean, s->norm);
  if (d->train.h != d->test.h || d->train.w != d->test.w)
    return axf_fail("%s: test images of %dx%d, but the training images have %dx%d", f->file[1], d->test.h, d->test.w,
                    d->train.h, d->train.w);
  return 0;
}

int axf_dataset_load(axf_dataset *d, const char *name, const char *data_dir) {
  memset(d, 0, sizeof *d);
  if (strcmp(name, "digits") == 0) {
    if (load_digits(d) == 0)
      return 0;
    axf_dataset_free(d);
    return -1;
  }
  int is_auto = strcmp(name, "auto") == 0;
  axf_set s;
  found_files f;
  char *dir = NULL;
  if (axf_set_read(&s, is_auto ? "mnist" : name) != 0)
    return -1;
  int rc = find_set_files(&s, name, data_dir, &f, &dir);
  if (rc != 0 && is_auto) {
    axf_set_free(&s);
    return axf_dataset_load(d, "digits", NULL);
  }
  if (rc == 0)
    rc = load_files(d, &s, &f, dir);
  forget(&f);
  free(dir);
  axf_set_free(&s);
  if (rc != 0)
    axf_dataset_free(d);
  return rc;
}

void axf_dataset_free(axf_dataset *d) {
  axf_part *part[2] = {&d->train, &d->test};
  for (int i = 0; i < 2; i++) {
    free(part[i]->u8);
    free(part[i]->f32);
    free(part[i]->label);
  }
  memset(d, 0, sizeof *d);
}
