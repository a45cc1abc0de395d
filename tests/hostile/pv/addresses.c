/* Addresses that no guest has: not canonical, in the hypervisor's slots, around the end of all addresses. */
#include "../hostile.h"
#include "pv/pv.h"
#include <xen/callback.h>
#include <xen/version.h>

/* Not canonical, but to a walk that looks at 48 bits alone the hypervisor's slots. */
#define ALIAS_OF_M2P    0x0000800000000000ul
#define ALIAS_OF_GDT    0x0000820000000000ul
#define ALIAS_OF_DIRECT 0x0000830000000000ul
#define OWN_GDT_PAGE    14 /* the hypervisor's page of the descriptor table */

static long set_entry(uint64_t address, uint64_t entry)
{
    return HYPERCALL(__HYPERVISOR_update_va_mapping, address, entry, UVMF_TLB_FLUSH, 0, 0);
}

static void map_not_canonical(void)
{
    survived("%ld", set_entry(ALIAS_OF_DIRECT, 0x1234567890));
}
HOSTILE(map_not_canonical, map_not_canonical);

static void map_over_m2p(void)
{
    uint64_t *page = guest_page();

    page[0] = 0x4242;
    survived("%ld, m2p[0]=%lx", set_entry(ALIAS_OF_M2P, pte_of(page, PTE_RW)),
             *(volatile uint64_t *)0xffff800000000000);
}
HOSTILE(map_over_m2p, map_over_m2p);

/* The whole way to ring 0: a page of its own in place of the hypervisor's GDT, with a call gate in it. */
static uint64_t fake_gdt[512] __attribute__((aligned(4096)));
static volatile uint64_t stolen[2];

asm(".pushsection .text\n"
    "in_ring_0:\n"
    "mov %cs, %eax\n"
    "mov %rax, stolen(%rip)\n"
    "mov %cr3, %rax\n"
    "mov %rax, stolen+8(%rip)\n"
    "lretq\n"
    ".popsection");
extern char in_ring_0[];

static void replace_gdt(void)
{
    static const struct {
        uint32_t offset;
        uint16_t selector;
    } __attribute__((packed)) gate = {0, 0xe053};
    uint64_t handler = (uint64_t)in_ring_0;

    fake_gdt[1] = 0x00af9b000000ffff; /* ring 0: code, data; ring 3: 32-bit code, data, code */
    fake_gdt[2] = 0x00cf93000000ffff;
    fake_gdt[4] = 0x00cffb000000ffff;
    fake_gdt[5] = 0x00cff3000000ffff;
    fake_gdt[6] = 0x00affb000000ffff;
    fake_gdt[10] = (handler & 0xffff) | 0xe008ul << 16 | 0xecul << 40 | (handler >> 16 & 0xffff) << 48;
    fake_gdt[11] = handler >> 32;
    set_entry(ALIAS_OF_GDT + OWN_GDT_PAGE * PAGE_SIZE, pte_of(fake_gdt, PTE_RW));
    asm volatile("lcall *%0" : : "m"(gate) : "rax", "memory");
    survived("ring 0: cs=%lx cr3=%lx", stolen[0], stolen[1]);
}
HOSTILE(replace_gdt, replace_gdt);

static void handler_not_canonical(void)
{
    struct trap_info traps[2] = {{.vector = 6, .cs = 0xe033, .address = ALIAS_OF_DIRECT}};

    survived("%ld", HYPERCALL(__HYPERVISOR_set_trap_table, traps, 0, 0, 0, 0));
}
HOSTILE(handler_not_canonical, handler_not_canonical);

static void callback_in_hypervisor(void)
{
    survived("%ld", HYPERCALL(__HYPERVISOR_set_callbacks, HYPERVISOR_ADDRESS, 0, 0, 0, 0));
}
HOSTILE(callback_in_hypervisor, callback_in_hypervisor);

