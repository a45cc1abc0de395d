/* xen_decoded.h: what is told of the records that a test wrote (xen_records.h). */
#ifndef TESTS_XEN_DECODED_H
#define TESTS_XEN_DECODED_H

#include "xen_records.h"
#include "hypervisor-harness/xen-domain/trace.h"

#include <stdio.h>
#include <stdlib.h>

/* Decodes what was put; the lines are to be freed. */
static inline char *decode(enum xen_isa isa, const uint8_t *image, size_t size)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct xen_trace *t = xen_trace_new(OURS, isa);
    if (image)
        xen_trace_image(t, 0x100000, image, size);
    xen_trace_feed(t, bytes, used);
    xen_trace_print(t, out);
    xen_trace_free(t);
    fclose(out);
    used = 0;
    return text;
}

static inline void check(enum xen_isa isa, const char *expected)
{
    char *text = decode(isa, NULL, 0);
    assert_string_equal(text, expected);
    free(text);
}

#define BEGIN PVB_MARK_BEGIN(1)
#define END   PVB_MARK_END(1)

#endif
