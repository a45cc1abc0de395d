/*
 * samples.c: the samples of a region as lines.
 *
 * Sorted and run-length coded by default, because most of what is measured
 * in the lab has few distinct values; nothing is summarized away.
 */
#include "internal.h"
#include "pvbench/log.h"

/* Heap sort: in place, and never worse than n log n. */
static void sift(uint64_t *a, uint32_t root, uint32_t count)
{
    for (;;) {
        uint32_t child = 2 * root + 1;
        if (child >= count)
            return;
        if (child + 1 < count && a[child + 1] > a[child])
            child++;
        if (a[root] >= a[child])
            return;
        uint64_t t = a[root];
        a[root] = a[child];
        a[child] = t;
        root = child;
    }
}

static void sort(uint64_t *a, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;)
        sift(a, i, count);
    for (uint32_t end = count; end > 1; end--) {
        uint64_t t = a[0];
        a[0] = a[end - 1];
        a[end - 1] = t;
        sift(a, 0, end - 1);
    }
}

void print_samples(unsigned index, uint64_t *samples, uint32_t count, bool in_order)
{
    static char line[PVB_LINE_MAX + 2];
    const size_t limit = PVB_LINE_MAX - 40; /* room for one more item */
    size_t used = 0;

    if (!in_order)
        sort(samples, count);
    for (uint32_t i = 0; i < count;) {
        uint32_t same = 1;
        while (i + same < count && samples[i + same] == samples[i])
            same++;
        if (!used)
            used = (size_t)format_text(line, sizeof(line), "pvbench: samples index=%u", index);
        used += (size_t)format_text(line + used, sizeof(line) - used, same > 1 ? " %lu*%u" : " %lu", samples[i], same);
        i += same;
        if (used > limit || i == count) {
            print("%s\n", line);
            used = 0;
        }
    }
}
