/*
 * compare_settings.c: two settings that are held against each other instead of each against itself: PVH against PV of
 * one result, or Xen's of one against KVM's of another. What is under test is what they differ in.
 */
#include "common/text.h"
#include "reports/compare/compare.h"

#include <string.h>

int compare_column(const struct comparison *c, int side, const char *other)
{
    const char *setting = c->settings[side];
    if (setting && strcmp(other, c->settings[!side]) != 0)
        return -1;
    return comparable_column(&c->model[side], setting ? setting : other);
}

/* "xen/pv" is as good as "xen/pv@lab" where there is no other. */
static bool is_called(const char *setting, const char *name)
{
    const size_t size = strlen(name);
    return strncmp(setting, name, size) == 0 && (!setting[size] || setting[size] == '@');
}

/* Its key in full; NULL, with a message, where there is none or more than one. */
static const char *find(const struct model *m, const char *name, const char *path, struct report_error *e)
{
    const char *found = NULL;
    char has[700] = "";
    unsigned count = 0;
    for (unsigned i = 0; i < m->columns; i++) {
        text_append(has, sizeof(has), "%s%s", i ? ", " : "", m->column[i].setting);
        if (!is_called(m->column[i].setting, name))
            continue;
        found = m->column[i].setting;
        count++;
    }
    if (count == 1)
        return found;
    report_fail(e, "%.250s: --settings: %.60s is %s; it has %s", path, name,
                count ? "of several machines, name it in full" : "not in it", *has ? has : "none");
    return NULL;
}

int compare_settings(struct comparison *c, const char *base_path, const char *now_path, const struct compare_options *o,
                     struct report_error *e)
{
    const char *base = find(&c->model[0], o->settings[0], base_path, e);
    const char *now = base ? find(&c->model[1], o->settings[1], now_path, e) : NULL;
    if (!now)
        return -1;
    c->settings[0] = base;
    c->settings[1] = now;
    return comparable_settings(&c->model[0], (unsigned)comparable_column(&c->model[0], base), &c->model[1],
                               (unsigned)comparable_column(&c->model[1], now), &c->different)
               ? report_fail(e, "%s: out of memory", now_path)
               : 0;
}
