/*
 * xen_ask.h: what only a program that is linked with Xen's libraries can say (xen_program.h).
 */
#ifndef RUNNER_XEN_ASK_H
#define RUNNER_XEN_ASK_H

#include "runner/common/error.h"

#include <jansson.h>

/* `what`: "list", an array of the domains, or "facts", an object of how Xen is set. A new reference; NULL, with the
 * reason in `e`: there is no answer. */
json_t *xen_ask(const char *what, struct pvb_error *e);

/* The facts {"version", "command_line", "scheduler", "nested_paging", "protections"}; JSON's null where there is no
 * Xen, or nobody who may ask it. A new reference. */
json_t *xen_facts(void);

#endif
