/* summary.c: order statistics; summary.h defines them. */
#include "collectors/summary.h"

/* The sample of that rank, counted from 1. */
static uint64_t of_rank(const struct distribution *d, uint64_t rank)
{
    uint64_t seen = 0;
    for (size_t i = 0; i < d->items; i++) {
        seen += d->item[i].count;
        if (seen >= rank)
            return d->item[i].value;
    }
    return d->item[d->items - 1].value;
}

void summary_make(struct summary *s, const struct distribution *d)
{
    uint64_t n = d->count;
    s->count = n;
    s->total = d->total;
    s->min = d->item[0].value;
    s->max = d->item[d->items - 1].value;
    s->median = of_rank(d, n / 2 + n % 2);
    /* ceil(n * 99 / 100) without the product, which could overflow. */
    s->p99 = of_rank(d, n / 100 * 99 + (n % 100 * 99 + 99) / 100);
}

json_t *quotient_json(uint64_t total, uint64_t count)
{
    if (total % count == 0)
        return json_integer((json_int_t)(total / count));
    return json_real((double)total / (double)count);
}
