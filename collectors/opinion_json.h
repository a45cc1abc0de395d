/*
 * opinion_json.h: what a second source of counts says, for the result.
 */
#ifndef COLLECTORS_OPINION_JSON_H
#define COLLECTORS_OPINION_JSON_H

#include "collectors/observation.h"

#include <jansson.h>

/* A new reference; NULL when there was no word of one. */
json_t *opinion_json(const struct second_opinion *s);

#endif
