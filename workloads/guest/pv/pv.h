/*
 * pv.h: what the files of the PV layer share.
 */
#ifndef GUEST_PV_H
#define GUEST_PV_H

#include "../hypercall.h"
#include "../paging.h"
#include <xen/event_channel.h>

extern struct start_info *start_info;
extern struct shared_info shared_info_page;
extern char boot_stack_top[], trap_stack_top[];

/* memory.c: virtual address = pseudo-physical address, for all the memory */
extern uint64_t *p2m;
extern uint64_t *kernel_l4;

static inline uint64_t machine_frame(const void *address)
{
    return p2m[(uintptr_t)address / PAGE_SIZE];
}

static inline uint64_t machine_address(const void *address)
{
    return machine_frame(address) * PAGE_SIZE + (uintptr_t)address % PAGE_SIZE;
}

static inline uint64_t pte_of(const void *page, uint64_t flags)
{
    return machine_frame(page) * PAGE_SIZE | flags;
}

void pv_memory_early(void); /* p2m and the frame pool's first part */
void pv_memory_init(void);  /* the whole direct map, the arena */
uintptr_t pv_page_of_frame(uint64_t machine_frame);
void pv_write_entry(uint64_t *slot, uint64_t value);
uint64_t *pv_new_table(void);                                    /* empty, still writable */
void pv_make_table(void *page);                                  /* read-only: it may become a page table */
uint64_t direct_slot(const void *page);                          /* the machine address of its direct map's entry */
uint64_t *pv_walk(uint64_t *l4, uint64_t address, int to_level); /* the slot, making tables on the way */

/* save.c: machine addresses of pages, from and to their pseudo-physical ones; 0 stays */
void pv_to_physical(uint64_t *address, unsigned count);
void pv_to_machine(uint64_t *address, unsigned count);
void pv_direct_addresses(void (*change)(uint64_t *address, unsigned count)); /* all that are kept of the direct map */
void pv_arena_addresses(void (*change)(uint64_t *address, unsigned count));
void pv_forget_grants(void); /* their table is mapped no more */

void pv_arena_init(void);
void pv_console_init(void);
void pv_traps_init(void);
void pv_user_init(void);
void pv_events_init(void);
/* Of the first vCPU, for an upcall in the place of event_upcall() (vcpus.c). */
extern evtchn_port_t pv_timer_port, pv_self_port;
extern volatile uint32_t pv_timer_events, pv_self_events;
struct trap_info;
void pv_fill_traps(struct trap_info *table); /* at least TRAPS of them; one with address 0 ends them */
void failsafe_panic(void) __attribute__((noreturn));
void event_upcall(void);
void several_event_upcall(void);
void pv_start(struct start_info *info) __attribute__((noreturn));

#endif
