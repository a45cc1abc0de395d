/*
 * sources.h: the collectors of one start of a guest, each with its state:
 * what a line, and the document, goes through. What a state is, its collector
 * alone knows.
 */
#ifndef COLLECTORS_SOURCES_H
#define COLLECTORS_SOURCES_H

#include "collectors/collector.h"
#include "collectors/two_starts.h"

struct source {
    const struct collector *collector;
    void *state;
};

/* `collectors` ends with NULL. What was asked, `events` and `in_order` too, must be in the observation before. */
void sources_open(struct observation *o, const struct collector *const *collectors);

/* observation_free() does it. */
void sources_close(struct observation *o);

/* The state of one of them; NULL when it is not among them. */
void *sources_state(const struct observation *o, const struct collector *collector);

/* To all who listen to the speaker; a hypervisor's line that is for none of them is a fault. */
void sources_line(struct observation *o, enum speaker who, const char *text, size_t size, bool cut);

/* Is there one that disturbs, and is to be had on this computer? */
bool sources_disturb(const struct collector *const *collectors);

/* To those that watch this start of the guest. True from a step: it should be made again soon. */
void sources_start(struct observation *o, enum start start, pid_t process);
bool sources_step(struct observation *o, enum start start);
void sources_stop(struct observation *o, enum start start);

/*
 * Of two starts of one guest: what watched the first one, because it disturbs
 * nothing, goes to the second one's observation, and the second one's in its place.
 */
void sources_exchange_undisturbing(struct observation *second, struct observation *first);

void sources_run(const struct observation *o, json_t *run);
void sources_region(const struct observation *o, const struct region_document *d);

#endif
