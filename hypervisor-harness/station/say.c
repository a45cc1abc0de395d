/* say.c: see say.h. */
#include "hypervisor-harness/station/say.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *mend(void)
{
    if (errno == EPERM || errno == EACCES)
        return "; run pvbench as root";
    return errno == ENOENT || errno == ENXIO || errno == ENODEV ? "; modprobe the module that makes it" : "";
}

int station_say(char why[STATION_WHY], const char *where, const char *what)
{
    snprintf(why, STATION_WHY, "%s: %s: %s%s", where, what, strerror(errno), mend());
    return -1;
}
