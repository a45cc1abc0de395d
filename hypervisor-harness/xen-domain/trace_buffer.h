/*
 * trace_buffer.h: Xen's trace of one processor, from its shared pages to the
 * decoder.
 *
 * The buffers are the hypervisor's and there is one set of them, so only
 * one program can read them; whoever holds VIRQ_TBUF is that program. Their size can
 * be set once between two starts of Xen: if somebody has set it, it stays, and so
 * does their memory Xen's. All else is given back at the end: the trace is
 * off, and of all events on all processors.
 */
#ifndef XEN_DOMAIN_TRACE_BUFFER_H
#define XEN_DOMAIN_TRACE_BUFFER_H

#include "hypervisor-harness/xen-domain/trace.h"

struct trace_buffer;

/*
 * NULL with the reason in `why`; `others`: because another program reads the trace, which then runs and makes Xen
 * slower. One that ran and that nobody reads is off afterwards. Records begin with trace_buffer_start().
 */
struct trace_buffer *trace_buffer_open(unsigned cpu, bool *others, char *why, size_t why_size);
/* The same of all processors, for trace_buffer_take_all(). */
struct trace_buffer *trace_buffer_open_all(bool *others, char *why, size_t why_size);
int trace_buffer_start(struct trace_buffer *b, char *why, size_t why_size);

/* To be polled; readable when the buffer is half full. */
int trace_buffer_fd(const struct trace_buffer *b);

/* Hands the decoder what has come. */
void trace_buffer_drain(struct trace_buffer *b, struct xen_trace *t);

/*
 * Of each processor what has come, in one part or two. `full`: what came next may have had no room. -1: its offsets
 * are impossible ones.
 */
typedef void trace_buffer_take(void *with, unsigned cpu, const uint8_t *bytes, size_t size, bool full);
int trace_buffer_take_all(struct trace_buffer *b, trace_buffer_take *take, void *with);

/* No records after this; a last drain gets what there is. */
void trace_buffer_stop(struct trace_buffer *b);
void trace_buffer_close(struct trace_buffer *b);

/* For a process that has gone while it had the buffer open. */
void trace_buffer_give_back(void);

#endif
