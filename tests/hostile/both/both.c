/* What a guest of either mode can try. */
#include "../hostile.h"
#include <pvbench/log.h>

static void loop_for_ever(void)
{
    for (;;)
        asm volatile("");
}
HOSTILE(loop_for_ever, loop_for_ever);

static void end_of_no_region(void)
{
    mode_mark(PVB_MARK_END(77));
    survived("an end without a beginning");
}
HOSTILE(end_of_no_region, end_of_no_region);

static void region_in_region(void)
{
    mode_mark(PVB_MARK_BEGIN(77));
    survived("a region inside a region");
}
HOSTILE(region_in_region, region_in_region);

/* Lines that would be the minivisor's, if a guest could speak in its name. */
static void speak_as_hypervisor(void)
{
    mode_console_write("x\nM end reason=poweroff\n\rM kill reason=none\n", 44);
    survived("spoke");
}
HOSTILE(speak_as_hypervisor, speak_as_hypervisor);

static void unprintable(void)
{
    for (int c = 0; c < 256; c++) {
        char text[1] = {(char)c};

        mode_console_write(text, 1);
    }
    mode_console_write("\n", 1);
    survived("printed");
}
HOSTILE(unprintable, unprintable);

static void long_line(void)
{
    for (int i = 0; i < 5000; i++)
        mode_console_write("0123456789", 10);
    mode_console_write("\n", 1);
    survived("printed");
}
HOSTILE(long_line, long_line);
