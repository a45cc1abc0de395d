/*
 * memory.h: machine memory: who owns a frame, what it is used as, and the
 * hypervisor's own mappings.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include "types.h"
#include "layout.h"

/*
 * What a frame of a PV guest is in use as. A frame has one use at a time
 * (pv/page_types.c): that is why a page table can never be writable.
 */
enum page_type { TYPE_NONE, TYPE_L1, TYPE_L2, TYPE_L3, TYPE_L4, TYPE_DESCRIPTORS, TYPE_WRITABLE };

enum page_owner { OWNER_HYPERVISOR, OWNER_FREE, OWNER_GUEST, OWNER_SHARED };

struct page_info {
    u32 references;      /* mappings and other uses; 0: none */
    u32 type_references; /* uses as `type` */
    u8 type;             /* enum page_type */
    u8 owner;            /* enum page_owner; SHARED: ours, but the guest may map it */
    u8 pinned;
    u8 last_type; /* what stale TLB entries may still take it for */
};

extern struct page_info *page_infos; /* one a frame */
extern u64 frame_count;

static inline void *phys_to_virt(u64 address)
{
    return (void *)(address + DIRECT_BASE);
}

static inline void *frame_to_virt(u64 frame)
{
    return phys_to_virt(frame << PAGE_SHIFT);
}

static inline u64 virt_to_phys(const void *p)
{
    return (u64)p - DIRECT_BASE;
}

static inline bool frame_is_guests(u64 frame)
{
    return frame < frame_count && page_infos[frame].owner == OWNER_GUEST;
}

/*
 * Takes over RAM from `first_free` to `end` (physical), which the loader has
 * said to be RAM, and builds the final page tables. Panics when it is too small.
 */
void memory_init(u64 first_free, u64 end);

/* Zeroed frames for the hypervisor, never given back. Physical address. */
u64 allocate_frames(u64 count);

/* Zeroed frames for the guest, contiguous, from the end of memory. Physical address. */
u64 allocate_guest_memory(u64 pages);

/* Maps one page into the hypervisor's slots, in all address spaces. */
void map_hypervisor_page(u64 va, u64 pa, u64 flags);

/* The entry of an L2 table that covers this address of the hypervisor's, in all address spaces. */
u64 *hypervisor_l2_slot(u64 va);

/* Writes slots 256 to 271 into a top-level table. */
void fill_hypervisor_slots(u64 *l4);

/* The address space without a guest. */
extern u64 hypervisor_cr3;

void clear_page(void *page);
void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
/* As memcpy(), by eight bytes a time: for pieces so large that it counts. */
void copy_large(void *to, const void *from, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#endif
