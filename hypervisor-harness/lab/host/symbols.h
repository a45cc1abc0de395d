/* symbols.h: what the code of this machine is called: the kernel's functions, and those of the Xen below it. */
#ifndef LAB_HOST_SYMBOLS_H
#define LAB_HOST_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/* Each function, by `say`: where it lies, its name and whose it is: "kernel", "xen" or a module's name. Nothing is said
 * of what this kernel or this Xen does not tell. */
void symbols_say(void (*say)(uint64_t address, const char *name, const char *owner));

#endif