static void callback_not_canonical(void)
{
    struct callback_register event = {.type = CALLBACKTYPE_event, .address = ALIAS_OF_DIRECT};

    survived("%ld", HYPERCALL(__HYPERVISOR_callback_op, CALLBACKOP_register, &event, 0, 0, 0));
}
HOSTILE(callback_not_canonical, callback_not_canonical);

static void *map_at(uint64_t address)
{
    uint64_t *page = guest_page();

    pv_write_entry(pv_walk(kernel_l4, address, 1), pte_of(page, PTE_RW | PTE_USER));
    return page;
}

/* The last page of all and the first, one behind the other to whoever only adds. */
static void map_around_the_end(void)
{
    map_at(0xfffffffffffff000);
    map_at(0);
}

/* Both are the guest's: a list may still not run from one into the other. */
static void around_the_end(void)
{
    unsigned bad = 0;

    map_around_the_end();
    /* An element in both; and two elements, one in each. */
    for (uint64_t before = 1; before <= 64; before++) {
        const long results[] = {
            HYPERCALL(__HYPERVISOR_mmu_update, -(before % 16) - 1, 2, 0, DOMID_SELF, 0),
            HYPERCALL(__HYPERVISOR_mmuext_op, -(before % 24) - 1, 2, 0, DOMID_SELF, 0),
            HYPERCALL(__HYPERVISOR_multicall, -before, 2, 0, 0, 0),
            HYPERCALL(__HYPERVISOR_xen_version, XENVER_capabilities, -before, 0, 0, 0),
            HYPERCALL(__HYPERVISOR_console_io, 0, before + 1, -before, 0, 0),
            HYPERCALL(__HYPERVISOR_set_trap_table, -(before & 15) - 1, 0, 0, 0, 0),
        };

        for (unsigned i = 0; i < sizeof(results) / sizeof(results[0]); i++)
            bad += results[i] != -14;
    }
    survived("%u lists around the end accepted", bad);
}
HOSTILE(around_the_end, around_the_end);

/* The frame of a trap would begin in the last page of all, and end in the first. */
static void frame_around_the_end(void)
{
    map_around_the_end();
    asm volatile("mov $0x10, %%esp; ud2" : : : "memory");
}
HOSTILE(frame_around_the_end, frame_around_the_end);

static void iret_around_the_end(void)
{
    map_around_the_end();
    asm volatile("mov $-24, %%rsp; mov $23, %%eax; syscall" : : : "memory");
}
HOSTILE(iret_around_the_end, iret_around_the_end);

/* SYSCALL as the last of all instructions below the hole: the return address is not canonical. */
static void syscall_before_the_hole(void)
{
    uint8_t *page = map_at(0x7ffffffff000);

    page[0xffe] = 0x0f, page[0xfff] = 0x05;
    asm volatile("mov $17, %%eax; xor %%edi, %%edi; jmp *%0" : : "b"(0x7ffffffffffeul) : "memory");
}
HOSTILE(syscall_before_the_hole, syscall_before_the_hole);

/* The guest's outermost addresses are its own, to the last byte. */
static void outermost_addresses(void)
{
    const uint64_t end = 0x800000000000, first = 0xffff880000000000;
    xen_extraversion_t *places[] = {(void *)(end - sizeof(xen_extraversion_t)), (void *)first};
    unsigned bad = 0;

    map_at(end - PAGE_SIZE);
    map_at(first);
    for (unsigned i = 0; i < 2; i++) {
        bad += HYPERCALL(__HYPERVISOR_xen_version, XENVER_extraversion, places[i], 0, 0, 0) != 0;
        bad += memcmp(places[i], "-minivisor", 10) != 0;
    }
    bad += HYPERCALL(__HYPERVISOR_xen_version, XENVER_extraversion, end - 8, 0, 0, 0) != -14;
    bad += HYPERCALL(__HYPERVISOR_xen_version, XENVER_extraversion, first - 8, 0, 0, 0) != -14;
    survived("%u calls at the outermost addresses went wrong", bad);
}
HOSTILE(outermost_addresses, outermost_addresses);
