/*
 * acpi.c: finds one number, the port of the power management timer
 * (ACPI specification 6.5, 5.2.5 RSDP, 5.2.7 RSDT, 5.2.8 XSDT, 5.2.9 FADT).
 */
#include "hvm.h"

struct rsdp {
    char signature[8];
    uint8_t checksum;
    char oem[6];
    uint8_t revision;
    uint32_t rsdt;
    uint32_t length;
    uint64_t xsdt;
} __attribute__((packed));
_Static_assert(sizeof(struct rsdp) == 32, "ACPI 6.5, 5.2.5.3, without the extended checksum");

struct header {
    char signature[4];
    uint32_t length;
    uint8_t rest[28];
} __attribute__((packed));
_Static_assert(sizeof(struct header) == 36, "ACPI 6.5, 5.2.6");

enum { FADT_PM_TIMER_BLOCK = 76, FADT_PM_TIMER_LENGTH = 91 };

static const void *map(uint64_t address, uint64_t size)
{
    for (uint64_t a = address & ~(PAGE_SIZE - 1); a < address + size; a += PAGE_SIZE)
        hvm_map_identity(a, PTE_RO);
    return (const void *)address;
}

static const struct header *table(uint64_t address)
{
    const struct header *header = map(address, sizeof(*header));
    return map(address, header->length);
}

static uint64_t pointer_at(const struct header *list, uint32_t offset, unsigned width)
{
    uint64_t value = 0;
    memcpy(&value, (const char *)list + offset, width);
    return value;
}

uint16_t hvm_pm_timer_port(const struct hvm_start_info *info)
{
    if (!info->rsdp_paddr)
        return 0;
    const struct rsdp *rsdp = map(info->rsdp_paddr, sizeof(*rsdp));
    bool extended = rsdp->revision >= 2 && rsdp->xsdt;
    unsigned width = extended ? 8 : 4;
    const struct header *list = table(extended ? rsdp->xsdt : rsdp->rsdt);
    for (uint32_t offset = sizeof(*list); offset + width <= list->length; offset += width) {
        const struct header *fadt = table(pointer_at(list, offset, width));
        if (memcmp(fadt->signature, "FACP", 4) || fadt->length <= FADT_PM_TIMER_LENGTH)
            continue;
        if (((const uint8_t *)fadt)[FADT_PM_TIMER_LENGTH] == 4)
            return (uint16_t)pointer_at(fadt, FADT_PM_TIMER_BLOCK, 4);
    }
    return 0;
}
