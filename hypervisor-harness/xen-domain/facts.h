/*
 * facts.h: how this Xen was started and what it decided: what makes its numbers other ones.
 */
#ifndef XEN_DOMAIN_FACTS_H
#define XEN_DOMAIN_FACTS_H

#include <stddef.h>
#include <stdio.h>

/*
 * An object of JSON on `out`: "version", "command_line", "scheduler", "nested_paging", and "protections", what its
 * console still has of them, or null. -1 with the reason in `why`.
 */
int facts_print(FILE *out, char *why, size_t size);

#endif
