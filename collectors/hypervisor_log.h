/*
 * hypervisor_log.h: what the readers of the hypervisor's lines have in common.
 */
#ifndef COLLECTORS_HYPERVISOR_LOG_H
#define COLLECTORS_HYPERVISOR_LOG_H

#include "collectors/observation.h"
#include "collectors/words.h"

/* Is it a line "M WORD …"? What follows the word is then next. */
bool hypervisor_log_word(struct words *w, const char *word);

/* The line's region, by its "id=", must be the one at hand; NULL with the fault noted. */
struct region *region_at_hand(struct observation *o, struct words *w, const char *line);

/* The rest of a line: "K:C" words, K in hex, each K once. False when it is malformed. */
bool counts_read(struct words *w, struct entry_detail **list, size_t *n);

#endif
