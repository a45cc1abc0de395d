/* Any bytes as a guest image: refused in one line, or filled without a byte out of place. */
#include "runner/carrier/image.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct pvb_error e = {""};
    const struct pvb_param_workload w = {.name = "empty", .iterations = 1};
    struct image image = {.path = strdup("guest.elf")};
    image.file.bytes = malloc(size ? size : 1);
    image.file.size = size;
    if (size)
        memcpy(image.file.bytes, bytes, size);
    if (image_parse(&image, &e)) {
        if (!e.text[0])
            abort();
    } else {
        image_has(&image, "empty");
        image_fill(&image, &w, 1, 0);
        for (size_t i = 0; i < size; i++)
            if ((i < image.params || i >= image.params + sizeof(struct pvb_params)) && image.file.bytes[i] != bytes[i])
                abort();
    }
    image_free(&image);
    return 0;
}
