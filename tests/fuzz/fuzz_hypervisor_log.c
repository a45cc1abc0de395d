/* Any bytes as the whole console: the hypervisor's lines and its guest's between them. */
#include "console_fuzz.h"

static void line(void *context, const char *text, size_t size, bool cut)
{
    enum speaker who = hypervisor_log_speaker(&text, &size);
    sources_line(context, who, text, size, cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_console(bytes, size, line);
    return 0;
}
