/*
 * limit.h: how long a guest may take, at most.
 */
#ifndef LIMIT_H
#define LIMIT_H

#include "types.h"

/*
 * Starts the clock, after timer_init(). limit_s= on the command line gives
 * seconds of the machine's clock, to 86399 (more is taken for that);
 * without it, or with 0, there is no limit.
 */
void limit_init(const char *command_line);

/* The alarm's interrupt: from entry.S, wherever the processor was. */
noreturn void limit_reached(void);

#endif
