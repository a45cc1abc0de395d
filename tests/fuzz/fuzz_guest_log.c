/* Any bytes as what a guest says. */
#include "console_fuzz.h"

static void line(void *context, const char *text, size_t size, bool cut)
{
    guest_log_collector.line(context, text, size, cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_console(bytes, size, line);
    return 0;
}
