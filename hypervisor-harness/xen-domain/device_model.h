/* device_model.h: what a domain's device model is told beyond what libxenlight has words for. */
#ifndef XEN_DOMAIN_DEVICE_MODEL_H
#define XEN_DOMAIN_DEVICE_MODEL_H

#include <libxl.h>

/* Two words more for its command line, behind the library's own; the configuration frees them. -1: out of memory. */
int device_model_words(libxl_domain_build_info *b, const char *option, const char *value);

/* An HVM domain's device to be told and to do nothing (QEMU, docs/specs/pci-testdev); of others, nothing. */
int device_model_doorbell(libxl_domain_build_info *b);

#endif
