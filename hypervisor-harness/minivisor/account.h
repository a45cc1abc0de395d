/*
 * account.h: the books. Every entry is counted and timed here, at its
 * source, and printed per measured region (pvbench/log.h has the lines).
 *
 * Costs are ticks of the TSC from the saving of the guest's registers to
 * just before their restoring: the handler, without the transition.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "types.h"
#include "cpu.h"

#include <pvbench/entries.h>

/* Before the first entry. */
void account_init(void);

/* The same for those of a guest with several vCPUs; and the next entries are of the vCPU that marks, or of others. */
void account_init_several(void);
void account_switch(bool marks);

/* The guest passed the mark `value` (PVB_MARK_BEGIN or _END of a region). */
void account_mark(u32 value);

/* Opens the books of this region before the guest has done anything: it marks the end alone. */
void account_start(u32 region);

/* Prints the region that is still in the books, if any. */
void account_flush(void);

/* One entry of this kind, come in at the vCPU's entry_tsc and done now. */
void account(enum pvb_class class, unsigned int code);

/*
 * What the present entry was about: a sub-operation, a port, an MSR, a
 * page. To be called before account().
 */
void account_detail(enum pvb_class class, unsigned int code, u64 key);

#endif
