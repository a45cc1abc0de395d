/* visitors.h: domains that are none of pvbench's business. */
#ifndef INSIDE_VISITORS_H
#define INSIDE_VISITORS_H

#include <stdbool.h>

/* A paused domain of that name; false with the reason noted when there is no room for it. */
bool visitor_create(const char *name);

void visitor_pause(const char *name);

/* Destroys all domains whose names begin so, as xl destroy does. */
void visitors_destroy(const char *prefix);

/* All that XenStore and Xen's daemons keep of domains, to be compared; freed by the caller. */
char *visitors_traces(void);

#endif
