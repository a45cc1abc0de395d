/* say.c: see say.h. */
#include "hypervisor-harness/station/say.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_right(int error)
{
    return error == EPERM || error == EACCES;
}

int station_say(char why[STATION_WHY], const char *where, const char *what)
{
    snprintf(why, STATION_WHY, "%s: %s: %s%s", where, what, strerror(errno),
             is_right(errno) ? "; run pvbench as root" : "");
    return -1;
}

int station_say_missing(char why[STATION_WHY], const char *device, const char *module)
{
    if (is_right(errno))
        return station_say(why, device, "cannot be opened");
    snprintf(why, STATION_WHY, "%s: cannot be opened: %s; modprobe %s", device, strerror(errno), module);
    return -1;
}
