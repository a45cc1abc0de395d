/* Any bytes as what a guest says. */
#include "console_fuzz.h"

static void line(void *context, const char *text, size_t size, bool cut)
{
    sources_line(context, SPEAKER_GUEST, text, size, cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_console(bytes, size, line);
    return 0;
}
