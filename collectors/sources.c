/* sources.c: the list of collectors with their states; sources.h says what for. */
#include "collectors/sources.h"
#include "common/json_text.h"
#include "common/memory.h"

#include <stdio.h>
#include <stdlib.h>

void sources_open(struct observation *o, const struct collector *const *collectors)
{
    size_t n = 0;
    while (collectors[n])
        n++;
    o->source = memory_zeroed(n, sizeof(*o->source));
    o->sources = n;
    for (size_t i = 0; i < n; i++) {
        o->source[i].collector = collectors[i];
        o->source[i].state = collectors[i]->open ? collectors[i]->open(o) : NULL;
    }
}

void sources_close(struct observation *o)
{
    for (size_t i = 0; i < o->sources; i++)
        if (o->source[i].collector->close)
            o->source[i].collector->close(o->source[i].state);
    free(o->source);
    o->source = NULL;
    o->sources = 0;
}

void *sources_state(const struct observation *o, const struct collector *collector)
{
    for (size_t i = 0; i < o->sources; i++)
        if (o->source[i].collector == collector)
            return o->source[i].state;
    return NULL;
}

void sources_line(struct observation *o, enum speaker who, const char *text, size_t size, bool cut)
{
    bool taken = false;
    for (size_t i = 0; i < o->sources; i++) {
        const struct collector *c = o->source[i].collector;
        if (c->line && c->listens_to == who)
            taken |= c->line(o, o->source[i].state, text, size, cut);
    }
    if (!taken && who == SPEAKER_HYPERVISOR)
        observation_fault(o, "a line of %s begins with a word that is not known", o->speaker);
}

bool sources_disturb(const struct collector *const *collectors)
{
    bool disturbed = false;
    for (const struct collector *const *c = collectors; *c; c++)
        disturbed |= (*c)->disturbs && (!(*c)->is_to_be_had || (*c)->is_to_be_had());
    return disturbed;
}

static bool watches(const struct collector *c, enum start start)
{
    return c->start && start_is_watched(start, c->disturbs);
}

void sources_start(struct observation *o, enum start start, pid_t process)
{
    for (size_t i = 0; i < o->sources; i++)
        if (watches(o->source[i].collector, start))
            o->source[i].collector->start(o, o->source[i].state, process);
}

bool sources_step(struct observation *o, enum start start)
{
    bool hasty = false;
    for (size_t i = 0; i < o->sources; i++) {
        const struct collector *c = o->source[i].collector;
        if (watches(c, start) && c->step)
            hasty |= c->step(o, o->source[i].state);
    }
    return hasty;
}

void sources_stop(struct observation *o, enum start start)
{
    for (size_t i = 0; i < o->sources; i++)
        if (watches(o->source[i].collector, start))
            o->source[i].collector->stop(o, o->source[i].state);
}

void sources_exchange_undisturbing(struct observation *second, struct observation *first)
{
    for (size_t i = 0; i < second->sources && i < first->sources; i++) {
        const struct collector *c = second->source[i].collector;
        void *state = second->source[i].state;
        if (!c->start || c->disturbs)
            continue;
        second->source[i].state = first->source[i].state;
        first->source[i].state = state;
    }
}

void sources_run(const struct observation *o, json_t *run)
{
    for (size_t i = 0; i < o->sources; i++)
        if (o->source[i].collector->run)
            o->source[i].collector->run(o, o->source[i].state, run);
}

void sources_region(const struct observation *o, const struct region_document *d)
{
    for (size_t i = 0; i < o->sources; i++)
        if (o->source[i].collector->region)
            o->source[i].collector->region(o, o->source[i].state, d);
}

void region_unavailable(const struct region_document *d, const char *name, const char *why)
{
    char key[80];
    snprintf(key, sizeof(key), "%s%s", d->prefix, name);
    json_object_set_new(d->unavailable, key, json_text(why));
}
