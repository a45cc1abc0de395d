/*
 * guest.h: all that a workload may know.
 *
 * A workload is blind to the mode: its object is compiled once and linked
 * into the PV and the HVM image. What differs stands behind the functions
 * below, implemented once in pv/ and once in hvm/.
 *
 * A workload is one file in micro/ or io/ with one WORKLOAD(). While an operation
 * runs, interrupts (events) are masked unless its setup unmasked them.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pvbench/net.h"
#include "pvbench/params.h"

#define PAGE_SIZE 4096ul

/* --- a workload ---------------------------------------------------------- */

struct guest_run {
    uint64_t parameter;         /* from the suite; 0: take your default */
    uint64_t ops_per_iteration; /* setup may raise it from 1 */
    uint32_t chunk;             /* iterations before reset must run; 0: any number */
    bool error;                 /* the reason returned is a mistake, not a missing counterpart */
};

struct workload {
    const struct pvb_workload_name *name;
    const char *measures;                     /* what a sample is, if not the whole iteration */
    const char *(*setup)(struct guest_run *); /* NULL, or why this cannot be run here */
    void (*op)(void);                         /* one iteration, timed by the harness */
    uint64_t (*timed_op)(void);               /* or one that times itself */
    void (*reset)(void);                      /* outside any region: makes `chunk` iterations possible again */
    void (*teardown)(void);
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct workload) == 64, "the section of workloads is an array");

