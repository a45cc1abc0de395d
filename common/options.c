/* options.c: the loop over getopt_long(), for all commands; options.h says how it is used. */
#include "common/options.h"
#include "common/nearest.h"
#include "common/usage.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 48 /* options of one command */

enum { OPTION_OUTPUT = 'o', OPTION_HELP = 256, OPTION_FIRST };

void options_list(const char *const *choices, char *into, size_t size)
{
    into[0] = 0;
    for (size_t i = 0, used = 0; choices[i] && used + 1 < size; i++, used = strlen(into))
        snprintf(into + used, size - used, "%s%s", i == 0 ? "" : choices[i + 1] ? ", " : " and ", choices[i]);
}

int options_number(const char *command, const char *what, const char *text, unsigned min, unsigned max,
                   unsigned *number)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || n < min || n > max)
        return usage_error(command, "%s %.40s: give a number from %u to %u", what, text, min, max);
    *number = (unsigned)n;
    return 0;
}

static int take_number(const struct option_row *row, const char *command, const char *argument)
{
    char what[40];
    snprintf(what, sizeof(what), "--%s", row->name);
    return options_number(command, what, argument, row->min, row->max, row->number);
}

static int take_choice(const struct option_row *row, const char *command, const char *argument)
{
    char known[400], ask[100];
    for (unsigned i = 0; row->choices[i]; i++)
        if (strcmp(row->choices[i], argument) == 0) {
            *row->choice = i;
            return 0;
        }
    options_list(row->choices, known, sizeof(known));
    nearest_ask(argument, row->choices, ask, sizeof(ask));
    return usage_error(command, "--%s %.40s is not known; known are %s%s", row->name, argument, known, ask);
}

static int take(const struct option_row *row, const char *command, const char *argument)
{
    if (row->flag)
        *row->flag = true;
    if (!argument)
        return 0;
    if (row->text)
        *row->text = argument;
    if (row->number)
        return take_number(row, command, argument);
    if (row->choice)
        return take_choice(row, command, argument);
    return row->take ? row->take(row->into, command, argument) : 0;
}

static const struct option_row *row_of(const struct option_table *t, int option)
{
    if (option >= OPTION_FIRST)
        return &t->row[option - OPTION_FIRST];
    for (size_t i = 0; i < t->rows; i++)
        if (t->row[i].letter == option)
            return &t->row[i];
    return NULL;
}

static int how(const struct option_row *row)
{
    return !row->flag ? required_argument : row->text ? optional_argument : no_argument;
}

/* The table in getopt_long()'s words. */
static void translate(const struct option_table *t, struct option *longs, char *letters)
{
    size_t n = 0;
    *letters++ = ':'; /* a missing argument is told from a wrong option */
    for (; n < t->rows && n < ROWS_MAX; n++) {
        longs[n] = (struct option){t->row[n].name, how(&t->row[n]), NULL, OPTION_FIRST + (int)n};
        if (t->row[n].letter)
            *letters++ = t->row[n].letter;
        if (t->row[n].letter && !t->row[n].flag)
            *letters++ = ':';
    }
    longs[n++] = (struct option){"help", no_argument, NULL, OPTION_HELP};
    if (t->output) {
        longs[n++] = (struct option){"output", required_argument, NULL, OPTION_OUTPUT};
        *letters++ = OPTION_OUTPUT;
        *letters++ = ':';
    }
    longs[n] = (struct option){NULL, 0, NULL, 0};
    *letters = 0;
}

static int read_operands(const struct option_table *t, int argc, char **argv)
{
    unsigned given = (unsigned)(argc - optind);
    if (given < t->least)
        return given ? usage_error(argv[0], "only %s given; %s", argv[optind], t->give)
                     : usage_error(argv[0], "no %s given", t->what);
    if (given > t->most && !t->most)
        return usage_error(argv[0], "%s: takes no arguments", argv[optind]);
    if (given > t->most)
        return usage_error(argv[0], "%s is one too many; %s", argv[optind + (int)t->most], t->give);
    for (unsigned i = 0; i < given; i++)
        t->operand[i] = argv[optind + (int)i];
    return -1;
}

/* Of an option's name as it was typed, with its argument perhaps. */
static void ask_option(const struct option_table *t, const char *typed, char *into, size_t size)
{
    const char *known[ROWS_MAX + 3] = {"help"}, *near;
    char name[64];
    size_t n = 1;
    for (size_t i = 0; i < t->rows && i < ROWS_MAX; i++)
        known[n++] = t->row[i].name;
    if (t->output)
        known[n] = "output";
    typed += strspn(typed, "-");
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(typed, "="), typed);
    near = nearest(name, known);
    /* One that is called so was given an argument that it does not take. */
    snprintf(into, size, near && strcmp(near, name) != 0 ? "; did you mean --%s?" : "%s", near ? near : "");
    if (near && strcmp(near, name) == 0)
        *into = 0;
}

/* What getopt_long() found wrong: it returned '?' or ':'. */
static int bad_option(const struct option_table *t, const char *command, char **argv, int result)
{
    char ask[100];
    /* optopt is set for a short option, and for a long one whose argument is wrong. */
    const char *what = result == ':' ? "needs an argument" : "is not a known option, or takes no argument";
    if (optopt > 0 && optopt < 128)
        return usage_error(command, "-%c %s", optopt, what);
    ask_option(t, argv[optind - 1], ask, sizeof(ask));
    return usage_error(command, "%s %s%s", argv[optind - 1], what, result == ':' ? "" : ask);
}

static struct {
    options_visit *visit;
    void *with;
} description;

void options_describe(options_visit *visit, void *with)
{
    description.visit = visit;
    description.with = with;
}

int options_read(const struct option_table *t, int argc, char **argv)
{
    struct option longs[ROWS_MAX + 3];
    char letters[2 * ROWS_MAX + 4];
    int option;
    if (description.visit) {
        description.visit(t, description.with);
        return 0;
    }
    translate(t, longs, letters);
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        const struct option_row *row;
        int bad = 0;
        if (option == '?' || option == ':')
            return bad_option(t, argv[0], argv, option);
        if (option == OPTION_HELP) {
            fputs(t->help, stdout);
            return 0;
        }
        if (t->output && option == OPTION_OUTPUT)
            *t->output = strcmp(optarg, "-") == 0 ? NULL : optarg;
        else if ((row = row_of(t, option)))
            bad = take(row, argv[0], optarg);
        if (bad)
            return bad;
    }
    return read_operands(t, argc, argv);
}
