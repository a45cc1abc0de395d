/* compare_json.c: a comparison for programs: every finding with its numbers, schema pvbench.comparison/1. */
#include "reports/compare/compare.h"
#include "common/json_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SENTENCE 1600

static json_t *number(double value)
{
    if (value == floor(value) && fabs(value) < 9e15)
        return json_integer((json_int_t)value);
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *noisy_json(const struct noisy *t)
{
    json_t *o = json_object();
    json_object_set_new(o, "boots", json_pack("[I, I]", (json_int_t)t->boots[0], (json_int_t)t->boots[1]));
    json_object_set_new(o, "outliers", json_pack("[I, I]", (json_int_t)t->outliers[0], (json_int_t)t->outliers[1]));
    json_object_set_new(o, "ratio", t->ratio > 0 ? number(t->ratio) : json_null());
    json_object_set_new(o, "interval",
                        t->interval.known ? json_pack("[o, o]", number(t->interval.low), number(t->interval.high))
                                          : json_null());
    json_object_set_new(o, "p", number(t->p));
    json_object_set_new(o, "p_adjusted", number(t->adjusted));
    json_object_set_new(o, "p_permutation", number(t->permutation));
    return o;
}

static json_t *limit_json(const struct limit *limit)
{
    json_t *o = json_object();
    if (!limit->given) {
        json_decref(o);
        return json_null();
    }
    if (limit->has_percent)
        json_object_set_new(o, "percent", number(limit->percent));
    if (limit->has_absolute || !limit->has_percent)
        json_object_set_new(o, "absolute", number(limit->absolute));
    return o;
}

json_t *compare_finding_json(const struct finding *f)
{
    json_t *o = json_object();
    json_object_set_new(o, "metric", json_text(f->name));
    json_object_set_new(o, "group", json_text(metric_types[f->metric].group));
    if (f->metric >= METRIC_KIND && f->metric <= METRIC_HANDLER)
        json_object_set_new(o, "entry_class", json_text(result_classes[f->class]));
    json_object_set_new(o, "unit", json_text(f->unit));
    json_object_set_new(o, "better", json_text(metric_types[f->metric].better == BETTER_LOWER ? "lower" : "higher"));
    json_object_set_new(o, "class", json_text(f->exact ? "exact" : "noisy"));
    bool missing = f->exact && *f->why && !f->told;
    json_object_set_new(o, "base", missing ? json_null() : number(f->base));
    json_object_set_new(o, "new", missing ? json_null() : number(f->now));
    json_object_set_new(o, "verdict", json_text(verdict_names[f->verdict]));
    json_object_set_new(o, "limit", limit_json(&f->limit));
    if (!f->exact)
        json_object_set_new(o, "test", noisy_json(&f->noisy));
    if (*f->why)
        json_object_set_new(o, "reason", json_text(f->why));
    return o;
}

static json_t *cell_json(const struct compare_cell *cell)
{
    json_t *o = json_object(), *list = json_array();
    char sentence[SENTENCE];
    compare_sentence(cell, sentence, sizeof(sentence));
    json_object_set_new(o, "hypervisor", json_text(cell->hypervisor));
    json_object_set_new(o, "mode", json_text(cell->mode));
    json_object_set_new(o, "machine", json_text(cell->machine));
    json_object_set_new(o, "workload", json_text(cell->workload));
    json_object_set_new(o, "verdict", json_text(verdict_names[cell->verdict]));
    json_object_set_new(o, "says", json_text(sentence));
    for (size_t i = 0; i < cell->findings; i++)
        json_array_append_new(list, compare_finding_json(&cell->finding[i]));
    json_object_set_new(o, "metrics", list);
    return o;
}

static json_t *side_json(const struct result *r, const char *name)
{
    json_t *o = json_object();
    json_object_set_new(o, "file", json_text(name));
    json_object_set_new(o, "suite", json_text(r->suite));
    json_object_set_new(o, "date", json_text(r->date));
    json_object_set_new(o, "revision", json_text(r->revision));
    return o;
}

void compare_print_json(const struct comparison *c, const struct compare_names *n, FILE *out)
{
    json_t *document = json_object(), *forced = json_array(), *builds = json_array(), *cells = json_array();
    int status = compare_status(c);
    char summary[400];
    compare_summary(c, summary, sizeof(summary));
    json_object_set_new(document, "schema", json_string("pvbench.comparison/1"));
    json_object_set_new(document, "verdict", json_text(compare_verdict_word(status)));
    json_object_set_new(document, "status", json_integer(status));
    json_object_set_new(document, "says", json_text(summary));
    json_object_set_new(document, "base", side_json(c->base, n->base));
    json_object_set_new(document, "new", side_json(c->now, n->now));
    for (size_t i = 0; i < c->different.count; i++)
        json_array_append_new(forced, json_text(c->different.text[i]));
    json_object_set_new(document, "forced", forced);
    char build[300];
    for (unsigned column = 0; compare_next_build(c, &column, build, sizeof(build));)
        json_array_append_new(builds, json_text(build));
    json_object_set_new(document, "builds", builds);
    json_object_set_new(document, "not_asked_for", json_integer((json_int_t)c->unasked));
    for (size_t i = 0; i < c->cells; i++)
        json_array_append_new(cells, cell_json(&c->cell[i]));
    json_object_set_new(document, "workloads", cells);
    json_print(document, JSON_INDENT(2), out);
}
