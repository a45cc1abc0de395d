/* Any bytes as the whole console: the minivisor's lines and its guest's between them. */
#include "console_fuzz.h"

static void line(void *context, const char *text, size_t size, bool cut)
{
    enum speaker who = hypervisor_minivisor.listener.speaker(&text, &size);
    if (who == SPEAKER_GUEST)
        guest_log_collector.line(context, text, size, cut);
    else if (who == SPEAKER_HYPERVISOR)
        minivisor_log_collector.line(context, text, size, cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_console(bytes, size, line);
    return 0;
}