/* `part`: what part of a system it exercises, for figures; "": none. */
#define WORKLOAD(id, part, text, ...)                                                                                  \
    static const struct pvb_workload_name name_of_##id __attribute__((                                                 \
        used, aligned(32), section(".pvbench.names"))) = {.name = #id, .summary = text, .subsystem = part};            \
    static const struct workload workload_##id                                                                         \
        __attribute__((used, section(".pvbench.workloads"))) = {.name = &name_of_##id, __VA_ARGS__}

/* For setup: a reason that is a mistake in the suite. */
static inline const char *guest_mistake(struct guest_run *run, const char *reason)
{
    run->error = true;
    return reason;
}

/* The parameter of workloads whose operations come in batches: 1 by itself. NULL, or that it is too large. */
#define BATCH_MAX 32u
const char *guest_batch(struct guest_run *run, unsigned *batch);

/* --- the processor, the same in both modes ------------------------------- */

/* LFENCE is dispatch serializing (AMD APM vol. 2, 7.4.2 and MSR C001_1029): nothing leaks into or out of the span. */
static inline uint64_t tsc_now(void)
{
    uint32_t low, high;
    asm volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static inline uint8_t inb(uint16_t port)
{
    uint8_t value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline void outb(uint16_t port, uint8_t value)
{
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint64_t rdmsr(uint32_t msr)
{
    uint32_t low, high;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
    return (uint64_t)high << 32 | low;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
    asm volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

/* --- the hypervisor ------------------------------------------------------ */

const char *guest_no_null_hypercall(void); /* NULL when there is one */
void guest_null_hypercall(void);
void guest_cpuid(uint32_t leaf); /* the way that is seen by the hypervisor */

/* --- threads: what a kernel says when another one runs ---------------------- */

void guest_kernel_stack(void);          /* where events and system calls from user mode find its stack */
void guest_user_segment(uint64_t base); /* user mode's FS base */

/* --- the scheduler: what a contended paravirtual lock asks for ------------- */

const char *guest_no_yield(void); /* NULL when there is a way */
void guest_yield(void);           /* the processor, to whoever else is to run */

const char *guest_kick_begin(void); /* NULL, or why there are no kicks; pair with guest_kick_end() */
void guest_kick(void);              /* wakes a processor that waits for it: here our own, before it waits */
void guest_kick_wait(void);         /* until kicked; interrupts stay masked */
void guest_kick_end(void);

/* --- memory: page frames by their address in the direct map ---------------- */

void *guest_page(void);
void guest_page_free(void *page);
void *guest_pages(uint64_t count); /* contiguous; given back after the workload */

/* The pages of the arena: their page tables are present, they themselves are mapped by hand. */
#define ARENA_PAGES 4096u
#define ARENA_BASE  0x40000000ul

enum protection { NO_ACCESS, READ_ONLY, READ_WRITE };

static inline volatile uint8_t *arena_page(unsigned index)
{
    return (volatile uint8_t *)(ARENA_BASE + index * PAGE_SIZE);
}

/* One page-table entry changed; the old one may still be in the TLB. */
void guest_arena_set(unsigned index, const void *page, enum protection protection);
/* `count` successive entries, all of the same page, told to the hypervisor at once. */
void guest_arena_set_many(unsigned first, unsigned count, const void *page, enum protection protection);
#define ARENA_BATCH_MAX 256u
/* guest_arena_set() by a store into the page table, where a guest may. */
const char *guest_no_arena_store(void); /* NULL when it may */
void guest_arena_store(unsigned index, const void *page, enum protection protection);
void guest_arena_clear(void); /* every entry, and the TLB */
void guest_flush_page(const volatile void *address);

/* --- address spaces: the shared kernel part, and a user part of their own --- */

enum { SPACE_L4, SPACE_USER_L4, SPACE_L3, SPACE_L2, SPACE_L1, SPACE_TABLES };

struct guest_space {
    uint64_t *table[SPACE_TABLES];
    void *page; /* the one page of the user part */
};

extern struct guest_space guest_space_home; /* the one the guest started in */

void guest_space_build(struct guest_space *space);     /* tables filled, still ordinary memory */
void guest_space_pin(const struct guest_space *space); /* now they are page tables */
void guest_space_switch(const struct guest_space *space);
void guest_space_unpin(const struct guest_space *space); /* ordinary memory again */
void guest_space_free(struct guest_space *space);

/* --- memory given back to the hypervisor and taken again ------------------- */

const char *guest_no_balloon(void); /* NULL when there is a way */
void guest_balloon_give(void *page);
void guest_balloon_take(void *page);

/* Pages that follow each other, in batches. */
#define BALLOON_BATCH 256u
void guest_balloon_give_many(void *first, unsigned count);
void guest_balloon_take_many(void *first, unsigned count);

/* How much memory the guest is to have, in KiB, as whoever has started it says. */
const char *
guest_no_memory_target(void);       /* NULL when somebody does, and has others to take it from; by the first look */
uint64_t guest_memory_target(void); /* as it was when it was looked at last */
uint64_t guest_await_memory(void);  /* until it is another one */
uint64_t guest_ask_memory(bool more,
                          unsigned pages); /* to have more, of a neighbour's, or less; the target that is then */
void guest_tell_memory(void);              /* it has what it is to have */
bool guest_is_neighbour(void);             /* this guest is there to be beside the measured one */

/* --- saved to a file and restored from it ----------------------------------- */

/* NULL when whoever has started the guest can, and `live`, while it runs; it is prepared then */
const char *guest_no_save(bool live);
/* Asks for it. How many ticks it was down; `meanwhile`: it is copied while it runs, and does that. NULL: it is not. */
uint64_t guest_save(void (*meanwhile)(void));

/* --- interrupts (events), timer, clock, console ---------------------------- */

void guest_irq_mask(void);
void guest_irq_unmask(void); /* what came while masked is handled at once */
void guest_self_event(void); /* sent, received and handled; wants interrupts unmasked */

typedef uint64_t guest_deadline; /* in the unit of the mode's timer */
guest_deadline guest_deadline_in(uint64_t microseconds);
void guest_timer_arm(guest_deadline deadline);
void guest_timer_disarm(void);
void guest_halt_until_timer(void); /* interrupts masked before and after, open while halted */
uint64_t guest_deadline_tsc(guest_deadline deadline);

uint64_t guest_clock_ns(void);
void guest_console_char(char c);

/* --- a disk, paravirtual or emulated as the setting has it ------------------- */

/*
 * Requests are of whole pages of the guest, at most eleven, as many segments as a request of Xen's block
 * protocol has (xen/io/blkif.h). They are put, then the back end is told of all at once.
 */
#define DISK_PAGES_MAX 11u
#define DISK_DEPTH_MAX BATCH_MAX

enum disk_operation { DISK_READ, DISK_WRITE, DISK_FLUSH, DISK_OPERATIONS };

/* From nothing to a usable device, for so many requests in flight. NULL, or why there is none. */
const char *guest_disk_open(unsigned requests);
void guest_disk_close(void); /* and back to nothing */
const char *guest_disk_no_flush(void);

/* `at`: where on the disk, in pages. The list of pages is read at once, the pages themselves until it is done. */
void guest_disk_put(enum disk_operation operation, uint64_t at, void *const *page, unsigned pages);
void guest_disk_notify(void);
void guest_disk_wait(unsigned requests); /* until so many more are done; one that failed is a panic */

/* All of it: one request a page, from the disk's page `at` on. */
void guest_disk_transfer(enum disk_operation operation, uint64_t at, void *const *page, unsigned requests);

/* A page's contents, by its number: what was written is what is read. */
void guest_disk_fill(void *page, uint64_t number);
void guest_disk_check(const void *page, uint64_t number); /* panics where it differs */

/* --- a network card, paravirtual or emulated as the setting has it ------------- */

/* Frames that are on their way at once, and received ones that have room before anybody asks for them. */
#define NET_DEPTH_MAX BATCH_MAX

enum { NET_TYPE_IP = 0x0800, NET_TYPE_ARP = 0x0806 };

/* From nothing to a card by which the other station has answered. NULL, or why there is none. */
const char *guest_net_open(void);
void guest_net_close(void); /* and back to nothing */

/* A frame lies in one page, and is read until it is sent. The back end is told of all at once. */
void guest_net_put(const void *frame, unsigned size);
void guest_net_notify(void);
void guest_net_wait_sent(unsigned frames); /* until the back end has taken so many more */

/* The next frame of this Ethernet type, others left out, and its size; it stays until the next call. */
unsigned guest_net_receive(unsigned type, const void **frame);

/* A frame of our own type, filled up to PVB_NET_FRAME_MAX; `size`: of those that are asked for. */
void guest_net_fill(void *frame, enum pvb_net_what what, unsigned count, unsigned size);
/* The last one that came, of PVB_NET_DATA; panics where it differs, or is shorter. */
void guest_net_check(const void *frame, unsigned count, unsigned size);

void guest_net_fill_echo(void *frame); /* PVB_NET_FRAME_MIN bytes */
void guest_net_check_echo(const void *frame, unsigned size);

/* --- a doorbell: a device that is told, and does nothing ------------------------ */

enum doorbell_place { DOORBELL_PORT, DOORBELL_MEMORY };

/* Who takes it: the device itself, or in its place who knows only where it is (and what is written there). */
enum doorbell_taker { DOORBELL_DEVICE, DOORBELL_ANY_VALUE, DOORBELL_ONE_VALUE };

struct guest_doorbell {
    volatile uint8_t *address; /* of the one in memory */
    uint16_t port;
    uint8_t value;
};

/* NULL, or why there is none; it has been tried then. Pair with guest_doorbell_close(). */
const char *guest_doorbell_open(struct guest_doorbell *d, enum doorbell_place place, enum doorbell_taker taker);
void guest_doorbell_close(void);

/* One instruction of the shortest form: whoever emulates it has as little to read as there can be. */
static inline void guest_doorbell_ring(const struct guest_doorbell *d)
{
    asm volatile("movb %b1, (%0)" : : "d"(d->address), "a"(d->value) : "memory");
}

/* --- user mode ------------------------------------------------------------ */

/* Kernel to user mode, SYSCALL at once, and back in the kernel. */
void guest_user_round_trip(void);

/* --- traps ---------------------------------------------------------------- */

struct trap_frame {
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss; /* what the processor pushes: AMD APM vol. 2, 8.9.3 */
};

enum { TRAP_DIVIDE_ERROR = 0, TRAP_PAGE_FAULT = 14, TRAPS = 32 };

/* NULL takes the handler away; a trap without one is a panic. */
void guest_on_trap(unsigned vector, void (*handler)(struct trap_frame *));
uint64_t guest_fault_address(void);

void guest_panic(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
