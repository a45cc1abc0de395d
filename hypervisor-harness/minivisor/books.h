/*
 * books.h: what the books of the guest's entries hold, a member of struct
 * guest (guest.h). account.c keeps them, and says how.
 */
#ifndef BOOKS_H
#define BOOKS_H

#include "layout.h"
#include "types.h"

#define VALUE_SLOTS  16
#define DETAIL_SLOTS 256

struct counter {
    struct {
        u64 ticks, count;
    } value[VALUE_SLOTS];
    u64 used; /* values known; their counts may be zero */
    u64 rest_count, rest_total, rest_min, rest_max;
};

struct detail {
    u8 class;
    u16 code;
    u64 key, count;
};

/* Kinds of each class, the last being `other`; exits from 0x400 on are folded. */
enum {
    HYPERCALL_KINDS = HYPERCALLS,
    FORWARD_KINDS = 64,
    EMULATE_KINDS = 32,
    EXIT_KINDS = 0x90 + 5,
    FIRST_FORWARD = HYPERCALL_KINDS,
    FIRST_EMULATE = FIRST_FORWARD + FORWARD_KINDS,
    FIRST_EXIT = FIRST_EMULATE + EMULATE_KINDS,
    KINDS = FIRST_EXIT + EXIT_KINDS,
};

struct books {
    struct counter counter[KINDS];
    struct detail detail[DETAIL_SLOTS];
    u64 details, latest_detail, details_lost;
};

/* The books, and where the region that they are for begins and ends. */
struct account {
    /*
     * The mark itself belongs to no region: a BEGIN takes effect after the
     * entry that carries it, an END before.
     */
    struct books *books, *next_books; /* each the region's or those in between */
    struct {
        bool known;
        u32 id;
        u64 spans, ticks, span_start;
        struct books books;
    } region; /* the one that is open, or was the last */
    struct books between;
    /* Of a guest with several vCPUs the same of all but the first one, which marks. NULL: there are none. */
    struct other_books {
        struct books region, between;
    } * others;
};

#endif
