/* options.c: the loop over getopt_long(), for all commands of the reports; options.h says how it is used. */
#include "reports/common/options.h"
#include "reports/common/report_error.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define ROWS_MAX 24 /* options of one command */

enum { OPTION_OUTPUT = 'o', OPTION_HELP = 256, OPTION_FIRST };

void options_list(const char *const *choices, char *into, size_t size)
{
    into[0] = 0;
    for (size_t i = 0, used = 0; choices[i] && used + 1 < size; i++, used = strlen(into))
        snprintf(into + used, size - used, "%s%s", i == 0 ? "" : choices[i + 1] ? ", " : " and ", choices[i]);
}

static int take_choice(const struct option_row *row, const char *command, const char *argument)
{
    char known[400];
    for (unsigned i = 0; row->choices[i]; i++)
        if (strcmp(row->choices[i], argument) == 0) {
            *row->choice = i;
            return 0;
        }
    options_list(row->choices, known, sizeof(known));
    return report_usage(command, "--%s %.40s is not known; known are %s", row->name, argument, known);
}

static int take(const struct option_row *row, const char *command, const char *argument)
{
    if (row->flag)
        *row->flag = true;
    else if (row->text)
        *row->text = argument;
    else if (row->choice)
        return take_choice(row, command, argument);
    else
        return row->take(row->into, command, argument);
    return 0;
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

/* The table in getopt_long()'s words. */
static void translate(const struct option_table *t, struct option *longs, char *letters)
{
    size_t n = 0;
    *letters++ = ':'; /* a missing argument is told from a wrong option */
    for (; n < t->rows && n < ROWS_MAX; n++) {
        longs[n] = (struct option){t->row[n].name, t->row[n].flag ? no_argument : required_argument, NULL,
                                   OPTION_FIRST + (int)n};
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
        return given ? report_usage(argv[0], "only %s given; %s", argv[optind], t->give)
                     : report_usage(argv[0], "no result given");
    if (given > t->most)
        return report_usage(argv[0], "%s is one too many; %s", argv[optind + (int)t->most], t->give);
    for (unsigned i = 0; i < given; i++)
        t->operand[i] = argv[optind + (int)i];
    return -1;
}

int options_read(const struct option_table *t, int argc, char **argv)
{
    struct option longs[ROWS_MAX + 3];
    char letters[2 * ROWS_MAX + 4];
    int option;
    translate(t, longs, letters);
    optind = 0;
    while ((option = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        const struct option_row *row;
        int bad = 0;
        if (option == '?' || option == ':')
            return report_bad_option(argv[0], argv, option);
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
