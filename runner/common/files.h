/*
 * files.h: reading whole files, hashing them, writing all or nothing.
 */
#ifndef RUNNER_FILES_H
#define RUNNER_FILES_H

#include "runner/common/error.h"

#include "common/publish.h" /* write_all */
#include "common/stale.h"   /* remove_tree */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_HEX 65

struct blob {
    uint8_t *bytes; /* followed by a NUL that is not counted */
    size_t size;
};

/* Files larger than `max` are refused. */
int blob_read(struct blob *b, const char *path, size_t max, struct pvb_error *e);
void blob_free(struct blob *b);

/* A piece of it, or NULL when it does not lie within. */
const void *blob_piece(const struct blob *b, uint64_t offset, uint64_t size);

void sha256_hex(const void *bytes, size_t size, char hex[SHA256_HEX]);
/* Of all of them, as if one stood behind the other in one file. */
void sha256_hex_blobs(const struct blob *blobs, size_t count, char hex[SHA256_HEX]);

/* A file that is new, with these bytes. */
int write_new_file(const char *path, const void *bytes, size_t size, struct pvb_error *e);

/* mkdir -p for the folders above `path`. */
int make_parents(const char *path, struct pvb_error *e);

/* An absolute or relative path of printf's making; the caller frees it. Ends the program when out of memory. */
char *path_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
