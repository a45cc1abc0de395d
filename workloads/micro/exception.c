/* exception: a divide error and its handler, which skips the instruction. */
#include "guest.h"

static void skip(struct trap_frame *frame)
{
    frame->rip += 2; /* DIV ECX is f7 f1 */
}

static const char *setup(struct guest_run *run)
{
    (void)run;
    guest_on_trap(TRAP_DIVIDE_ERROR, skip);
    return NULL;
}

static void op(void)
{
    asm volatile("divl %%ecx" : : "a"(1), "d"(0), "c"(0));
}

static void teardown(void)
{
    guest_on_trap(TRAP_DIVIDE_ERROR, NULL);
}

WORKLOAD(exception, "traps", "a divide error, taken and handled by the kernel", .setup = setup, .op = op,
         .teardown = teardown);
