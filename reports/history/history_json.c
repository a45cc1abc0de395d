/* history_json.c: a history for programs: every value, every step, schema pvbench.history/1. */
#include "reports/history/history.h"
#include "common/json_text.h"

#include <math.h>
#include <stdlib.h>

static json_t *number(double value)
{
    if (value == floor(value) && fabs(value) < 9e15)
        return json_integer((json_int_t)value);
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *text_or_null(const char *text)
{
    return *text ? json_text(text) : json_null();
}

static json_t *step_json(const struct history *h, const struct history_series *s, const struct history_step *step)
{
    json_t *o = json_object(), *metrics = json_array();
    char sentence[HISTORY_SENTENCE], builds[400];
    history_sentence(h, s, step, sentence, sizeof(sentence));
    history_builds(h, s, step, builds, sizeof(builds));
    json_object_set_new(o, "night", json_integer((json_int_t)step->at));
    json_object_set_new(o, "before", json_integer((json_int_t)step->before));
    json_object_set_new(o, "date", json_text(h->result[step->at].date));
    if (*h->result[step->at].commit)
        json_object_set_new(o, "commit", json_text(h->result[step->at].commit));
    json_object_set_new(o, "verdict", json_text(verdict_names[step->verdict]));
    json_object_set_new(o, "says", json_text(sentence));
    json_object_set_new(o, "build", json_text(builds));
    json_object_set_new(o, "revision", text_or_null(h->result[step->at].revision));
    json_object_set_new(o, "other_experiment", json_boolean(step->experiment));
    if (step->noisy) {
        json_object_set_new(o, "metric", json_text(step->entries ? "entries" : "cost"));
        json_object_set_new(o, "from", number(step->from));
        json_object_set_new(o, "to", number(step->to));
        json_object_set_new(o, "p", number(step->p));
        json_object_set_new(o, "found_tonight", json_boolean(step->tonight));
    }
    for (size_t i = 0; i < step->cell.findings; i++)
        json_array_append_new(metrics, compare_finding_json(&step->cell.finding[i]));
    json_object_set_new(o, "metrics", metrics);
    return o;
}

static json_t *series_json(const struct history *h, const struct history_series *s)
{
    static const char *const names[HISTORY_METRICS] = {"cost", "entries"};
    json_t *o = json_object(), *steps = json_array(), *experiments = json_array();
    json_object_set_new(o, "suite", json_text(s->suite));
    json_object_set_new(o, "hypervisor", json_text(s->hypervisor));
    json_object_set_new(o, "mode", json_text(s->mode));
    json_object_set_new(o, "machine", json_text(s->machine));
    json_object_set_new(o, "workload", json_text(s->workload));
    json_object_set_new(o, "unit", text_or_null(s->unit));
    json_object_set_new(o, "class", json_text(s->exact ? "exact" : "noisy"));
    json_object_set_new(o, "verdict", json_text(verdict_names[s->verdict]));
    if (*s->why)
        json_object_set_new(o, "reason", json_text(s->why));
    for (int m = 0; m < HISTORY_METRICS; m++) {
        json_t *list = json_array();
        for (size_t i = 0; i < h->results; i++)
            json_array_append_new(list, number(history_value(s, (enum history_metric)m, i)));
        json_object_set_new(o, names[m], list);
    }
    for (size_t i = 0; i < h->results; i++)
        json_array_append_new(experiments,
                              s->experiment[i] == HISTORY_NONE ? json_null() : json_integer(s->experiment[i]));
    json_object_set_new(o, "experiment", experiments);
    for (size_t i = 0; i < s->steps; i++)
        json_array_append_new(steps, step_json(h, s, &s->step[i]));
    json_object_set_new(o, "steps", steps);
    return o;
}

static json_t *result_json(const struct history_result *n)
{
    json_t *o = json_object(), *builds = json_array();
    json_object_set_new(o, "file", json_text(n->file));
    json_object_set_new(o, "date", json_text(n->date));
    json_object_set_new(o, "pvbench", text_or_null(n->pvbench));
    json_object_set_new(o, "revision", text_or_null(n->revision));
    json_object_set_new(o, "suite", json_text(n->suite));
    json_object_set_new(o, "night", json_integer(n->night));
    json_object_set_new(o, "different", text_or_null(n->different));
    for (size_t i = 0; i < n->builds; i++) {
        const struct history_build *b = &n->build[i];
        json_array_append_new(builds,
                              json_pack("{s:s, s:s, s:s, s:s, s:s}", "hypervisor", b->hypervisor, "mode", b->mode,
                                        "machine", b->machine, "version", b->version, "sha256", b->sha256));
    }
    json_object_set_new(o, "builds", builds);
    return o;
}

void history_print_json(const struct history *h, FILE *out)
{
    json_t *document = json_object(), *nights = json_array(), *skipped = json_array(), *series = json_array();
    int status = history_status(h);
    char summary[400];
    history_summary(h, summary, sizeof(summary));
    json_object_set_new(document, "schema", json_string("pvbench.history/1"));
    json_object_set_new(document, "verdict", json_text(compare_verdict_word(status)));
    json_object_set_new(document, "status", json_integer(status));
    json_object_set_new(document, "says", json_text(summary));
    for (size_t i = 0; i < h->results; i++)
        json_array_append_new(nights, result_json(&h->result[i]));
    for (size_t i = 0; i < h->list.lefts; i++)
        json_array_append_new(skipped,
                              json_pack("{s:s, s:s}", "file", h->list.left[i].path, "reason", h->list.left[i].why));
    for (size_t i = 0; i < h->all; i++)
        json_array_append_new(series, series_json(h, &h->series[i]));
    json_object_set_new(document, "nights", nights);
    json_object_set_new(document, "left_out", skipped);
    json_object_set_new(document, "series", series);
    json_print(document, JSON_INDENT(1), out);
}
