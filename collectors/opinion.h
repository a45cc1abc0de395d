/*
 * opinion.h: reads the lines of a second source of counts.
 */
#ifndef COLLECTORS_OPINION_H
#define COLLECTORS_OPINION_H

#include "collectors/observation.h"
#include "collectors/words.h"

/* What follows "M opinion". */
void opinion_line(struct observation *o, struct words *w);

#endif
