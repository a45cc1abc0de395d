/*
 * image.h: the guest images as data.
 *
 * They are ELF64 files that anybody may have damaged: every offset is
 * checked before it is followed. The runner reads the workloads' names from
 * them and writes copies whose parameter section is filled; their code is
 * never touched.
 */
#ifndef RUNNER_IMAGE_H
#define RUNNER_IMAGE_H

#include "runner/common/error.h"
#include "runner/common/files.h"

#include <pvbench/params.h>

#include <stdbool.h>

struct image {
    char *path;
    struct blob file;
    size_t params; /* offset of struct pvb_params in the file */
    const struct pvb_workload_name *name;
    size_t names;
    const struct pvb_places *places; /* NULL: the image has none */
    char sha256[SHA256_HEX];         /* as built, before the parameters */
    struct blob kernel;              /* that boots it; empty: it boots itself */
    char kernel_sha256[SHA256_HEX];
    struct blob programs; /* an archive with those that its workloads start; empty: none does */
    char programs_sha256[SHA256_HEX];
};

int image_load(struct image *image, const char *path, struct pvb_error *e);

/* The checks of image_load() for bytes at hand; takes over `path` and `file`. */
int image_parse(struct image *image, struct pvb_error *e);

void image_free(struct image *image);

bool image_has(const struct image *image, const char *workload);

/* What part of a system the workload exercises, as the image says; "": none, or there is no such workload. */
const char *image_subsystem(const struct image *image, const char *workload);

/* PVB_NEEDS_*; 0 for one that there is not. */
unsigned image_needs(const struct image *image, const char *workload);

/* Fills the parameter section in the image's memory; `flags`: PVB_PARAM_*. */
void image_fill(struct image *image, const struct pvb_param_workload *workloads, unsigned count, uint32_t flags);

/* A copy that runs these workloads; all but its `file.bytes`, which the caller frees, is `image`'s. */
int image_copy_filled(struct image *copy, const struct image *image, const struct pvb_param_workload *workloads,
                      unsigned count, uint32_t flags, struct pvb_error *e);

/* Writes such a copy. */
int image_write_filled(const struct image *image, const struct pvb_param_workload *workloads, unsigned count,
                       uint32_t flags, const char *path, struct pvb_error *e);

#endif
