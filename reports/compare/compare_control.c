/*
 * compare_control.c: the A/A control. A second result of the base, in which
 * nothing is different, tells what differences mean nothing on this host:
 * they are its noise floor. A control that finds a change where there is
 * none shows that something else is going on, and no verdict on a noisy
 * metric is given.
 */
#include "reports/compare/compare.h"

#include <math.h>
#include <string.h>

static void look(struct compare_options *o, const struct compare_cell *cell, const struct finding *f)
{
    char place[200];
    if (!f->limit.given || (f->exact && f->verdict == VERDICT_SAME))
        return;
    bool fires = f->verdict == VERDICT_BETTER || f->verdict == VERDICT_WITHIN || f->verdict == VERDICT_WORSE;
    if (!f->exact && !fires && f->noisy.ratio > 0)
        o->floor = fmax(o->floor, fabs(f->noisy.ratio - 1));
    if (!fires || *o->withheld)
        return;
    compare_place(cell, place, sizeof(place));
    snprintf(o->withheld, sizeof(o->withheld), "the control differs from the base where nothing should: %.100s, %.40s",
             place, f->name);
}

int compare_control(struct compare_options *o, const struct result *base, const struct result *control,
                    const char *base_path, const char *control_path, struct report_error *e)
{
    struct comparison c;
    const struct compare_options plain = {.floor = o->floor, .force = o->force, .filter = o->filter};
    if (compare_make(&c, base, control, base_path, control_path, &plain, e))
        return -1;
    for (size_t i = 0; i < c.cells; i++)
        for (size_t j = 0; j < c.cell[i].findings; j++)
            look(o, &c.cell[i], &c.cell[i].finding[j]);
    int bad = 0;
    if (!c.compared)
        bad = report_fail(e, "%s: holds nothing that %s holds as well; a control is a second run of the base",
                          control_path, base_path);
    compare_free(&c);
    return bad;
}
