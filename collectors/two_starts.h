/*
 * two_starts.h: first for costs, then for counts.
 *
 * Who counts a guest's entries takes the guest's time: a record in Xen's trace
 * costs some hundred instructions, a probe as many, which must not be in what
 * the guest measures. So where counting disturbs, a guest starts twice. In the
 * first start nothing that disturbs watches it, and what it says of its costs
 * counts. If it came to its end, it does all of it again to be counted, and
 * then what it says itself counts for nothing. A guest that crashes is known
 * well enough by once. Where nothing disturbs, one start is for both.
 *
 * The rule alone: pvbench follows it for the collectors of this computer,
 * pvbench-xen-domain for both lives of a domain.
 */
#ifndef COLLECTORS_TWO_STARTS_H
#define COLLECTORS_TWO_STARTS_H

#include <stdbool.h>

enum start { START_FOR_BOTH, START_FOR_COSTS, START_FOR_COUNTS };

/* `disturbed`: somebody who disturbs is there to count. */
static inline enum start start_first(bool disturbed)
{
    return disturbed ? START_FOR_COSTS : START_FOR_BOTH;
}

/* Does who disturbs, or does not, watch this start? */
static inline bool start_is_watched(enum start start, bool disturbs)
{
    return start != (disturbs ? START_FOR_COSTS : START_FOR_COUNTS);
}

/* The guest has ended. True: it starts again, for the counts. */
static inline bool start_again(enum start *start, bool ended_well)
{
    if (*start != START_FOR_COSTS || !ended_well)
        return false;
    *start = START_FOR_COUNTS;
    return true;
}

#endif
