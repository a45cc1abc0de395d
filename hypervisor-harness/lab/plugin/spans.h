/*
 * spans.h: the spans that the guest times itself, and what of each part is in them.
 *
 * Between the marks of a region the guest reads the time stamp before and behind each operation. The first of these
 * places begins a span, the last one before it comes by again has ended it: what reads time in between is a part of
 * the operation. So the sum of the parts is the sum of the samples, but for the time in which nothing executes.
 */
#ifndef LAB_PLUGIN_SPANS_H
#define LAB_PLUGIN_SPANS_H

#include "parts.h"

#include <stdio.h>

void spans_write_to(FILE *file); /* one line a segment: what is between two marks */

void spans_mark(void);                   /* the guest begins a segment, or ends it */
void spans_time_stamp(uint64_t address); /* the guest reads the time stamp there */

/* Around parts_enter(): what executed until now, what will. */
void spans_leave_world(enum world world);
void spans_enter_world(enum world world);

#endif
