/* empty.c: nothing: what the loop and its two time stamps cost. */
#include "load.h"

static void op(void)
{
}

LOAD(empty, "", "nothing: the cost of the loop itself", .op = op);
