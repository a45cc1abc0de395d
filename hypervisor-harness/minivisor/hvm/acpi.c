/*
 * acpi.c: what a PVH image finds in memory: the start info, the memory map,
 * and ACPI tables (ACPI Specification 5.0, chapter 5) that lead to the power
 * management timer and the local APIC. They lie where a PC has its BIOS.
 */
#include "cpu.h"
#include "guest.h"
#include "hvm.h"
#include "image.h"
#include "memory.h"
#include "ports.h"
#include "timer.h"

#include <xen/arch-x86/hvm/start_info.h>

#define PM_TIMER_HZ   3579545ull
#define PM_TIMER_PORT 0x608
#define AREA          0xe0000ull
#define AREA_END      0x100000ull

enum { RAM = 1, ACPI = 3 };

struct table_header {
    char signature[4];
    u32 length;
    u8 revision, checksum;
    char oem[6], table_id[8];
    u32 oem_revision;
    char creator[4];
    u32 creator_revision;
} __attribute__((packed));
_Static_assert(sizeof(struct table_header) == 36, "ACPI 5.2.6");

struct rsdp {
    char signature[8];
    u8 checksum;
    char oem[6];
    u8 revision;
    u32 rsdt, length;
    u64 xsdt;
    u8 extended_checksum, reserved[3];
} __attribute__((packed));
_Static_assert(sizeof(struct rsdp) == 36, "ACPI 5.2.5.3");

struct generic_address {
    u8 space, bits, offset, access;
    u64 address;
} __attribute__((packed));

struct fadt {
    struct table_header header;
    u32 facs, dsdt;
    u8 skipped1[76 - 44];
    u32 pm_timer;
    u8 skipped2[91 - 80];
    u8 pm_timer_length;
    u8 skipped3[112 - 92];
    u32 flags;
    u8 skipped4[208 - 116];
    struct generic_address x_pm_timer;
    u8 skipped5[268 - 220];
} __attribute__((packed));
_Static_assert(offsetof(struct fadt, flags) == 112 && sizeof(struct fadt) == 268, "ACPI 5.2.9");
#define FADT_TIMER_32_BITS (1u << 8)

struct madt {
    struct table_header header;
    u32 apic_address, flags;
    u8 type, length, processor, apic_id;
    u32 processor_flags;
} __attribute__((packed));

static u8 sum(const void *p, u64 size)
{
    u8 total = 0;

    for (u64 i = 0; i < size; i++)
        total = (u8)(total + ((const u8 *)p)[i]);
    return total;
}

/* Room in the area, from *next_free on, 16-byte aligned. */
static void *place(u64 *next_free, u64 size, u64 *gpa)
{
    *gpa = *next_free;
    *next_free = (*next_free + size + 15) & ~15ull;
    return phys_to_virt((guest.first_frame << PAGE_SHIFT) + *gpa);
}

static void finish(struct table_header *h, const char *signature, u32 length, u8 revision)
{
    memcpy(h->signature, signature, 4);
    h->length = length;
    h->revision = revision;
    memcpy(h->oem, "PVBNCH", 6);
    memcpy(h->table_id, "MINIVISR", 8);
    memcpy(h->creator, "PVB ", 4);
    h->checksum = (u8)-sum(h, length);
}

/* Nothing is described there, but Linux looks into it without asking whether it is there. */
static u64 build_dsdt(u64 *next_free)
{
    u64 gpa;
    struct table_header *dsdt = place(next_free, sizeof(*dsdt), &gpa);

    finish(dsdt, "DSDT", sizeof(*dsdt), 2);
    return gpa;
}

static u64 build_fadt(u64 *next_free)
{
    u64 gpa, dsdt = build_dsdt(next_free);
    struct fadt *fadt = place(next_free, sizeof(*fadt), &gpa);

    fadt->dsdt = (u32)dsdt;
    fadt->pm_timer = PM_TIMER_PORT;
    fadt->pm_timer_length = 4;
    fadt->flags = FADT_TIMER_32_BITS;
    fadt->x_pm_timer = (struct generic_address){1, 32, 0, 3, PM_TIMER_PORT};
    finish(&fadt->header, "FACP", sizeof(*fadt), 5);
    return gpa;
}

