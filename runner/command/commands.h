/* commands.h: the runner's own commands; each returns the exit status. */
#ifndef RUNNER_COMMANDS_H
#define RUNNER_COMMANDS_H

#include "common/usage.h"

#include <stdio.h>

/* What is said of a result that was just written, below its name. main() sets it: the runner knows of no report. */
extern void (*pvb_run_says)(const char *result, FILE *out);

int pvb_cmd_plan(int argc, char **argv);
int pvb_cmd_run(int argc, char **argv);
int pvb_cmd_bisect(int argc, char **argv);
int pvb_cmd_ab(int argc, char **argv);
int pvb_cmd_list(int argc, char **argv);
int pvb_cmd_trace(int argc, char **argv);
int pvb_cmd_domains(int argc, char **argv);
int pvb_cmd_doctor(int argc, char **argv);

#endif
