/* options.h: the minivisor's command line: words of the form name=number. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "types.h"

/* The number after "name=", decimal, or `otherwise` if the word is not there. */
u64 option_number(const char *command_line, const char *name, u64 otherwise);

#endif
