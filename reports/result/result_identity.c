/*
 * result_identity.c: which measurement a result is, and of which time. A copy of a file is the same
 * measurement, also when a program wrote it anew with other spaces, another order of keys or 1.0 for 1.
 */
#include "reports/result/result.h"

#include <string.h>
#include <time.h>

#define FNV_BASE  0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static uint64_t add(uint64_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * FNV_PRIME;
    return hash;
}

static uint64_t add_text(uint64_t hash, const char *text)
{
    return add(hash, text, strlen(text) + 1);
}

/* The sums of multiples are even in their low bits; what goes into a sum is mixed first. */
static uint64_t mixed(uint64_t hash)
{
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
    hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53u;
    return hash ^ hash >> 33;
}

static uint64_t add_value(uint64_t hash, const json_t *value)
{
    const char *key;
    json_t *inner;
    size_t i;
    uint64_t sum = 0;
    double number = json_number_value(value) + 0.0; /* -0 is 0 */
    switch (json_typeof(value)) {
    case JSON_OBJECT: /* in any order */
        json_object_foreach((json_t *)value, key, inner) sum += mixed(add_value(add_text(FNV_BASE, key), inner));
        return add(add(hash, "{", 1), &sum, sizeof(sum));
    case JSON_ARRAY:
        hash = add(hash, "[", 1);
        json_array_foreach(value, i, inner) hash = add_value(hash, inner);
        return add(hash, "]", 1);
    case JSON_STRING:
        return add_text(add(hash, "s", 1), json_string_value(value));
    case JSON_INTEGER:
    case JSON_REAL:
        return add(add(hash, "n", 1), &number, sizeof(number));
    default:
        return add(hash, json_is_null(value) ? "0" : json_is_true(value) ? "t" : "f", 1);
    }
}

uint64_t result_identity(const struct result *r)
{
    const json_t *provenance = json_object_get(r->document, "provenance"), *host = json_object_get(provenance, "host");
    uint64_t hash = add_text(add_text(FNV_BASE, r->suite), r->date);
    hash = add_text(hash, json_is_string(host) ? json_string_value(host) : "");
    return add_value(hash, json_object_get(r->document, "runs"));
}

uint64_t result_origin(const struct result *r, const json_t *provenance)
{
    uint64_t sum = 0;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)provenance, key, value)
    {
        /* What merging adds to it. */
        if (strcmp(key, "settings") != 0 && strcmp(key, "only") != 0)
            sum += mixed(add_value(add_text(FNV_BASE, key), value));
    }
    return add(add_text(FNV_BASE, r->suite), &sum, sizeof(sum));
}

static bool digits(const char *text, const char *form)
{
    for (; *form; form++, text++)
        if (*form == '0' ? *text < '0' || *text > '9' : *text != *form)
            return false;
    return *text == 0;
}

static int number_at(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

int64_t result_time(const char *date)
{
    if (!digits(date, "0000-00-00T00:00:00Z"))
        return -1;
    struct tm t = {.tm_year = number_at(date, 4) - 1900,
                   .tm_mon = number_at(date + 5, 2) - 1,
                   .tm_mday = number_at(date + 8, 2),
                   .tm_hour = number_at(date + 11, 2),
                   .tm_min = number_at(date + 14, 2),
                   .tm_sec = number_at(date + 17, 2)};
    bool leap_second = t.tm_sec == 60 && t.tm_min == 59 && t.tm_hour == 23;
    if (t.tm_year < 70 || t.tm_mon < 0 || t.tm_mon > 11 || t.tm_mday < 1 ||
        t.tm_mday > days_of(t.tm_year + 1900, t.tm_mon + 1) || t.tm_hour > 23 || t.tm_min > 59 ||
        (t.tm_sec > 59 && !leap_second))
        return -1;
    return (int64_t)timegm(&t);
}

bool result_times_a_part(const struct result_cost *c)
{
    return c->measures && strcmp(c->measures, RESULT_WHOLE_ITERATION) != 0;
}
