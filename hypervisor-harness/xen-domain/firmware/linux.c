/*
 * linux.c: the firmware of a Linux that is a Xen HVM guest: the little that a kernel wants to be told.
 *
 * Entered at its own PVH note, Linux takes itself for a PVH guest, which has no motherboard. Entered by its boot
 * protocol it finds out by CPUID that Xen is there, as behind any firmware, and what else there is. Xen's own firmware
 * and a BIOS would take longer than the whole kernel, most of it for reading that port by port; here everything lies
 * where it belongs already. Of ACPI's tables there are none; mp_table.c says what Linux would look for in them.
 */
#include "firmware.h"
#include "given.h"

#include <asm/bootparam.h>
#include <stddef.h>
#include <xen/xen.h>

#include <xen/arch-x86/hvm/start_info.h>

#define BOOT_FLAG  0xaa55     /* boot.rst: boot_flag */
#define HEADER     0x53726448 /* "HdrS" */
#define ANY_LOADER 0xff       /* one that has no number */
#define LOW_END    0xa0000ul  /* of a PC's memory, less what it has for video and its firmware */

_Static_assert(sizeof(struct firmware_given) == 40 + FIRMWARE_ARGUMENTS, "entry.S");
_Static_assert(offsetof(struct firmware_given, kernel) == 16, "entry.S");

extern const struct firmware_given given;

const struct boot_params *linux_prepare(const struct hvm_start_info *info);

static struct boot_params params;

static void add(uint64_t first, uint64_t end, uint32_t type)
{
    if (params.e820_entries == E820_MAX_ENTRIES_ZEROPAGE || end <= first)
        return;
    params.e820_table[params.e820_entries++] =
        (struct boot_e820_entry){.addr = first, .size = end - first, .type = type};
}

/* The toolstack says what lies from 1 MiB on; Xen's types are ACPI's. */
static void add_memory(const struct hvm_start_info *info)
{
    const struct hvm_memmap_table_entry *map = (void *)info->memmap_paddr;
    add(0, LOW_END, XEN_HVM_MEMMAP_TYPE_RAM);
    add(PC_FIRMWARE, PC_FIRMWARE_END, XEN_HVM_MEMMAP_TYPE_RESERVED);
    for (uint32_t i = 0; info->version && i < info->memmap_entries; i++) {
        const uint64_t end = map[i].addr + map[i].size;
        add(map[i].addr < PC_FIRMWARE_END ? PC_FIRMWARE_END : map[i].addr, end, map[i].type);
    }
}

const struct boot_params *linux_prepare(const struct hvm_start_info *info)
{
    params.hdr.boot_flag = BOOT_FLAG;
    params.hdr.header = HEADER;
    params.hdr.type_of_loader = ANY_LOADER;
    params.hdr.cmd_line_ptr = (uint32_t)(uintptr_t)given.arguments;
    params.hdr.cmdline_size = FIRMWARE_ARGUMENTS - 1;
    params.hdr.ramdisk_image = (uint32_t)given.archive;
    params.hdr.ramdisk_size = (uint32_t)given.archive_size;
    add_memory(info);
    mp_table_write();
    ide_enable();
    return &params;
}
