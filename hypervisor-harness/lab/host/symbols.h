/* symbols.h: what the code of this machine is called: the kernel's functions, and those of the Xen below it. */
#ifndef LAB_HOST_SYMBOLS_H
#define LAB_HOST_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Lines of words, by `say`. "@OWNER": those that follow are the kernel's ("kernel"), Xen's ("xen") or of the module
 * that is called so. "+HEX": where the next one lies, from the last one on (modulo 2^64; from 0 at first). Anything
 * else is the name of a function that lies there. So each is told in a quarter of the bytes, of which each costs a port
 * access. Nothing is said of what this kernel or this Xen does not tell.
 */
void symbols_say(void (*say)(const char *line));

#endif
