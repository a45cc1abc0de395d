/* history_load.c: reads the results one after the other, and gives each of their numbers to its series. */
#include "common/text.h"
#include "reports/history/history_follow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct load {
    struct history *h;
    struct follow follow;
    struct tracks *tracks; /* of each series */
    size_t hint;           /* series come in the same order every night */
};

static struct loaded *load(struct load *l, size_t at, struct report_error *e)
{
    struct loaded *n = calloc(1, sizeof(*n));
    const char *file = l->h->result[at].file;
    if (!n) {
        report_fail(e, "%s: out of memory", file);
        return NULL;
    }
    n->at = at;
    n->users = 1;
    if (result_load_shared(&l->h->list.shared, &n->result, file, e)) {
        free(n);
        return NULL;
    }
    if (model_make(&n->model, &n->result, l->follow.o->filter, file, e)) {
        result_free(&n->result);
        free(n);
        return NULL;
    }
    return n;
}

/* --- series ------------------------------------------------------------------- */

static bool same_place(const struct history_series *s, const struct model_column *c, const char *workload)
{
    return strcmp(s->workload, workload) == 0 && strcmp(s->setting, c->setting) == 0;
}

/* A suite is what it runs: under another name it goes on where it was. */
static bool same_suite(const struct load *l, size_t at, const struct result *r)
{
    if (strcmp(l->h->series[at].suite, r->suite) == 0)
        return true;
    for (unsigned i = 0; l->tracks && i < l->tracks[at].count; i++)
        if (comparable_suites(&l->tracks[at].track[i].last.in->result, r))
            return true;
    return false;
}

/* Its number; -1: there is none yet. Of its own suite first. */
static long find(struct load *l, const struct result *r, const struct model_column *c, const char *workload)
{
    struct history *h = l->h;
    long other = -1;
    for (size_t i = 0; i < h->all; i++) {
        size_t at = (l->hint + i) % h->all;
        if (!same_place(&h->series[at], c, workload))
            continue;
        if (strcmp(h->series[at].suite, r->suite) == 0) {
            l->hint = at + 1;
            return (long)at;
        }
        if (other < 0 && same_suite(l, at, r))
            other = (long)at;
    }
    return other;
}

static int make_room(struct load *l)
{
    struct history *h = l->h;
    if (h->all == HISTORY_SERIES_MAX)
        return -1;
    struct history_series *more = realloc(h->series, (h->all + 1) * sizeof(*more));
    if (!more)
        return -1;
    h->series = more;
    struct tracks *tracks = realloc(l->tracks, (h->all + 1) * sizeof(*tracks));
    if (!tracks)
        return -1;
    l->tracks = tracks;
    tracks[h->all] = (struct tracks){.lost_why = ""};
    return 0;
}

/* -1: no memory, or too many. */
static long add(struct load *l, const struct result *r, const struct model_column *c, const char *workload)
{
    struct history *h = l->h;
    if (make_room(l))
        return -1;
    struct history_series *s = &h->series[h->all++];
    *s = (struct history_series){.suite = history_keep(h, r->suite),
                                 .setting = history_keep(h, c->setting),
                                 .hypervisor = history_keep(h, c->hypervisor),
                                 .mode = history_keep(h, c->mode),
                                 .machine = history_keep(h, c->machine),
                                 .workload = history_keep(h, workload),
                                 .unit = "",
                                 .exact = true,
                                 .experiment = malloc(h->results * sizeof(*s->experiment)),
                                 .noisy = calloc(h->results, sizeof(*s->noisy)),
                                 .units = calloc(h->results, sizeof(*s->units))};
    bool bad = !s->experiment || !s->noisy || !s->units;
    for (int m = 0; m < HISTORY_METRICS; m++)
        bad = !(s->value[m] = malloc(h->results * sizeof(*s->value[m]))) || bad;
    for (size_t i = 0; i < h->results && !bad; i++) {
        s->experiment[i] = HISTORY_NONE;
        for (int m = 0; m < HISTORY_METRICS; m++)
            s->value[m][i] = NAN;
    }
    return bad ? -1 : (long)h->all - 1;
}

/* --- one result ----------------------------------------------------------------- */

