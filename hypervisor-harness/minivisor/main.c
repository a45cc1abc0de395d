/*
 * main.c: start here. The loader has left us in the direct map with its
 * word about memory and the guest's image (Multiboot Specification 0.6.96,
 * 3.3); this file turns that into a running guest and never comes back.
 */
#include "account.h"
#include "console.h"
#include "cpu.h"
#include "guest.h"
#include "hvm/hvm.h"
#include "image.h"
#include "limit.h"
#include "memory.h"
#include "options.h"
#include "pv/pv.h"
#include "timer.h"

#include <pvbench/log.h>

#define MULTIBOOT_LOADED           0x2badb002
#define MULTIBOOT_HAS_COMMAND_LINE (1u << 2)
#define MULTIBOOT_HAS_MODULES      (1u << 3)
#define MULTIBOOT_HAS_MAP          (1u << 6)
#define GUEST_MIB                  64

struct multiboot {
    u32 flags, mem_lower, mem_upper, boot_device, cmdline, mods_count, mods_addr;
    u32 syms[4];
    u32 mmap_length, mmap_addr;
};
struct multiboot_module {
    u32 start, end, line, reserved;
};
struct multiboot_region {
    u32 size; /* of what follows */
    u64 address, length;
    u32 type; /* 1: RAM */
} __attribute__((packed));

extern char image_end[];

static char command_line[256]; /* of the one boot of this computer */
static char guest_line[1024];  /* of its guest; as long as a PV guest's can be (xen/xen.h, MAX_GUEST_CMDLINE) */

noreturn void start(u32 magic, u32 info);

/* The end of the region of RAM that holds the minivisor. */
static u64 ram_end(const struct multiboot *mb)
{
    u64 at = mb->mmap_addr, end = at + mb->mmap_length;

    if (!(mb->flags & MULTIBOOT_HAS_MAP))
        panic("the loader gives no memory map");
    while (at + sizeof(struct multiboot_region) <= end) {
        const struct multiboot_region *r = phys_to_virt(at);
        u64 here = virt_to_phys(image_end);

        if (r->type == 1 && r->address <= here && here < r->address + r->length)
            return r->address + r->length;
        at += r->size + 4;
    }
    panic("the loader's memory map does not hold the minivisor");
}

static void copy_line(char *into, const char *from, u64 size)
{
    for (u64 i = 0; i < size - 1 && from[i]; i++)
        into[i] = from[i];
}

/* The words behind the module's name, which every loader puts there. */
static const char *words_of(const struct multiboot_module *module)
{
    const char *line = phys_to_virt(module->line);

    if (!module->line)
        return "";
    while (*line && *line != ' ')
        line++;
    return *line ? line + 1 : line;
}

/* Module `index`, in memory that is mapped. */
static struct multiboot_module module_of(const struct multiboot *mb, u64 index)
{
    struct multiboot_module module = ((const struct multiboot_module *)phys_to_virt(mb->mods_addr))[index];

    if (module.end < module.start || module.end > MAX_PHYS)
        panic("module %lu lies beyond 1 GiB", index);
    return module;
}

void start(u32 magic, u32 info)
{
    const struct multiboot *mb = phys_to_virt(info);
    struct multiboot_module module, extra = {0};
    struct image image;
    u64 pages, region, vcpus;

    console_init();
    if (magic != MULTIBOOT_LOADED)
        panic("not loaded by a multiboot loader");
    if (mb->flags & MULTIBOOT_HAS_COMMAND_LINE)
        copy_line(command_line, phys_to_virt(mb->cmdline), sizeof(command_line));
    if (!(mb->flags & MULTIBOOT_HAS_MODULES) || mb->mods_count < 1)
        panic("no guest: give its image as a multiboot module (QEMU: -initrd)");
    module = module_of(mb, 0);
    if (mb->mods_count > 1)
        extra = module_of(mb, 1);
    copy_line(guest_line, words_of(&module), sizeof(guest_line));

    vcpus = option_number(command_line, "vcpus", 1);
    if (vcpus < 1 || vcpus > PVB_VCPUS_MAX)
        panic("vcpus=%lu: 1 to %u", vcpus, PVB_VCPUS_MAX);
    memory_init(MAX(virt_to_phys(image_end), MAX(module.end, extra.end)), ram_end(mb));
    schedule_init((unsigned int)vcpus);
    cpu_init();
    account_init();
    timer_init(command_line);
    limit_init(command_line);
    image_parse(&image, phys_to_virt(module.start), module.end - module.start);
    image.extra = (struct image_extra){phys_to_virt(extra.start), extra.end - extra.start, guest_line};
    /* An image that is both is a PV guest if nobody says otherwise. */
    guest.alone = option_number(command_line, "hvm", 0) && image.phys32_entry;
    if (guest.alone)
        image.mode = GUEST_HVM;
    pages = option_number(command_line, "guest_mib", GUEST_MIB) << 8;
    if (pages > MAX_PHYS >> PAGE_SHIFT)
        panic("guest_mib=%lu: at most %lu", pages >> 8, (u64)MAX_PHYS >> 20);
    guest.mode = image.mode;
    guest.pages = pages;
    guest.first_frame = allocate_guest_memory(pages) >> PAGE_SHIFT;
    print("M start abi=%u version=%s mode=%s tsc_khz=%lu guest_kib=%lu\n", PVB_LOG_ABI, PVB_VERSION,
          guest.mode == GUEST_PV ? "pv" : "hvm", tsc_khz, pages << 2);
    region = option_number(command_line, "start_region", 0);
    if (region) { /* the books of the guest's start are asked for: of this region, from 1 on */
        print("M unpaused tsc=%lu\n", rdtsc());
        account_start((u32)region - 1);
    }
    if (guest.mode == GUEST_PV)
        pv_run(&image);
    hvm_run(&image);
}
