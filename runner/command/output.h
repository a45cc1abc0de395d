/*
 * output.h: the result's file: whole or not at all, and known to be writable
 * before anything is measured.
 */
#ifndef RUNNER_OUTPUT_H
#define RUNNER_OUTPUT_H

#include "runner/common/error.h"

#include <jansson.h>
#include <stdbool.h>

struct output {
    char *path;
    bool direct; /* standard output, a pipe or a device: written in place */
};

/* "-" is standard output. Makes missing folders. */
int output_open(struct output *o, const char *path, struct pvb_error *e);
int output_write(const struct output *o, const json_t *document, struct pvb_error *e);
int output_write_text(const struct output *o, const char *text, size_t size, struct pvb_error *e);
void output_close(struct output *o);

#endif
