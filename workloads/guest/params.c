/*
 * params.c: the parameter section, empty as built. The runner fills a copy
 * of the image; see params.h for why.
 */
#include "internal.h"

/* volatile access is not needed: the section is filled before the image is loaded, but the compiler must not know. */
struct pvb_params params __attribute__((section(PVB_PARAMS_SECTION), aligned(64))) = {
    .magic = PVB_PARAMS_MAGIC,
    .abi = PVB_PARAMS_ABI,
    .size = sizeof(struct pvb_params),
};
