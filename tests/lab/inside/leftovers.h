/* leftovers.h: what a run must not leave behind, as a text that is equal before and after. */
#ifndef INSIDE_LEFTOVERS_H
#define INSIDE_LEFTOVERS_H

#include <stddef.h>

/* The names in these folders, sorted (NULL: no more folders); freed by the caller. */
char *names_in(const char *const *folders);

/* In both or in neither, or the difference is noted. */
void check_left(const char *before, const char *after, const char *what);

#endif
