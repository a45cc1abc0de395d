/* say.h: how the parts of the station say what is wrong: "INTERFACE: WHAT: errno's words; MEND". */
#ifndef STATION_SAY_H
#define STATION_SAY_H

#include "hypervisor-harness/station/station.h"

/* Always -1, so that it can be returned. By errno; for what is not to be done without a right the mend is to have it.
 */
int station_say(char why[STATION_WHY], const char *where, const char *what);

/* Of a device that a module makes: the mend for one that is not there is the module. */
int station_say_missing(char why[STATION_WHY], const char *device, const char *module);

#endif
