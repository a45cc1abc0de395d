/* filter.c: patterns against names; filter.h says which. */
#include "reports/common/filter.h"
#include "common/text.h"
#include "common/usage.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

int filter_add(void *into, const char *command, const char *argument)
{
    struct filter_axis *a = into;
    if (!*argument)
        return usage_error(command, "a pattern is empty; give one that fits something");
    if (a->patterns == FILTER_MAX)
        return usage_error(command, "%.40s is one pattern too many; %d are the most", argument, FILTER_MAX);
    a->pattern[a->patterns++] = argument;
    return 0;
}

static void note(struct filter_axis *a, const char *name)
{
    char entry[200];
    text_format(entry, sizeof(entry), ", %.150s", name);
    const size_t size = strlen(entry);
    for (const char *at = a->seen; (at = strstr(at, entry)); at++)
        if (!at[size] || at[size] == ',')
            return;
    if (strlen(a->seen) + size + 8 < sizeof(a->seen))
        strcat(a->seen, entry);
    else if (!strstr(a->seen, ", …"))
        strcat(a->seen, ", …");
}

/* By its whole name, or by what stands before `mark`. */
static bool takes(struct filter_axis *a, const char *name, char mark)
{
    char begin[200];
    bool any = a->patterns == 0;
    snprintf(begin, sizeof(begin), "%.*s", (int)(strchrnul(name, mark) - name), name);
    if (!any)
        note(a, name);
    for (unsigned i = 0; i < a->patterns; i++) {
        if (fnmatch(a->pattern[i], name, 0) != 0 && fnmatch(a->pattern[i], begin, 0) != 0)
            continue;
        a->fits[i] = any = true;
    }
    return any;
}

bool filter_takes_guest(struct filter *f, const char *hypervisor, const char *mode)
{
    if (!f)
        return true;
    const bool of_hypervisor = takes(&f->hypervisor, hypervisor, 0), of_mode = takes(&f->mode, mode, '+');
    f->guest = f->guest || (of_hypervisor && of_mode);
    return of_hypervisor && of_mode;
}

bool filter_takes_workload(struct filter *f, const char *label)
{
    if (!f)
        return true;
    const bool taken = takes(&f->workload, label, '/');
    f->anything = f->anything || taken;
    return taken;
}

bool filter_is_set(const struct filter *f)
{
    return f && (f->workload.patterns || f->hypervisor.patterns || f->mode.patterns);
}

static int check(const struct filter_axis *a, const char *option, const char *path, struct report_error *e)
{
    for (unsigned i = 0; i < a->patterns; i++)
        if (!a->fits[i])
            return report_fail(e, "%.400s: --%s %.60s: fits nothing in it; it has %s", path, option, a->pattern[i],
                               *a->seen ? a->seen + 2 : "none");
    return 0;
}

int filter_check(const struct filter *f, const char *path, struct report_error *e)
{
    if (!filter_is_set(f))
        return 0;
    if (check(&f->hypervisor, "hypervisor", path, e) || check(&f->mode, "mode", path, e))
        return -1;
    if (!f->guest)
        return report_fail(e, "%s: --hypervisor, --mode: no guest in it fits both; leave one of them out", path);
    if (check(&f->workload, "workload", path, e))
        return -1;
    return f->anything ? 0 : report_fail(e, "%s: holds no workload; run the suite first", path);
}
