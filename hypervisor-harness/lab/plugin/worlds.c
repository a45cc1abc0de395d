/*
 * worlds.c: see worlds.h.
 *
 * A bare guest, a hypervisor, a kernel and programs lie at addresses of their own. A guest that is Linux lies where the
 * host's Linux does, and there is no register that could be read. In HVM it is what is executed between VMRUN and the
 * instruction behind it: code is translated for a guest by itself, also where the addresses are a host's (HF_GUEST_MASK
 * in QEMU's target/i386/cpu.h). In PV, on Xen, it is told from the first domain by where its code lies in the machine's
 * memory: the first domain's kernel is one piece, as Xen has loaded it, so that the distance from an address of its
 * text to the memory is always the same, and that of another kernel another one. What is executed beside the kernels,
 * modules and programs, is of the domain whose kernel was executed before, and so is the page that it lies in for good:
 * domains do not hand pages to one another.
 */
#include "worlds.h"

#include <stdlib.h>

enum { PAGE_SHIFT = 12, PAGES = 1 << 18 };

/* arch/x86/include/asm/page_64_types.h, pgtable_64_types.h: of a kernel that randomizes nothing it is the same. */
#define TEXT_START    0xffffffff80000000u
#define MODULES_START 0xffffffffc0000000u
/* Xen's arch/x86/include/asm/config.h: slots 256 to 271 of each L4 are its own; the minivisor's layout.h has the same.
 */
#define RESERVED_END 0xffff880000000000u

struct landing {
    uint64_t address, host;
};

static struct setting setting;

/* Since VMRUN: where the guest's exit leads to. NULL: no guest executes. */
static const struct landing *landing;

static uint64_t first_distance; /* of the first domain's kernel */
static bool is_known;           /* it */
static bool is_first = true;    /* whose kernel was executed last */

/* Pages of the machine's memory, by their place in the emulator's: plus one, if they are the guest's. */
static uint64_t page[PAGES];
static unsigned pages;

void worlds_set(const struct setting *s)
{
    setting = *s;
}

static uint64_t host_of(const struct qemu_plugin_insn *insn)
{
    return (uint64_t)(uintptr_t)qemu_plugin_insn_haddr(insn);
}

static bool is_upper(uint64_t address)
{
    return address >> 63;
}

static bool is_text(uint64_t address)
{
    return address >= TEXT_START && address < MODULES_START;
}

/* --- two domains of Xen's --------------------------------------------------- */

static bool is_page_of_guest(uint64_t host)
{
    const uint64_t key = host >> PAGE_SHIFT << 1;
    uint64_t i = (key * 0x9e3779b97f4a7c15u >> 40) % PAGES;
    for (; page[i]; i = (i + 1) % PAGES)
        if ((page[i] & ~1ul) == key)
            return page[i] & 1;
    if (++pages == PAGES)
        abort();
    page[i] = key | !is_first;
    return !is_first;
}

static bool is_kernel_of_guest(uint64_t address, uint64_t host)
{
    if (!is_known)
        first_distance = host - address;
    is_known = true;
    return host - address != first_distance;
}

static bool is_domain_of_guest(uint64_t address, uint64_t host)
{
    return is_text(address) ? is_kernel_of_guest(address, host) : is_page_of_guest(host);
}

/* --- who ---------------------------------------------------------------------- */

static enum world of_guest(uint64_t address)
{
    return setting.is_linux && is_upper(address) ? WORLD_GUEST_KERNEL : WORLD_GUEST;
}

static bool is_of_bare_guest(uint64_t address)
{
    for (unsigned i = 0; i < 2; i++)
        if (address >= setting.guest[i].start && address < setting.guest[i].end)
            return true;
    return false;
}

static bool is_of_linux_guest(uint64_t address, uint64_t host)
{
    if (setting.is_hvm)
        return landing && (address != landing->address || host != landing->host);
    return setting.layout == LAYOUT_MINIVISOR || is_domain_of_guest(address, host);
}

static bool is_reserved(uint64_t address)
{
    return is_upper(address) && address < RESERVED_END;
}

enum world worlds_of(const struct qemu_plugin_tb *tb)
{
    const uint64_t address = qemu_plugin_tb_vaddr(tb), host = host_of(qemu_plugin_tb_get_insn(tb, 0));
    if (setting.layout == LAYOUT_BARE)
        return of_guest(address);
    if (!setting.is_linux && is_of_bare_guest(address))
        return WORLD_GUEST;
    if (setting.is_linux && setting.is_hvm && is_of_linux_guest(address, host))
        return of_guest(address);
    if (setting.layout != LAYOUT_LINUX && is_reserved(address))
        return WORLD_HYPERVISOR;
    if (setting.is_linux && !setting.is_hvm && is_of_linux_guest(address, host))
        return of_guest(address);
    if (setting.layout == LAYOUT_MINIVISOR)
        return WORLD_HYPERVISOR;
    return is_upper(address) ? WORLD_KERNEL : WORLD_USER;
}

void worlds_block(const struct block *b)
{
    if (!world_is_guest(b->world))
        landing = NULL;
    if (is_text(b->start))
        is_first = b->world == WORLD_KERNEL;
}

static void on_vmrun(unsigned vcpu, void *data)
{
    (void)vcpu;
    landing = data;
}

void worlds_translate(struct qemu_plugin_insn *insn, enum world world)
{
    if (!setting.is_linux || world_is_guest(world) || !count_is_vmrun(insn))
        return;
    struct landing *l = malloc(sizeof(*l));
    if (!l)
        abort();
    const size_t size = qemu_plugin_insn_size(insn);
    *l = (struct landing){qemu_plugin_insn_vaddr(insn) + size, host_of(insn) + size};
    qemu_plugin_register_vcpu_insn_exec_cb(insn, on_vmrun, QEMU_PLUGIN_CB_NO_REGS, l);
}
