/*
 * memory.h: what happens when there is no memory left. Small pieces that a
 * document or a line is made of have no way on without it, and one that is
 * left out would be a document that lies: the program ends, with one line
 * and status 1, before anything of it is written.
 */
#ifndef COMMON_MEMORY_H
#define COMMON_MEMORY_H

#include <stddef.h>
#include <stdio.h>

void out_of_memory(void) __attribute__((noreturn));

/* calloc(), but never NULL. */
void *memory_zeroed(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

/* realloc(), but never NULL; `size` is not 0. */
void *memory_grown(void *memory, size_t size) __attribute__((returns_nonnull));

/*
 * open_memstream(), but never NULL, and nothing that is written gets lost: glibc's drops what it has no memory
 * for, and neither ferror() nor fclose() tells. After fclose() the text, ended by a NUL, is the caller's to free.
 */
FILE *memory_stream(char **text, size_t *size);

/* From now on so does every JSON value for which there is no memory. */
void memory_guards_json(void);

#endif
