/*
 * usage.h: how a wrong command line is answered, and what a command returns:
 * the same for every command.
 */
#ifndef COMMON_USAGE_H
#define COMMON_USAGE_H

enum { EXIT_GOOD, EXIT_ERROR, EXIT_USAGE, EXIT_REGRESSION, EXIT_NOT_REPRODUCIBLE, EXIT_INCONCLUSIVE };

/* One line on standard error and EXIT_USAGE. `format` names what is wrong. `command` may be NULL: pvbench itself. */
int usage_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A command's last word: `status`, or EXIT_ERROR when what it printed did not all come to standard output. */
int usage_finish(int status);

#endif
