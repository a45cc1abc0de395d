/* xen_records.h: Xen's trace records as a test writes them, one behind the other into `bytes`. */
#ifndef TESTS_XEN_RECORDS_H
#define TESTS_XEN_RECORDS_H

#include <pvbench/entries.h>
#include <pvbench/log.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <xen/trace.h>
#include <xen/vcpu.h>

/* Xen 4.17's number of an exit, and that of later ones on AMD; the domain that idles (DOMID_IDLE). */
#define EXIT_SHARED (TRC_HVM_ENTRYEXIT + 2)
#define EXIT_SVM    (TRC_HVM_ENTRYEXIT + 3)

enum { OURS = 7, FIRST = 0, IDLE_DOMAIN = 0x7fff };

static uint8_t bytes[65536];
static size_t used;

static inline void put(uint32_t event, bool timed, uint64_t tsc, unsigned extras, const uint32_t *extra)
{
    uint32_t header = event | extras << TRACE_EXTRA_SHIFT | (timed ? 1u << 31 : 0);
    memcpy(bytes + used, &header, sizeof(header));
    used += sizeof(header);
    memcpy(bytes + used, &tsc, timed ? sizeof(tsc) : 0);
    used += timed ? sizeof(tsc) : 0;
    if (extras)
        memcpy(bytes + used, extra, extras * sizeof(*extra));
    used += extras * sizeof(*extra);
}

#define RECORD(event, tsc, ...)                                                                                        \
    put(event, true, tsc, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), (uint32_t[]){__VA_ARGS__})
#define PLAIN(event, ...)                                                                                              \
    put(event, false, 0, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), (uint32_t[]){__VA_ARGS__})

static inline void runs(unsigned domain, uint64_t tsc)
{
    RECORD(TRC_SCHED_RUNSTATE_CHANGE | 1 << 8, tsc, domain << 16);
}

static inline void stops(unsigned domain, uint64_t tsc)
{
    RECORD(TRC_SCHED_RUNSTATE_CHANGE | 2 << 4, tsc, domain << 16);
}

static inline void hypercall(uint32_t op)
{
    RECORD(TRC_PV_HYPERCALL_V2, 0, op);
}

static inline void counted(uint32_t op, uint32_t count)
{
    RECORD(TRC_PV_HYPERCALL_V2, 0, op | TRC_PV_HYPERCALL_V2_ARG_32(1), count);
}

static inline void subcall(uint32_t op, uint32_t count)
{
    RECORD(TRC_PV_HYPERCALL_SUBCALL, 0, op | TRC_PV_HYPERCALL_V2_ARG_32(1), count);
}

static inline void pv_mark_at(uint32_t mark, uint64_t tsc)
{
    RECORD(TRC_PV_HYPERCALL_V2, tsc, PVB_HC_vcpu_op | TRC_PV_HYPERCALL_V2_ARG_32(0) | TRC_PV_HYPERCALL_V2_ARG_32(1),
           VCPUOP_is_up, mark);
}

static void exit_at(uint32_t code, uint64_t tsc)
{
    RECORD(EXIT_SHARED | TRC_64_FLAG, tsc, code, 0x1000, 0);
}

static void entry_at(uint64_t tsc)
{
    put(TRC_HVM_VMENTRY, true, tsc, 0, NULL);
}

static inline void hvm_mark_at(uint32_t mark, uint64_t tsc)
{
    exit_at(PVB_EX_IOIO, tsc);
    PLAIN(TRC_HVM_IOPORT_WRITE, PVB_MARK_PORT, mark);
    entry_at(tsc + 10);
}

#endif
