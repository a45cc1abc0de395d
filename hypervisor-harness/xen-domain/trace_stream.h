/*
 * trace_stream.h: Xen's trace of all processors as it comes, for `pvbench
 * trace`: first the line "hz TICKS_A_SECOND", then what xentrace writes into its files.
 */
#ifndef XEN_DOMAIN_TRACE_STREAM_H
#define XEN_DOMAIN_TRACE_STREAM_H

#include <signal.h>
#include <stddef.h>

/* To standard output, until the domains have gone, or `stop` is set. -1 with the reason in `why`. */
int trace_stream(const char *const *domain, size_t domains, const volatile sig_atomic_t *stop, int guardian, char *why,
                 size_t why_size);

#endif
