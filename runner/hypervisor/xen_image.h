/*
 * xen_image.h: a file of the hypervisor, as a build of Xen leaves it.
 */
#ifndef RUNNER_XEN_IMAGE_H
#define RUNNER_XEN_IMAGE_H

#include "runner/common/files.h"

/*
 * Reads `path` into `b`, unpacked where it is xen.gz, and checks that the
 * lab can start it. `sha256` is that of the file as it is.
 */
int xen_image_read(struct blob *b, const char *path, char sha256[SHA256_HEX], struct pvb_error *e);

#endif
