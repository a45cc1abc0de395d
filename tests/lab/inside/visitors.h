/* visitors.h: domains that are none of pvbench's business. */
#ifndef INSIDE_VISITORS_H
#define INSIDE_VISITORS_H

#include <stdbool.h>

/* A paused domain of that name; false with the reason noted when there is no room for it. */
bool visitor_create(const char *name);

void visitor_pause(const char *name);

/* Destroys all domains whose names begin so. */
void visitors_destroy(const char *prefix);

#endif
