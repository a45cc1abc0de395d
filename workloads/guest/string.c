/*
 * string.c: the few functions that the compiler may call by itself, and
 * that there is no C library to take from.
 */
#include "internal.h"

void *memcpy(void *to, const void *from, size_t size)
{
    void *start = to;
    size_t words = size / 8, bytes = size % 8;
    asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
    return start;
}

void *memset(void *to, int value, size_t size)
{
    void *start = to;
    uint64_t pattern = (uint8_t)value * 0x0101010101010101ul;
    size_t words = size / 8, bytes = size % 8;
    asm volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
    asm volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(pattern) : "memory");
    return start;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const uint8_t *x = a, *y = b;
    for (size_t i = 0; i < size; i++)
        if (x[i] != y[i])
            return x[i] - y[i];
    return 0;
}

bool same_text(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}
