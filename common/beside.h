/*
 * beside.h: what stands beside a result, under a name that is made of the result's: who writes it and who looks for it
 * know nothing of each other.
 */
#ifndef COMMON_BESIDE_H
#define COMMON_BESIDE_H

#include <stdbool.h>

/* NAME.json's explanation is NAME.explain.json; what has no such ending gets one. The caller frees it. */
char *beside_explanation(const char *result);

/* Is a file of this name the explanation of a result? */
bool beside_is_explanation(const char *name);

#endif