/* Broken in the newest night, or only skipped. */
static void lose(struct load *l, const struct loaded *n, const struct model_column *c, const char *workload,
                 const struct result_benchmark *b)
{
    char why[360];
    long at = history_tonight(l->h, n->at) ? find(l, &n->result, c, workload) : -1;
    if (at < 0 || !l->tracks)
        return;
    bool harmless = strcmp(b->status, "skipped") == 0 || strcmp(b->status, "not_applicable") == 0;
    text_format(why, sizeof(why), "%.40s in the newest night%s%.200s", b->status, *b->reason ? ": " : "", b->reason);
    l->tracks[at].lost = harmless ? VERDICT_INCONCLUSIVE : VERDICT_WORSE;
    l->tracks[at].lost_why = history_keep(l->h, why);
}

static int measured(struct load *l, struct loaded *n, unsigned column, size_t row)
{
    const struct model_column *c = &n->model.column[column];
    const struct model_cell *cell = model_at(&n->model, row, column);
    const char *workload = n->model.row[row].label;
    long at = find(l, &n->result, c, workload);
    if (at < 0)
        at = add(l, &n->result, c, workload);
    if (at < 0 || !l->tracks)
        return -1;
    struct history_series *s = &l->h->series[at];
    const struct place new = {n, row, column};
    if (!l->tracks[at].count)
        s->first = n->at;
    s->last = n->at;
    s->entries_noisy = s->entries_noisy || cell->entries_differ;
    if (cell->has_cost && !cell->mixed) {
        s->exact = cell->exact;
        s->noisy[n->at] = !cell->exact;
        s->unit = s->units[n->at] = history_keep(l->h, cell->unit);
        s->value[HISTORY_COST][n->at] = cell->cost;
    }
    if (cell->has_entries)
        s->value[HISTORY_ENTRIES][n->at] = cell->entries;
    return follow(&l->follow, s, &l->tracks[at], &new);
}

static int head(struct history *h, const struct loaded *n)
{
    struct history_result *r = &h->result[n->at];
    r->suite = history_keep(h, n->result.suite);
    r->pvbench = history_keep(h, n->result.pvbench);
    r->revision = history_keep(h, n->result.revision);
    r->build = calloc(n->model.columns + 1, sizeof(*r->build));
    if (!r->build)
        return -1;
    for (unsigned i = 0; i < n->model.columns; i++) {
        const struct result_run *run = n->model.column[i].run;
        r->build[r->builds++] = (struct history_build){history_keep(h, run->setting), history_keep(h, run->hypervisor),
                                                       history_keep(h, run->mode),    history_keep(h, run->machine),
                                                       history_keep(h, run->version), history_keep(h, run->sha256)};
    }
    return 0;
}

static int take(struct load *l, struct loaded *n)
{
    l->hint = 0;
    if (head(l->h, n))
        return -1;
    for (unsigned c = 0; c < n->model.columns; c++)
        for (size_t row = 0; row < n->model.rows; row++) {
            const struct model_cell *cell = model_at(&n->model, row, c);
            if (cell->any && !cell->boots)
                lose(l, n, &n->model.column[c], n->model.row[row].label, cell->any);
            else if (cell->boots && measured(l, n, c, row))
                return -1;
        }
    return 0;
}

int history_load(struct history *h, const struct history_options *o, struct report_error *e)
{
    struct load l = {.h = h, .follow = {.h = h, .o = o}};
    int bad = 0;
    for (size_t i = 0; i < h->results && !bad; i++) {
        struct loaded *n = load(&l, i, e);
        if (!n)
            bad = -1;
        else if (take(&l, n))
            bad = report_fail(
                e, "%s: is too much for this computer's memory, or has more than %d series; keep fewer nights",
                h->result[i].file, HISTORY_SERIES_MAX);
        /* A freed result's address may come again. */
        l.follow.asked[0] = l.follow.asked[1] = NULL;
        loaded_release(n);
    }
    for (size_t i = 0; i < h->all && l.tracks; i++) {
        if (!bad)
            follow_end(h, &h->series[i], &l.tracks[i]);
        follow_free(&l.tracks[i]);
    }
    free(l.tracks);
    return bad;
}
