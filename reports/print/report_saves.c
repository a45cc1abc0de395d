/*
 * report_saves.c: beneath the costs, what it took to save and to restore a guest: the last time of each way, since the
 * first one pays for what is there once; nothing where none was.
 */
#include "reports/common/number.h"
#include "reports/print/report_print.h"

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

static void one_way(const struct model_column *c, const json_t *save, const struct report_options *o, FILE *out)
{
    static const char *const names[] = {"down", "save", "destroy", "restore"};
    enum { DOWN, SAVE, DESTROY, RESTORE, TIMES };
    char text[TIMES][NUMBER_SIZE], bytes[NUMBER_SIZE];
    const json_t *restore = json_object_get(save, "restore");
    for (unsigned i = 0; i < TIMES; i++)
        number_cost(text[i], i == DOWN ? number(save, names[i]) : number(json_object_get(save, names[i]), "ticks"),
                    true);
    number_cost(bytes, number(save, "bytes"), true);
    report_line(out, o, "",
                "%s %s, %s: %.0f pages in %.0f round%s, %s bytes; down for %s; %s to save, %s to destroy, %s to "
                "restore, with %.0f requests to XenStore",
                c->hypervisor, c->mode, json_is_true(json_object_get(save, "live")) ? "live" : "suspended first",
                number(save, "pages"), number(save, "rounds"), number(save, "rounds") == 1 ? "" : "s", bytes,
                text[DOWN], text[SAVE], text[DESTROY], text[RESTORE], number(restore, "store"));
}

void report_saves(const struct model *m, const struct report_options *o, FILE *out)
{
    const json_t *runs = json_object_get(m->result->document, "runs");
    bool begun = false;
    for (unsigned i = 0; i < m->columns; i++) {
        const json_t *run = json_array_get(runs, (size_t)(m->column[i].run - m->result->run));
        const json_t *saves = json_object_get(run, "saves");
        for (int live = 0; live < 2; live++) {
            const json_t *save = last_of(saves, live);
            if (save && !begun) {
                fputc('\n', out);
                report_line(out, o, "saved", "to a file, and made anew from it: ticks of the toolstack");
                begun = true;
            }
            if (save)
                one_way(&m->column[i], save, o, out);
        }
    }
}
