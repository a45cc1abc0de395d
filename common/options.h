/*
 * options.h: how a command reads its command line. A command has a table of
 * its options, each with the place where its answer goes; what is alike in
 * all of them (-o, --help, operands, what is said of a mistake) is written
 * once.
 */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * One option. At least one of flag, text, number, choice and take is set; with
 * both flag and text the argument is optional (--name or --name=ARGUMENT).
 * Pointers must live until options_read() is done.
 */
struct option_row {
    const char *name; /* without the dashes */
    char letter;      /* its short form, or 0 */
    bool *flag;       /* becomes true; alone: there is no argument */
    const char **text;
    unsigned *number; /* a whole number from min to max */
    unsigned min, max;
    unsigned *choice; /* the index of the argument among `choices`, a NULL-ended list */
    const char *const *choices;
    /* Anything else: 0, or what usage_error() returned. */
    int (*take)(void *into, const char *command, const char *argument);
    void *into;
};

struct option_table {
    const char *help; /* printed for --help, which every command has */
    const struct option_row *row;
    size_t rows;
    const char **output; /* of -o, --output, where "-" means standard output: NULL; no such option when it is NULL */
    const char **operand;
    unsigned least, most;    /* operands */
    const char *what, *give; /* an operand, and what is to be given: "result", "give one result" */
};

/* -1: go on; else the exit status: 0 after --help, 2 after a mistake, which has been said. */
int options_read(const struct option_table *table, int argc, char **argv);

/*
 * From now on options_read() reads nothing, but hands its table to `visit` and returns 0, as after --help: for who
 * writes down what options there are. NULL ends that.
 */
typedef void options_visit(const struct option_table *table, void *with);
void options_describe(options_visit *visit, void *with);

/* As an option's number; `what` names the option or operand. 0, or what usage_error() returned. */
int options_number(const char *command, const char *what, const char *text, unsigned min, unsigned max,
                   unsigned *number);

/* "text, markdown and json"; cut where `size` ends. */
void options_list(const char *const *choices, char *into, size_t size);

#endif
