/* provenance.h: all that may vary between two runs of the same thing: when, where, by what. */
#ifndef RUNNER_PROVENANCE_H
#define RUNNER_PROVENANCE_H

#include <jansson.h>

/* Before getopt_long() changes their order. A new reference. */
json_t *command_line_json(int argc, char **argv);

/* What is known at the start. `images` is the folder that the images are in. A new reference. */
json_t *provenance_json(json_t *command_line, const char *images, const char *emulator_version);

#endif
