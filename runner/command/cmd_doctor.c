/*
 * cmd_doctor.c: `pvbench doctor`: what this machine can measure, what is
 * missing, and the one command that mends it.
 */
#include "runner/command/commands.h"
#include "common/json_text.h"
#include "common/options.h"
#include "runner/command/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "Usage: pvbench doctor [--json]\n"
    "Says what this computer can measure, what is missing, what makes its numbers lie, and the command that\n"
    "mends it.\n"
    "\n"
    "      --json   as JSON\n"
    "      --help   this text\n"
    "\n"
    "Exit status: 0 the lab can measure; 1 it cannot.\n";

static void print_findings(const struct finding *finding, unsigned count)
{
    const char *no_color = getenv("NO_COLOR");
    int color = isatty(STDOUT_FILENO) && !(no_color && *no_color);
    for (unsigned i = 0; i < count; i++) {
        const struct finding *f = &finding[i];
        if (f->noise && (!i || !finding[i - 1].noise))
            printf("\nwhat makes numbers lie on this computer, with --machine host:\n");
        const char *word = f->noise ? (f->unknown ? "?" : f->good ? "good" : "warn") : f->good ? "yes" : "no";
        printf("%s%-4s%s %-21s %s\n", color ? (f->good ? "\033[32m" : "\033[33m") : "", word, color ? "\033[0m" : "",
               f->name, f->text);
        if (!f->good && f->mend[0])
            printf("     %-21s -> %s\n", "", f->mend);
    }
}

static void print_json(const struct finding *finding, unsigned count)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < count; i++) {
        const struct finding *f = &finding[i];
        json_t *item = json_pack("{s:s, s:b, s:s}", "name", f->name, "good", f->good, "text", f->text);
        if (f->noise)
            json_object_set_new(item, "known", json_boolean(!f->unknown));
        if (f->mend[0])
            json_object_set_new(item, "mend", json_text(f->mend));
        json_array_append_new(list, item);
    }
    json_dumpf(list, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    putchar('\n');
    json_decref(list);
}

int pvb_cmd_doctor(int argc, char **argv)
{
    struct finding finding[FINDINGS_MAX];
    bool as_json = false;
    const struct option_row rows[] = {{"json", .flag = &as_json}};
    const struct option_table table = {.help = help, .row = rows, .rows = 1};
    int status = options_read(&table, argc, argv);
    if (status >= 0)
        return status;
    unsigned count = doctor_look(finding);
    if (as_json)
        print_json(finding, count);
    else
        print_findings(finding, count);
    bool lab = true;
    for (unsigned i = 0; i < count; i++)
        lab = lab && (finding[i].good || !finding[i].for_lab);
    return usage_finish(lab ? EXIT_GOOD : EXIT_ERROR);
}
