/* empty: what the harness itself costs. Every other cost contains it. */
#include "guest.h"

static void op(void)
{
}

WORKLOAD(empty, "", "the harness's own cost: an operation that does nothing", .op = op);
