/*
 * hostile.h: guests that break the rules on purpose. Each is a workload of
 * an image of its own, linked with the ordinary guest library; what must
 * become of it stands in tests/lab/minivisor_hostile.
 *
 * A guest that is not killed says how far it came with survived().
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "internal.h"

#define HOSTILE(id, function) WORKLOAD(id, "", "breaks a rule", .op = (function))
#define survived(format, ...) print("hostile: survived: " format "\n", ##__VA_ARGS__)

#define HYPERVISOR_ADDRESS 0xffff830000100000ul /* the minivisor's own code */
#define UNMAPPED_ADDRESS   0x700000000000ul

#endif
