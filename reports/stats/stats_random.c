/* stats_random.c: Steele, Lea and Flood's SplitMix64 (2014), by place instead of in turn. */
#include "reports/stats/stats.h"

uint64_t stats_random(uint64_t seed, uint64_t n)
{
    uint64_t z = seed + (n + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint32_t stats_random_below(uint64_t seed, uint64_t n, uint32_t bound)
{
    return (uint32_t)((stats_random(seed, n) >> 32) * bound >> 32);
}
