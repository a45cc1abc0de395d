/* Hypercalls with pointers to where the guest has no business. */
#include "../hostile.h"
#include "pv/pv.h"
#include <xen/callback.h>
#include <xen/event_channel.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/version.h>

/* Every hypercall that reads or writes through a pointer, with a pointer of each bad kind. */
static void bad_pointers(void)
{
    static const uint64_t pointers[] = {
        HYPERVISOR_ADDRESS,   0xffff800000000000ul, 0xffff87fffffffff8ul, 0x800000000000ul, /* not canonical */
        0xdead000000000000ul, UNMAPPED_ADDRESS,     0xfffffffffffffffcul,                   /* wraps around */
    };
    unsigned bad = 0;

    for (unsigned i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
        uint64_t p = pointers[i];
        const long results[] = {
            HYPERCALL(__HYPERVISOR_set_trap_table, p, 0, 0, 0, 0),
            HYPERCALL(__HYPERVISOR_mmu_update, p, 1, 0, DOMID_SELF, 0),
            HYPERCALL(__HYPERVISOR_mmuext_op, p, 1, 0, DOMID_SELF, 0),
            HYPERCALL(__HYPERVISOR_set_gdt, p, 512, 0, 0, 0),
            HYPERCALL(__HYPERVISOR_multicall, p, 1, 0, 0, 0),
            HYPERCALL(__HYPERVISOR_xen_version, XENVER_extraversion, p, 0, 0, 0),
            HYPERCALL(__HYPERVISOR_console_io, 0, 1, p, 0, 0),
            HYPERCALL(__HYPERVISOR_callback_op, CALLBACKOP_register, p, 0, 0, 0),
            HYPERCALL(__HYPERVISOR_event_channel_op, EVTCHNOP_send, p, 0, 0, 0),
            HYPERCALL(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, p, 0, 0, 0),
            HYPERCALL(__HYPERVISOR_memory_op, XENMEM_populate_physmap, p, 0, 0, 0),
            HYPERCALL(__HYPERVISOR_memory_op, XENMEM_memory_map, p, 0, 0, 0),
            HYPERCALL(__HYPERVISOR_sched_op, SCHEDOP_poll, p, 0, 0, 0),
            HYPERCALL(__HYPERVISOR_vcpu_op, 8, 0, p, 0, 0),
        };

        for (unsigned j = 0; j < sizeof(results) / sizeof(results[0]); j++) {
            if (results[j] == -14)
                continue;
            print("hostile: call %u with pointer %lx: %ld\n", j, p, results[j]);
            bad++;
        }
    }
    survived("%u calls that did not say EFAULT", bad);
}
HOSTILE(bad_pointers, bad_pointers);

/* The answer would go to memory that the guest itself may not write. */
static void write_to_read_only(void)
{
    survived("%ld", HYPERCALL(__HYPERVISOR_xen_version, XENVER_extraversion, kernel_l4, 0, 0, 0));
}
HOSTILE(answer_to_read_only, write_to_read_only);

static void unknown_hypercalls(void)
{
    unsigned bad = 0;

    for (unsigned number = 40; number < 64; number++) {
        long result;

        asm volatile("push %%rcx; push %%r11; syscall; pop %%r11; pop %%rcx" : "=a"(result) : "a"(number) : "memory");
        bad += result != -38;
    }
    for (uint64_t number = 64; number; number <<= 1) {
        long result;

        asm volatile("push %%rcx; push %%r11; syscall; pop %%r11; pop %%rcx"
                     : "=a"(result)
                     : "a"((uint32_t)number | 64)
                     : "memory");
        bad += result != -38;
    }
    survived("%u unknown calls that did not say ENOSYS", bad);
}
HOSTILE(unknown_hypercalls, unknown_hypercalls);
