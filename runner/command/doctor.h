/* doctor.h: what this computer can measure, as a list of findings. */
#ifndef RUNNER_DOCTOR_H
#define RUNNER_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>

#include "runner/host/environment.h"

#define FINDINGS_MAX (9 + ENVIRONMENT_FACTS_MAX)

struct finding {
    const char *name;
    bool good, for_lab;  /* for_lab: without it the lab measures nothing */
    bool noise, unknown; /* noise: nothing is missing, but a host's numbers may lie; unknown: it does not say */
    char text[1280], mend[256];
};

unsigned doctor_look(struct finding *finding);

#endif
