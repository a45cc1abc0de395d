/* Any bytes as a Linux guest's kernel: refused in one line, or trimmed to what is loaded, which is then a kernel, too.
 */
#include "runner/carrier/kernel.h"

#include <stdlib.h>
#include <string.h>

static struct blob copy_of(const uint8_t *bytes, size_t size)
{
    struct blob b = {malloc(size ? size : 1), size};
    if (size)
        memcpy(b.bytes, bytes, size);
    return b;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct pvb_error e = {""};
    struct blob b = copy_of(bytes, size);
    if (kernel_trim(&b, "vmlinux", &e)) {
        if (strncmp(e.text, "vmlinux: ", 9) != 0)
            abort();
    } else {
        struct blob again = copy_of(b.bytes, b.size);
        if (b.size > size || kernel_trim(&again, "vmlinux", &e) || again.size != b.size ||
            memcmp(again.bytes, b.bytes, b.size) != 0)
            abort();
        free(again.bytes);
    }
    free(b.bytes);
    return 0;
}
