/*
 * params.c: the parameter section, empty as built, which the runner fills in a copy
 * of the image; and the section of places. See params.h for why.
 */
#include "internal.h"

/* volatile access is not needed: the section is filled before the image is loaded, but the compiler must not know. */
struct pvb_params params __attribute__((section(PVB_PARAMS_SECTION), aligned(64))) = {
    .magic = PVB_PARAMS_MAGIC,
    .abi = PVB_PARAMS_ABI,
    .size = sizeof(struct pvb_params),
};

const struct pvb_places places __attribute__((used, section(PVB_PLACES_SECTION), aligned(64))) = {
    .image_start = (uint64_t)image_start,
    .image_end = (uint64_t)image_end,
    .user_start = PVB_USER_START,
    .user_end = PVB_USER_END,
    .begin = (uint64_t)guest_main,
    .mark = (uint64_t)mode_mark,
};
