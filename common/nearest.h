/* nearest.h: "did you mean": of the words that there are, the one that a mistyped word was likely to be. */
#ifndef COMMON_NEAREST_H
#define COMMON_NEAREST_H

#include <stddef.h>

/*
 * Of a NULL-ended list. Letters that are missing, too many, others, or two that changed places count one each, and up
 * to a third of the word may be wrong. NULL: none is near.
 */
const char *nearest(const char *word, const char *const *list);

/* "; did you mean WORD?", or "". */
void nearest_ask(const char *word, const char *const *list, char *into, size_t size);

#endif
