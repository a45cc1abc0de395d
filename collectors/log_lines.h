/*
 * log_lines.h: what the readers of the hypervisor's lines have in common.
 */
#ifndef COLLECTORS_LOG_LINES_H
#define COLLECTORS_LOG_LINES_H

#include "collectors/observation.h"
#include "collectors/words.h"

/* The line's region, by its "id=", must be the one at hand; NULL with the fault noted. */
struct region *region_at_hand(struct observation *o, struct words *w, const char *line);

/* The rest of a line: "K:C" words, K in hex, each K once. False when it is malformed. */
bool counts_read(struct words *w, struct entry_detail **list, size_t *n);

#endif
