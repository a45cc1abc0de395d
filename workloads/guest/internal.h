/*
 * internal.h: what the parts of the guest library know of each other, and
 * what a mode (pv/, hvm/) must provide. Workloads do not include it.
 */
#ifndef GUEST_INTERNAL_H
#define GUEST_INTERNAL_H

#include <stdarg.h>
#include "guest.h"

/* --- provided by the mode ------------------------------------------------- */
const char *mode_name(void); /* "pv", "hvm" or "pvh" */
const char *mode_platform(void);
void mode_console_write(const char *text, size_t size);
void mode_mark(uint32_t mark);
void mode_shutdown(bool crash) __attribute__((noreturn));
uint64_t mode_tsc_khz(void);

struct vcpu_time_info;
extern volatile struct vcpu_time_info *mode_time; /* how TSC ticks become nanoseconds */

struct shared_info;
extern struct shared_info *mode_shared_info; /* with event channels' bits; NULL: there are no event channels */

/* --- provided by the common part ------------------------------------------ */
void guest_main(void) __attribute__((noreturn)); /* the mode calls it when all is set up */

int format_text(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int format_text_v(char *buffer, size_t size, const char *format, va_list args);
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
bool same_text(const char *a, const char *b);

void trap_dispatch(struct trap_frame *frame);
void trap_panic(const struct trap_frame *frame) __attribute__((noreturn));

/* The mode calls them when its memory is set up. */
void disk_init(void);
void net_init(void);

/*
 * What drivers and their back ends have told each other since the start: the back end was told; it was not, as it had
 * said that it would look by itself; the driver was, by an interrupt or an event.
 */
struct notifications {
    uint64_t sent, suppressed, received;
};
extern struct notifications notifications;

/* Why a guest without devices has none of them. */
#define NO_DOORBELL "no test device is part of this guest; a suite's \"devices\" say which it has"

/* Of the guest's whole life: what was put, by operation, and frames. */
extern uint64_t disk_requests[DISK_OPERATIONS], net_sent, net_received;

uint64_t clock_ticks(uint64_t nanoseconds); /* the inverse: the TSC at that time of guest_clock_ns */

extern struct pvb_params params;

/* Has this guest devices of that kind? */
static inline bool params_have_devices(bool emulated)
{
    return params.flags & (emulated ? PVB_PARAM_DEVICES_EMULATED : PVB_PARAM_DEVICES_PV);
}
static inline bool params_have_any_devices(void)
{
    return params_have_devices(false) || params_have_devices(true);
}
void print_samples(unsigned index, uint64_t *samples, uint32_t count, bool in_order);

/* A pool of page frames; addresses are those of the direct map. */
void pages_init(uintptr_t first, uintptr_t end);
void pages_extend(uintptr_t end);
uintptr_t pages_mark(void);
void pages_rewind(uintptr_t mark);

extern char image_start[], image_end[];

#endif
