/*
 * paging.h: page-table entries, the same in both modes (AMD APM vol. 2,
 * 5.4.1). Accessed and dirty are set beforehand, so that the processor never
 * writes to a table by itself.
 */
#ifndef GUEST_PAGING_H
#define GUEST_PAGING_H

#define PTE_PRESENT  0x1ul
#define PTE_WRITE    0x2ul
#define PTE_USER     0x4ul
#define PTE_UNCACHED 0x18ul
#define PTE_ACCESSED 0x20ul
#define PTE_DIRTY    0x40ul
#define PTE_FRAME    0x000ffffffffff000ul

#define PTE_TABLE (PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED)
#define PTE_RW    (PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | PTE_DIRTY)
#define PTE_RO    (PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY)

/* The user part: the second slot of an L4. */
#define USER_BASE PVB_USER_START
#define USER_SLOT 1

#endif
