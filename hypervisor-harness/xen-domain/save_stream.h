/*
 * save_stream.h: what libxl writes when it saves a domain (Xen, docs/specs/libxl-migration-stream.pandoc and
 * libxc-migration-stream.pandoc).
 */
#ifndef XEN_DOMAIN_SAVE_STREAM_H
#define XEN_DOMAIN_SAVE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

/* Its bytes, the pages in it, and the rounds in which they were copied: each begins with a page that is not behind the
 * last one. */
struct stream {
    uint64_t bytes, pages, rounds;
};

/* False: it is not such a stream. */
bool save_read_stream(int file, struct stream *s);

#endif