static u64 build_madt(u64 *next_free)
{
    u64 gpa;
    struct madt *madt = place(next_free, sizeof(*madt), &gpa);

    madt->apic_address = 0xfee00000;
    madt->flags = 1; /* there are 8259s too */
    madt->length = 8;
    madt->processor_flags = 1;
    finish(&madt->header, "APIC", sizeof(*madt), 3);
    return gpa;
}

static u64 build_acpi(u64 *next_free)
{
    u64 fadt = build_fadt(next_free), madt = guest.alone ? 0 : build_madt(next_free), xsdt_gpa, gpa;
    struct {
        struct table_header header;
        u64 tables[2];
    } __attribute__((packed)) *xsdt = place(next_free, sizeof(*xsdt), &xsdt_gpa);
    struct rsdp *rsdp = place(next_free, sizeof(*rsdp), &gpa);

    xsdt->tables[0] = fadt;
    xsdt->tables[1] = madt;
    finish(&xsdt->header, "XSDT", sizeof(*xsdt) - (madt ? 0 : sizeof(u64)), 1);
    memcpy(rsdp->signature, "RSD PTR ", 8);
    memcpy(rsdp->oem, "PVBNCH", 6);
    rsdp->revision = 2;
    rsdp->length = sizeof(*rsdp);
    rsdp->xsdt = xsdt_gpa;
    rsdp->checksum = (u8)-sum(rsdp, 20);
    rsdp->extended_checksum = (u8)-sum(rsdp, sizeof(*rsdp));
    return gpa;
}

/* What is loaded beside the image lies at the end of memory, as far as possible from where a kernel unpacks itself. */
static void place_extra(struct hvm_start_info *info, const struct image_extra *extra, u64 *next_free)
{
    u64 line, list, at = (guest.pages * PAGE_SIZE - extra->size) & PAGE_MASK, length = 0;
    struct hvm_modlist_entry *entry;

    while (extra->line[length])
        length++;
    if (length) {
        memcpy(place(next_free, length + 1, &line), extra->line, length);
        info->cmdline_paddr = line;
    }
    if (!extra->size)
        return;
    if (extra->size > guest.pages * PAGE_SIZE - AREA_END)
        panic("what is loaded beside the image is larger than the guest's memory");
    copy_large(phys_to_virt((guest.first_frame << PAGE_SHIFT) + at), extra->bytes, extra->size);
    entry = place(next_free, sizeof(*entry), &list);
    *entry = (struct hvm_modlist_entry){at, extra->size, 0, 0};
    info->modlist_paddr = list;
    info->nr_modules = 1;
}

u64 board_init(const struct image *image)
{
    u64 next_free = AREA, info_gpa, map_gpa;
    struct hvm_start_info *info = place(&next_free, sizeof(*info), &info_gpa);
    struct hvm_memmap_table_entry *map = place(&next_free, 3 * sizeof(*map), &map_gpa);

    map[0] = (struct hvm_memmap_table_entry){0, 0xa0000, RAM, 0};
    map[1] = (struct hvm_memmap_table_entry){AREA, AREA_END - AREA, ACPI, 0};
    map[2] = (struct hvm_memmap_table_entry){AREA_END, guest.pages * PAGE_SIZE - AREA_END, RAM, 0};
    info->magic = XEN_HVM_START_MAGIC_VALUE;
    info->version = 1;
    info->rsdp_paddr = build_acpi(&next_free);
    info->memmap_paddr = map_gpa;
    info->memmap_entries = 3;
    place_extra(info, &image->extra, &next_free);
    return info_gpa;
}

static u32 pm_timer_read(u16 port)
{
    (void)port;
    return (u32)mul_div(rdtsc() - guest.boot_tsc, PM_TIMER_HZ, tsc_khz * 1000);
}

/* Where the machine that a guest which is alone takes this for is switched off: the lab's (lab.h). */
#define SWITCH_PORT 0xf4

static void switch_off(u16 port, u32 value)
{
    (void)port;
    if (guest.alone)
        end_guest(value & 0xff ? "crash" : "poweroff");
}

static u32 switch_read(u16 port)
{
    (void)port;
    return 0xffffffff;
}

PORT_DEVICE(power_switch, SWITCH_PORT, SWITCH_PORT, 1, switch_read, switch_off);
PORT_DEVICE(pm_timer, PM_TIMER_PORT, PM_TIMER_PORT, 4, pm_timer_read, port_write_ignored);
