/* say.h: how the parts of the station say what is wrong: "INTERFACE: WHAT: errno's words", and the mend of some. */
#ifndef STATION_SAY_H
#define STATION_SAY_H

#include "hypervisor-harness/station/station.h"

/* Always -1, so that it can be returned. By errno. */
int station_say(char why[STATION_WHY], const char *where, const char *what);

#endif
