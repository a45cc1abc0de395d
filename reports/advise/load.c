/* load.c: reads what a load does in a second; advise.h says in which forms. */
#include "reports/result/traced.h"
#include "reports/advise/advise.h"
#include "common/text.h"
#include "reports/result/result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOAD_SCHEMA "pvbench.load/1"

static int add(struct load *l, const char *path, const char *part, const char *key, bool is_entry, double rate,
               struct report_error *e)
{
    char shown[LOAD_NAME];
    text_format(shown, sizeof(shown), "%.60s", key);
    if (!(rate >= 0 && rate <= LOAD_RATE_MAX))
        return report_fail(e, "%s: %s: %s: is no rate; give how often a second, from 0 to 1e12", path, part, shown);
    if (strlen(key) >= LOAD_NAME)
        return report_fail(e, "%s: %s: %s...: is too long for a name", path, part, shown);
    if (l->rates == LOAD_RATES_MAX)
        return report_fail(e, "%s: %s: holds more than %d rates", path, part, LOAD_RATES_MAX);
    struct load_rate *r = &l->rate[l->rates++];
    *r = (struct load_rate){.is_entry = is_entry, .rate = rate};
    text_format(r->name, sizeof(r->name), "%s", key);
    return 0;
}

static int take_rates(struct load *l, const char *path, const char *part, const json_t *rates, bool is_entry,
                      struct report_error *e)
{
    const char *key;
    json_t *rate;
    if (rates && !json_is_object(rates))
        return report_fail(e, "%s: %s: is no object; give {\"NAME\": RATE}", path, part);
    json_object_foreach((json_t *)rates, key, rate)
    {
        const double value = json_is_number(rate) ? json_number_value(rate) : NAN;
        if (add(l, path, part, key, is_entry, value, e))
            return -1;
    }
    return 0;
}

static int take_class(struct load *l, const char *path, const json_t *kinds, enum pvb_class class, double seconds,
                      struct report_error *e)
{
    const char *key;
    json_t *kind;
    json_object_foreach((json_t *)kinds, key, kind)
    {
        char name[LOAD_NAME];
        text_format(name, sizeof(name), "%s %.64s", result_classes[class], key);
        if (add(l, path, "exits", name, true, json_number_value(json_object_get(kind, "count")) / seconds, e))
            return -1;
    }
    return 0;
}

/* The entries of a trace, which of KVM's guests are all exits; how long it took makes rates of them. */
static int take_trace(struct load *l, const char *path, const json_t *document, struct report_error *e)
{
    const double seconds = json_number_value(json_object_get(document, "seconds"));
    const json_t *exits = json_object_get(document, "exits");
    const json_t *entries = json_object_get(document, "entries");
    if (!(seconds > 0))
        return report_fail(e, "%s: seconds: is not above 0; record the trace again, with pvbench trace --json", path);
    if (json_object_get(document, "guests"))
        return report_fail(e, "%s: guests: there are several, and a load is one guest's; trace one of them", path);
    if (take_class(l, path, exits, PVB_CLASS_EXIT, seconds, e))
        return -1;
    for (int class = 0; class < PVB_CLASSES; class ++)
        if (take_class(l, path, json_object_get(entries, result_classes[class]), (enum pvb_class) class, seconds, e))
            return -1;
    l->is_trace = true;
    return 0;
}

int load_take(struct load *l, const char *path, const json_t *document, struct report_error *e)
{
    const char *schema = json_string_value(json_object_get(document, "schema"));
    const json_t *process = json_object_get(document, json_object_get(document, "domain") ? "domain" : "process");
    const char *name = json_string_value(json_object_get(process ? process : document, "name"));
    *l = (struct load){.rates = 0};
    text_format(l->name, sizeof(l->name), "%.90s", name ? name : path);
    int bad;
    if (schema && strcmp(schema, TRACE_SCHEMA) == 0)
        bad = take_trace(l, path, document, e);
    else if (schema && strcmp(schema, LOAD_SCHEMA) == 0)
        bad = take_rates(l, path, "operations", json_object_get(document, "operations"), false, e) ||
              take_rates(l, path, "entries", json_object_get(document, "entries"), true, e);
    else
        return report_fail(e,
                           "%s: schema: is neither " LOAD_SCHEMA " nor " TRACE_SCHEMA
                           "; give operations a second (pvbench advise --help), or what pvbench trace --json wrote",
                           path);
    if (!bad && !l->rates)
        return report_fail(e, "%s: holds no operations and no entries; give {\"operations\": {\"syscall\": 1000}}",
                           path);
    return bad ? -1 : 0;
}

int load_read(struct load *l, const char *path, struct report_error *e)
{
    json_t *document = result_read(path, e);
    if (!document)
        return -1;
    int bad = load_take(l, result_name(path), document, e);
    json_decref(document);
    return bad;
}
