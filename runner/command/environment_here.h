/* environment_here.h: what this computer says of itself, and what the Xen below it does. */
#ifndef RUNNER_ENVIRONMENT_HERE_H
#define RUNNER_ENVIRONMENT_HERE_H

#include <jansson.h>

/* environment_read("") with "xen". */
json_t *environment_here(void);

#endif
