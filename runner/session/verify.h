/* verify.h: where two results differ that should not. */
#ifndef RUNNER_VERIFY_H
#define RUNNER_VERIFY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* False when equal; else the first place where they differ, with both values, in the file's order. */
bool json_first_difference(const json_t *a, const json_t *b, char *place, size_t size);

#endif
