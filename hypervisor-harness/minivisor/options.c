/* options.c: finds a number on the command line that the loader gave. */
#include "options.h"

u64 option_number(const char *p, const char *name, u64 otherwise)
{
    while (*p) {
        const char *n = name;
        u64 value = 0;

        while (*p == ' ')
            p++;
        while (*n && *p == *n) {
            p++;
            n++;
        }
        if (!*n && *p == '=') {
            for (p++; *p >= '0' && *p <= '9'; p++)
                value = value * 10 + (u64)(*p - '0');
            return value;
        }
        while (*p && *p != ' ')
            p++;
    }
    return otherwise;
}
