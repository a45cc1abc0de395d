/* Selectors, levels of privilege, gates and debug registers that a guest asks for in words of its own. */
#include "../hostile.h"
#include "pv/pv.h"
#include <xen/physdev.h>

static uint64_t read_base(uint32_t msr)
{
    uint32_t low, high;

    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

/*
 * Its own table has one data segment with a base, one that is not present, and code that cannot be read. All that is
 * not a data segment of ring 3 leaves the null selector, whose base is 0.
 */
static void gs_selectors(void)
{
    static const uint64_t kinds[] = {0, 0x00cff3123400ffff, 0x00cf73123400ffff, 0x00cff9123400ffff};
    static const uint16_t bad_ones[] = {0x13,   0x18,   0x1b,   0x7,    0xc,    0xdfff, 0xe008, 0xe00b,
                                        0xe010, 0xe013, 0xe040, 0xe043, 0xe048, 0xfff8, 0xffff, 0x1000};
    uint64_t *table = pv_new_table(), frame = machine_frame(table);
    unsigned bad = 0;

    memcpy(table, kinds, sizeof(kinds));
    pv_make_table(table);
    must(HYPERCALL(__HYPERVISOR_set_gdt, &frame, 512, 0, 0, 0), "set_gdt");
    for (unsigned i = 0; i < sizeof(bad_ones) / sizeof(bad_ones[0]); i++) {
        must(HYPERCALL(__HYPERVISOR_set_segment_base, SEGBASE_GS_USER, 0x1000, 0, 0, 0), "base");
        bad += HYPERCALL(__HYPERVISOR_set_segment_base, SEGBASE_GS_USER_SEL, bad_ones[i], 0, 0, 0) != 0;
        bad += read_base(0xc0000102) == 0x1000 && bad_ones[i] > 3;
    }
    bad += HYPERCALL(__HYPERVISOR_set_segment_base, SEGBASE_GS_USER_SEL, 8, 0, 0, 0) != 0;
    survived("%u selectors wrong, base %lx", bad, read_base(0xc0000102));
}
HOSTILE(gs_selectors, gs_selectors);

static void debug_registers(void)
{
    static const uint64_t addresses[] = {HYPERVISOR_ADDRESS, 0xffff800000000000ul, 0x800000000000ul};
    unsigned bad = 0;

    for (unsigned which = 0; which < 4; which++)
        for (unsigned i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
            bad += HYPERCALL(__HYPERVISOR_set_debugreg, which, addresses[i], 0, 0, 0) != -1;
    bad += HYPERCALL(__HYPERVISOR_set_debugreg, 0, image_start, 0, 0, 0) != 0;
    bad += HYPERCALL(__HYPERVISOR_get_debugreg, 0, 0, 0, 0, 0) != (long)image_start;
    for (unsigned bit = 0; bit < 8; bit++)
        bad += HYPERCALL(__HYPERVISOR_set_debugreg, 7, 0x400ul | 1ul << bit, 0, 0, 0) != -1;
    bad += HYPERCALL(__HYPERVISOR_set_debugreg, 7, 0x400, 0, 0, 0) != 0;
    bad += HYPERCALL(__HYPERVISOR_set_debugreg, 6, ~0ul, 0, 0, 0) != 0;
    for (uint64_t which = 4; which < 1ul << 40; which = which * 3)
        bad += which != 6 && which != 7 && HYPERCALL(__HYPERVISOR_set_debugreg, which, 0, 0, 0, 0) != -19;
    survived("%u debug registers wrong", bad);
}
HOSTILE(debug_registers, debug_registers);

static unsigned refused;

static void count_refused(struct trap_frame *frame)
{
    refused++;
    frame->rip++; /* CLI and STI */
}

static uint64_t flags_now(void)
{
    uint64_t flags;

    asm volatile("pushf; pop %0" : "=r"(flags));
    return flags;
}

/* CLI and STI fault until it may use them; then they change nothing. There is no port that it may touch by itself. */
static void io_privilege(void)
{
    struct physdev_set_iopl iopl = {.iopl = 4};
    unsigned bad = 0;

    refused = 0;
    guest_on_trap(13, count_refused);
    asm volatile("cli");
    asm volatile("sti");
    bad += refused != 2;
    bad += HYPERCALL(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl, 0, 0, 0) != -22;
    iopl.iopl = 0xffffffff;
    bad += HYPERCALL(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl, 0, 0, 0) != -22;
    bad += HYPERCALL(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, HYPERVISOR_ADDRESS, 0, 0, 0) != -14;
    for (unsigned cmd = 0; cmd < 32; cmd++)
        bad += cmd != PHYSDEVOP_set_iopl && HYPERCALL(__HYPERVISOR_physdev_op, cmd, &iopl, 0, 0, 0) != -38;
    iopl.iopl = 3;
    bad += HYPERCALL(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl, 0, 0, 0) != 0;
    asm volatile("cli");
    bad += !(flags_now() & 0x200) || (flags_now() & 0x3000);
    asm volatile("sti");
    bad += refused != 2;
    guest_on_trap(13, NULL);
    survived("%u privileges wrong", bad);
}
HOSTILE(io_privilege, io_privilege);

static void skip_int(struct trap_frame *frame)
{
    refused++;
    frame->rip += 2;
}

/* INT of what has no handler, or one that is not for the kernel's level, is the guest's #GP. */
static void wild_interrupts(void)
{
    struct trap_info traps[2] = {{.vector = 0x80, .flags = 0, .cs = 0xe033, .address = (uint64_t)image_start}};

    refused = 0;
    guest_on_trap(13, skip_int);
    asm volatile("int $0x80; int $0x30; int $0x31; int $0xff; int $0x20; int $2; int $8; int $18");
    must(HYPERCALL(__HYPERVISOR_set_trap_table, traps, 0, 0, 0, 0), "set_trap_table");
    asm volatile("int $0x80");
    guest_on_trap(13, NULL);
    survived("%u of 9 refused", refused);
}
HOSTILE(wild_interrupts, wild_interrupts);
