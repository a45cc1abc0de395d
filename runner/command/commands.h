/* commands.h: the runner's own commands; each returns the exit status. */
#ifndef RUNNER_COMMANDS_H
#define RUNNER_COMMANDS_H

enum { EXIT_GOOD, EXIT_ERROR, EXIT_USAGE, EXIT_REGRESSION, EXIT_NOT_REPRODUCIBLE, EXIT_INCONCLUSIVE };

int pvb_cmd_run(int argc, char **argv);
int pvb_cmd_list(int argc, char **argv);
int pvb_cmd_trace(int argc, char **argv);
int pvb_cmd_domains(int argc, char **argv);
int pvb_cmd_doctor(int argc, char **argv);

/* One line on standard error and EXIT_USAGE. `format` names what is wrong. */
int usage_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What getopt_long() found wrong (it returned '?' or ':'), as usage_error(). */
int option_error(const char *command, char **argv, int result);

/* A whole number from min to max; 0 when it is good. */
int number_argument(const char *command, const char *option, const char *text, unsigned long min, unsigned long max,
                    unsigned *number);

#endif
