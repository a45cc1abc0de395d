/* pressure.c: see pressure.h. */
#include "hypervisor-harness/xen-domain/pressure.h"

#include "collectors/words.h"

#include <string.h>

#define PAGES_MOST 4096u /* that a guest may ask for at once */
#define PAGE_KIB   4

static bool take_word(const char *text, size_t size, const char *begin, unsigned long *pages)
{
    const size_t length = strlen(begin);
    uint64_t number;
    if (size <= length || memcmp(text, begin, length) != 0 ||
        !word_decimal((struct word){text + length, size - length}, PAGES_MOST, &number))
        return false;
    *pages = number;
    return true;
}

void pressure_hear(struct pressure *p, const char *text, size_t size)
{
    if (!take_word(text, size, "pvbench: memory less=", &p->less))
        take_word(text, size, "pvbench: memory more=", &p->more);
}

static int set_target(struct domain *d, long pages, char *why, size_t size)
{
    if (libxl_set_memory_target(d->xl, d->id, (int64_t)pages * PAGE_KIB, 1, 1) == 0)
        return 0;
    snprintf(why, size, "libxenlight does not set the domain's memory target");
    return -1;
}

/*
 * First who gives, then who takes: so it is where no memory is free. But when it goes back the measured guest comes
 * last, since it goes on at once, and what it measures next would have the other one's taking in it.
 */
int pressure_move(struct pressure *p, struct domain *measured, struct beside *b, const struct meanwhile *m, char *why,
                  size_t size)
{
    const long less = (long)p->less, more = (long)p->more;
    p->less = p->more = 0;
    if (!b->count || strcmp(b->load, PRESSURE_LOAD) != 0) {
        snprintf(why, size, "the guest asks for memory, and nobody beside it gives any");
        return -1;
    }
    if (less) {
        const long given = (long)p->given;
        p->given = 0;
        if (given && beside_set_memory(b, (p->next + b->count - 1) % b->count, given * PAGE_KIB, m, why, size))
            return -1;
        return set_target(measured, -less, why, size);
    }
    const unsigned from = p->next;
    p->next = (from + 1) % b->count;
    p->given = (unsigned long)more;
    return beside_set_memory(b, from, -more * PAGE_KIB, m, why, size) || set_target(measured, more, why, size) ? -1 : 0;
}
