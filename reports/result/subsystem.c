/* subsystem.c: the one table of workloads and subsystems. */
#include "reports/result/subsystem.h"

#include <string.h>

const char *const subsystems[] = {"processor", "privileged", "traps", "memory", "interrupts", "I/O", NULL};

static const struct {
    const char *workload, *subsystem;
} table[] = {
    {"compute", "processor"},
    {"clock_read", "processor"},
    {"memory_walk", "memory"},
    {"null_hypercall", "privileged"},
    {"yield", "privileged"},
    {"cpuid", "privileged"},
    {"msr_write", "privileged"},
    {"syscall", "traps"},
    {"exception", "traps"},
    {"page_fault", "memory"},
    {"pte_update", "memory"},
    {"pte_update_batch", "memory"},
    {"address_space_switch", "memory"},
    {"address_space_lifecycle", "memory"},
    {"tlb_flush_page", "memory"},
    {"balloon", "memory"},
    {"interrupt_mask", "interrupts"},
    {"halt_wake", "interrupts"},
    {"timer_arm", "interrupts"},
    {"self_event", "interrupts"},
    {"lock_kick", "interrupts"},
    {"port_in", "I/O"},
    {"console_char", "I/O"},
};

const char *subsystem_of(const char *workload)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strcmp(table[i].workload, workload) == 0)
            return table[i].subsystem;
    return NULL;
}
