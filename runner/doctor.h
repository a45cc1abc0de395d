/* doctor.h: what this computer can measure, as a list of findings. */
#ifndef RUNNER_DOCTOR_H
#define RUNNER_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>

#define FINDINGS_MAX 16

struct finding {
    const char *name;
    bool good, for_lab; /* for_lab: without it the lab measures nothing */
    char text[1280], mend[256];
};

unsigned doctor_look(struct finding *finding);

#endif
