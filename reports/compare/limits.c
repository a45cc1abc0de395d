/* limits.c: reads and applies --limit; limits.h says what it means. */
#include "reports/compare/limits.h"
#include "reports/common/wrap.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A number with digits in front, so that neither nan nor 0x10 is one. */
static bool read_number(const char **text, double *value)
{
    char *end;
    if (!strchr("0123456789.", **text) || !**text || ((*text)[0] == '0' && strchr("xX", (*text)[1]) && (*text)[1]))
        return false;
    *value = strtod(*text, &end);
    bool good = end != *text && isfinite(*value);
    *text = end;
    return good;
}

static bool read_limit(const char *text, struct limit *limit)
{
    *limit = (struct limit){.given = true};
    for (;;) {
        double value;
        if (!read_number(&text, &value))
            return false;
        if (*text == '%') {
            if (limit->has_percent)
                return false;
            limit->has_percent = true;
            limit->percent = value;
            text++;
        } else {
            if (limit->has_absolute)
                return false;
            limit->has_absolute = true;
            limit->absolute = value;
        }
        if (!*text)
            return true;
        if (*text++ != '|')
            return false;
    }
}

static int add_rule(struct limits *l, char *text, char *why, size_t size)
{
    struct limit_rule rule = {.workload = ""};
    char *equals = strrchr(text, '='), *slash;
    if (!equals || equals == text) {
        snprintf(why, size, "%.64s is not PATTERN=LIMIT", text);
        return -1;
    }
    *equals = 0;
    if (!read_limit(equals + 1, &rule.limit)) {
        snprintf(why, size, "%.64s is not a limit; write 5%%, 12 or 5%%|12", equals + 1);
        return -1;
    }
    slash = strrchr(text, '/');
    if (slash)
        *slash = 0;
    const char *metric = slash ? slash + 1 : text;
    if (!*metric || strlen(metric) >= sizeof(rule.metric) || (slash && strlen(text) >= sizeof(rule.workload))) {
        snprintf(why, size, "%.64s is not a pattern of workloads and metrics", text);
        return -1;
    }
    if (l->rules == LIMITS_MAX) {
        snprintf(why, size, "more than %d rules", LIMITS_MAX);
        return -1;
    }
    memcpy(rule.metric, metric, strlen(metric) + 1);
    if (slash)
        memcpy(rule.workload, text, strlen(text) + 1);
    l->rule[l->rules++] = rule;
    return 0;
}

int limits_add(struct limits *l, const char *text, char *why, size_t size)
{
    char *copy = strdup(text), *at, *state = NULL;
    int bad = 0, rules = 0;
    if (!copy) {
        snprintf(why, size, "out of memory");
        return -1;
    }
    for (at = strtok_r(copy, ",", &state); at && !bad; at = strtok_r(NULL, ",", &state)) {
        bad = add_rule(l, at, why, size);
        rules++;
    }
    if (!rules) {
        snprintf(why, size, "it is empty");
        bad = -1;
    }
    text_clean(why);
    free(copy);
    return bad;
}

static bool matches(const struct limit_rule *r, const char *workload, const char *metric, const char *group,
                    bool judged)
{
    if (*r->workload && fnmatch(r->workload, workload, 0) != 0)
        return false;
    if (strcmp(r->metric, "*") == 0)
        return judged;
    return fnmatch(r->metric, metric, 0) == 0 || strcmp(r->metric, group) == 0;
}

struct limit limits_of(const struct limits *l, const char *workload, const char *metric, const char *group, bool judged)
{
    for (size_t i = l->rules; i-- > 0;)
        if (matches(&l->rule[i], workload, metric, group, judged))
            return l->rule[i].limit;
    return (struct limit){.given = judged};
}
