/* schedule.c: random blocks; schedule.h says why. */
#include "runner/plan/schedule.h"

#include <sys/random.h>
#include <time.h>

/* The n-th number of a seed (splitmix64), so that a block's order does not depend on the blocks before it. */
static uint64_t random_number(uint64_t seed, uint64_t n)
{
    uint64_t z = seed * 0x9e3779b97f4a7c15u + (n + 1) * 0xd1342543de82ef95u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void schedule_block(uint32_t seed, unsigned block, unsigned n, unsigned *order)
{
    for (unsigned i = 0; i < n; i++)
        order[i] = i;
    /* Fisher and Yates; the remainder's bias is below n / 2^64. */
    for (unsigned i = n; i > 1; i--) {
        unsigned j = (unsigned)(random_number(seed, ((uint64_t)block << 32) + i) % i), other = order[i - 1];
        order[i - 1] = order[j];
        order[j] = other;
    }
    for (unsigned i = 0; i < n; i++)
        order[2 * n - 1 - i] = order[i];
}

uint32_t schedule_random_seed(void)
{
    uint32_t seed = 0;
    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
        seed = (uint32_t)time(NULL);
    seed &= SCHEDULE_SEED_MAX;
    return seed ? seed : 1;
}
