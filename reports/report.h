/*
 * report.h: the commands that show a result to people: as a table, as
 * figures, comparisons, exports. Everything in the folders beside this file is theirs. They know the result's
 * JSON and nothing of how it came about, so that a result from any machine
 * can be shown anywhere.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include <stdio.h>

/* The findings of a result that was just written, and the commands that show more of it; of a file that is none,
 * nothing. */
void pvb_report_findings(const char *path, FILE *out);

/* argv[0] is the command's name. Return the exit status: 0 good, 1 error, 2 usage. */
int pvb_cmd_report(int argc, char **argv);
int pvb_cmd_explain(int argc, char **argv);
int pvb_cmd_figure(int argc, char **argv);
int pvb_cmd_merge(int argc, char **argv);
int pvb_cmd_advise(int argc, char **argv);

/* Also 3: a regression; 5: nothing could be concluded. */
int pvb_cmd_compare(int argc, char **argv);
int pvb_cmd_history(int argc, char **argv);
int pvb_cmd_export(int argc, char **argv);

#endif
