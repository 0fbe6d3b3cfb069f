/* Experiment files and rows: what is read, what is refused, and the table over the seeds.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "experiment/exp.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[] = "/tmp/test_experimentXXXXXX";

static const char *written(const char *text) {
  static char path[64];
  snprintf(path, sizeof path, "%s/file", dir);
  FILE *f = fopen(path, "w");
  if (!f || fputs(text, f) < 0 || fclose(f))
    exit(1);
  return path;
}

#define HEAD "experiment e\nnet lenet\ndata digits\nseeds 1 7\n"

static void check_file(void) {
  axf_exp e;
  CHECK(axf_exp_read(&e, written(HEAD "all --epochs 2 --batch 8 # both\ncase a --method plain\ncase b from=a --lr 0.1\n"
                                      "measure m dies --ber 0.1 --seed @seed\n")) == 0);
  CHECK(strcmp(e.name, "e") == 0 && e.nseeds == 2 && e.seed[1] == 7 && e.ncases == 2 && e.nmeasures == 1 &&
        e.nall == 4);
  CHECK(e.cases[0].from == -1 && e.cases[1].from == 0 && e.cases[1].words == 2 &&
        strcmp(e.cases[1].word[1], "0.1") == 0);
  CHECK(e.measures[0].words == 5 && strcmp(e.measures[0].word[0], "dies") == 0);
  axf_exp_free(&e);
  CHECK(axf_exp_read(&e, written(HEAD "let fast --epochs 1\nconfig K mult=K1 ber=0\nconfig b mult=exact ber=0.1\n"
                                      "let noise --mult @mult --ber @ber\ncase a only=train @fast\n"
                                      "case p from=a on=* --method passive @noise\ncase q from=p on=b do=correct\n"
                                      "measure m on=b,K of=q,p dies @noise --seed @seed\nmeasure n eval\n")) == 0);
  CHECK(e.ncases == 4 && e.nmeasures == 3 && strcmp(e.cases[1].name, "p.K") == 0 && strcmp(e.cases[1].base, "p") == 0 &&
        e.cases[1].config == 0 && e.cases[1].from == 0 && e.cases[1].words == 6 &&
        strcmp(e.cases[1].word[3], "K1") == 0 && strcmp(e.cases[2].word[5], "0.1") == 0);
  CHECK(e.cases[0].words == 2 && e.cases[0].config == -1 && e.cases[0].unmeasured && !e.cases[1].unmeasured &&
        e.cases[3].from == 2 && strcmp(e.cases[3].command, "correct") == 0);
  CHECK(e.measures[0].config == 1 && e.measures[1].config == 0 && e.measures[2].config == -1 &&
        strcmp(e.measures[0].word[2], "exact") == 0 && strcmp(e.measures[0].word[6], "@seed") == 0 &&
        strcmp(e.measures[0].of, "q,p") == 0 && !e.measures[2].of);
  axf_exp_free(&e);
  const struct {
    const char *text, *says;
  } bad[] = {
      {HEAD "case a --lr @x\n", ":5: '@x' is no word of a line 'let', and this line is for no configuration"},
      {HEAD "config K ber=0\ncase a on=K --lr @x\n", ":6: '@x' is no word of a line 'let', and not set in config K"},
      {HEAD "let x @x\ncase a @x\n", ":6: '@x' is no word"},
      {HEAD "case a on=K\n", ":5: there is no configuration 'K'"},
      {HEAD "config K 5\n", ":5: '5' is not KEY=WORD"},
      {HEAD "case a do=correct\n", ":5: 'do=correct' makes a model of another"},
      {HEAD "include nothing.inc\n", "nothing.inc"},
      {HEAD "case a\ncase a\nmeasure m eval\n", ":6: case 'a' stands twice"},
      {HEAD "case b from=a\nmeasure m eval\n", ":5: there is no case 'a'"},
      {HEAD "case ../x\n", ":5: case '../x'"},
      {HEAD "case a\n", "no line 'measure'"},
      {HEAD "measure m\n", ":5: 'measure' needs"},
      {HEAD "case ab\nmeasure m of=ab,a eval\n", ":6: there is no case 'a' above"},
      {HEAD "colour blue\n", ":5: 'colour' is no statement"},
      {"seeds 1 x\n", ":1: seed"},
      {"seeds 1 1\n", ":1: seed 1 stands twice"}};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    CHECK(axf_exp_read(&e, written(bad[i].text)) == -1);
    CHECK_MSG(strstr(axf_errmsg(), bad[i].says) != NULL, "says: %s", axf_errmsg());
  }
}

static void check_rows(void) {
  axf_rows r = {0, 0, NULL}, back = {0, 0, NULL};
  char comment[256], text[2048] = "", path[64];
  CHECK(axf_rows_line(&r, &(axf_row_of){"e", "a", NULL, "m", 1},
                      "DIES net=x ber=0.1 dies=3 mult=a,b mean=90.50% odd=1\n") == 0);
  CHECK(axf_rows_line(&r, &(axf_row_of){"e", "a", NULL, "m", 2},
                      "DIES net=x ber=0.1 dies=3 mult=a,b mean=91.5% odd=1\n") == 0);
  CHECK(axf_rows_line(&r, &(axf_row_of){"e", "b", NULL, "m", 1}, "DIES ber=0.1 mult=a,b odd=1 mean=1 min=nothing\n") ==
        0);
  CHECK(axf_rows_line(&r, &(axf_row_of){"e", "b", NULL, "m", 1}, "epoch 3/4 loss=3\n") == 0);
  CHECK(r.n == 3 && strcmp(r.row[0].point, "ber=0.1 mult=a;b odd=1") == 0 && r.row[0].value == 90.5);
  snprintf(path, sizeof path, "%s/rows", dir);
  FILE *f = fopen(path, "w");
  CHECK(f && axf_rows_write(&r, f, "hash") == 0 && fclose(f) == 0);
  CHECK(axf_rows_read(&back, path, comment) == 0 && strcmp(comment, "hash") == 0 && back.n == 3);
  CHECK(back.n == 3 && memcmp(back.row, r.row, 3 * sizeof *r.row) == 0);
  f = fmemopen(text, sizeof text, "w");
  CHECK(f && axf_rows_summary(&back, NULL, f) == 0 && fclose(f) == 0);
  CHECK_MSG(strstr(text, "| m | ber=0.1 mult=a;b odd=1 | mean | a | 91 | 0.71 | 2 |\n| m | ber=0.1 mult=a;b odd=1 | "
                         "mean | b | 1 | 0 | 1 |\n"),
            "%s", text);
  CHECK(axf_rows_read(&back, written(AXF_ROW_HEADER "\ne,a,1,m,p,mean\n"), comment) == -1 &&
        strstr(axf_errmsg(), "file:2"));
  const axf_plot p = {.measure = "m", .metric = "sd"};
  CHECK(axf_plot_svg(&r, &p, "x.svg") == -1 && strstr(axf_errmsg(), "'sd'"));
  unlink(path);
  axf_rows_free(&r);
  axf_rows_free(&back);
}

int main(void) {
  char path[64];
  if (!mkdtemp(dir))
    return 1;
  check_file();
  check_rows();
  snprintf(path, sizeof path, "%s/file", dir);
  unlink(path);
  rmdir(dir);
  return check_done("test_experiment");
}
