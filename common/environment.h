/* environment.h: the environment of a program that is to have a library loaded first. */
#ifndef COMMON_ENVIRONMENT_H
#define COMMON_ENVIRONMENT_H

/*
 * Ours, with `preload` before the libraries that whoever started us wants (ld.so(8), LD_PRELOAD), and `more`, a
 * "NAME=value" that must live as long, or NULL. For environment_free(); NULL when out of memory.
 */
char **environment_with(const char *preload, char *more);
void environment_free(char **env); /* also of our own */

#endif
