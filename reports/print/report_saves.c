/*
 * report_saves.c: beneath the costs, what it took to save and to restore a guest: the last time of each way, since the
 * first one pays for what is there once; nothing where none was.
 */
#include "common/memory.h"
#include "reports/common/number.h"
#include "reports/print/report_print.h"

#include <stdlib.h>

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static const json_t *last_of(const json_t *saves, bool live)
{
    for (size_t i = json_array_size(saves); i-- > 0;)
        if (json_is_true(json_object_get(json_array_get(saves, i), "live")) == live)
            return json_array_get(saves, i);
    return NULL;
}

char *report_save(const struct model *m, unsigned column, bool live)
{
    static const char *const names[] = {"down", "save", "destroy", "restore"};
    enum { DOWN, SAVE, DESTROY, RESTORE, TIMES };
    const struct model_column *c = &m->column[column];
    const json_t *runs = json_object_get(m->result->document, "runs");
    const json_t *run = json_array_get(runs, (size_t)(c->run - m->result->run));
    const json_t *save = last_of(json_object_get(run, "saves"), live), *restore = json_object_get(save, "restore");
    char text[TIMES][NUMBER_SIZE], bytes[NUMBER_SIZE], *line = NULL;
    size_t size = 0;
    FILE *f = save ? memory_stream(&line, &size) : NULL;
    if (!f)
        return NULL;
    for (unsigned i = 0; i < TIMES; i++)
        number_cost(text[i], i == DOWN ? number(save, names[i]) : number(json_object_get(save, names[i]), "ticks"),
                    true);
    number_cost(bytes, number(save, "bytes"), true);
    fprintf(f,
            "%s %s, %s: %.0f pages in %.0f round%s, %s bytes; down for %s; %s to save, %s to destroy, %s to restore, "
            "with %.0f requests to XenStore",
            c->hypervisor, c->mode, live ? "live" : "suspended first", number(save, "pages"), number(save, "rounds"),
            number(save, "rounds") == 1 ? "" : "s", bytes, text[DOWN], text[SAVE], text[DESTROY], text[RESTORE],
            number(restore, "store"));
    fclose(f);
    return line;
}

void report_saves(const struct model *m, const struct report_options *o, FILE *out)
{
    bool begun = false;
    for (unsigned i = 0; i < 2 * m->columns; i++) {
        char *text = report_save(m, i / 2, i % 2);
        if (text && !begun) {
            fputc('\n', out);
            report_line(out, o, "saved", "to a file, and made anew from it: ticks of the toolstack");
            begun = true;
        }
        if (text)
            report_line(out, o, "", "%s", text);
        free(text);
    }
}
