/* device_model.c: see device_model.h. The list ends with NULL, as all of libxenlight's. */
#include "hypervisor-harness/xen-domain/device_model.h"

#include <stdlib.h>
#include <string.h>

int device_model_words(libxl_domain_build_info *b, const char *option, const char *value)
{
    size_t words = 0;
    while (b->extra_hvm && b->extra_hvm[words])
        words++;
    libxl_string_list more = calloc(words + 3, sizeof(*more));
    if (!more)
        return -1;
    if (words)
        memcpy(more, b->extra_hvm, words * sizeof(*more));
    more[words] = strdup(option);
    more[words + 1] = strdup(value);
    free(b->extra_hvm);
    b->extra_hvm = more;
    return more[words] && more[words + 1] ? 0 : -1;
}

int device_model_doorbell(libxl_domain_build_info *b)
{
    return b->type == LIBXL_DOMAIN_TYPE_HVM ? device_model_words(b, "-device", "pci-testdev") : 0;
}
