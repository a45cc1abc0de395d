/* first_domain.c: "M probes …" of pvbench/log.h. */
#include "collectors/first_domain.h"
#include "collectors/hypervisor_log.h"

#include <stdlib.h>
#include <string.h>

void first_domain_counts_free(struct first_domain_counts *f)
{
    for (unsigned i = 0; i < XEN_PARTIES; i++)
        free(f->asked[i].call);
    free(f->kernel.call);
}

static bool read_asked(struct first_domain_counts *f, struct words *w)
{
    struct word party;
    if (!words_value(w, "by", &party))
        return false;
    for (unsigned i = 0; i < XEN_PARTIES; i++)
        if (word_is(party, xen_party_name((enum xen_party)i)))
            return !f->asked[i].calls && counts_read(w, &f->asked[i].call, &f->asked[i].calls);
    return false;
}

static bool read_times(struct first_domain_counts *f, struct words *w)
{
    if (!words_number(w, "mappings", PVB_TICKS_MAX, &f->mappings) || !words_literal(w, "time"))
        return false;
    for (unsigned i = 0; i < XEN_PARTIES; i++)
        f->has_time[i] = words_number(w, xen_party_name((enum xen_party)i), PVB_TICKS_MAX, &f->time[i]);
    return words_end(w);
}

static bool read_handled(struct first_domain_counts *f, struct words *w)
{
    struct word name;
    size_t i = f->handlers;
    if (i == FIRST_DOMAIN_HANDLERS || !words_number(w, "handled", PVB_TICKS_MAX, &f->handled[i].count) ||
        !words_rest(w, "name", &name) || !name.size || name.size > XEN_EVENT_NAME)
        return false;
    word_copy(name, f->handled[i].name, sizeof(f->handled[i].name));
    for (size_t j = 0; j < i; j++)
        if (strcmp(f->handled[i].name, f->handled[j].name) == 0)
            return false;
    f->handlers++;
    return true;
}

static bool read_unknown(struct first_domain_counts *f, struct words *w)
{
    struct word what, reason;
    if (!words_value(w, "unknown", &what) || !words_rest(w, "reason", &reason) || !reason.size)
        return false;
    char *into = word_is(what, "privcmd")   ? f->no_privcmd
                 : word_is(what, "kernel")  ? f->no_kernel
                 : word_is(what, "upcalls") ? f->no_upcalls
                                            : NULL;
    if (into)
        word_copy(reason, into, FIRST_DOMAIN_REASON);
    return into;
}

static bool ahead(const struct words *w, const char *word)
{
    struct words copy = *w;
    struct word next;
    return words_next(&copy, &next) && next.size >= strlen(word) && memcmp(next.text, word, strlen(word)) == 0;
}

static bool read_line(struct first_domain_counts *f, struct words *w)
{
    f->seen = true;
    if (ahead(w, "by="))
        return read_asked(f, w);
    if (ahead(w, "mappings="))
        return read_times(f, w);
    if (ahead(w, "handled="))
        return read_handled(f, w);
    if (ahead(w, "unknown="))
        return read_unknown(f, w);
    if (ahead(w, "upcalls=")) {
        f->has_upcalls = words_number(w, "upcalls", PVB_TICKS_MAX, &f->upcalls) && words_end(w);
        return f->has_upcalls;
    }
    f->has_kernel = words_literal(w, "kernel") && counts_read(w, &f->kernel.call, &f->kernel.calls);
    return f->has_kernel;
}

void first_domain_line(struct observation *o, struct words *w)
{
    struct words copy = *w;
    struct word reason;
    if (words_literal(&copy, "none") && words_rest(&copy, "reason", &reason) && reason.size) {
        word_copy(reason, o->no_probes, sizeof(o->no_probes));
        return;
    }
    struct region *r = region_at_hand(o, w, "probes");
    if (r && !read_line(&r->host_side.probes, w))
        region_fault(r, "a probes line is malformed, or says something twice");
}
