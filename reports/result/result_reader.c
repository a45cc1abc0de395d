/* result_reader.c: single values, checked; result_reader.h says why. */
#include "reports/result/result_reader.h"
#include "reports/common/wrap.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

int reader_bad(const struct result_reader *r, const char *place, const char *key, const char *format, ...)
{
    char what[512];
    va_list args;
    va_start(args, format);
    text_vformat(what, sizeof(what), format, args);
    va_end(args);
    return report_fail(r->e, "%s: %s%s%s: %s", r->path, place, *place && *key ? "." : "", key, what);
}

const char *reader_type(const json_t *value)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "an object",   [JSON_ARRAY] = "an array",  [JSON_STRING] = "a string",
        [JSON_INTEGER] = "an integer", [JSON_REAL] = "a fraction", [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",        [JSON_NULL] = "null"};
    return value ? names[json_typeof(value)] : "missing";
}

int reader_string(const struct result_reader *r, json_t *object, const char *place, const char *key, enum need need,
                  const char **into)
{
    json_t *value = json_object_get(object, key);
    if (need == OPTIONAL && (!value || json_is_null(value)))
        return 0;
    const char *text = json_string_value(value);
    if (!text)
        return reader_bad(r, place, key, "is %s, not a string; run the suite again", reader_type(value));
    *into = text;
    return 0;
}

int reader_name(const struct result_reader *r, json_t *object, const char *place, const char *key, const char **into)
{
    if (reader_string(r, object, place, key, REQUIRED, into))
        return -1;
    if (!text_is_name(*into))
        return reader_bad(r, place, key, "\"%.64s\" is not a name; use up to 63 of the characters a-z A-Z 0-9 _ . + -",
                          *into);
    return 0;
}

int reader_date(const struct result_reader *r, json_t *object, const char *place, const char *key, const char **into)
{
    if (reader_string(r, object, place, key, OPTIONAL, into))
        return -1;
    if (!json_is_string(json_object_get(object, key)) || result_time(*into) >= 0)
        return 0;
    return reader_bad(
        r, place, key,
        "\"%.40s\" is no date; write it as RFC 3339 has it, in UTC and to the second: 2026-11-02T01:00:00Z", *into);
}

int reader_number(const struct result_reader *r, json_t *object, const char *place, const char *key, double *into)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_number(value))
        return reader_bad(r, place, key, "is %s, not a number; run the suite again", reader_type(value));
    double number = json_number_value(value);
    if (!isfinite(number) || number < 0)
        return reader_bad(r, place, key, "is %g, but a measurement is 0 or more; run the suite again", number);
    *into = number;
    return 0;
}

int reader_count(const struct result_reader *r, json_t *object, const char *place, const char *key, enum need need,
                 uint64_t min, uint64_t *into)
{
    json_t *value = json_object_get(object, key);
    if (need == OPTIONAL && (!value || json_is_null(value)))
        return 0;
    if (!json_is_integer(value))
        return reader_bad(r, place, key, "is %s, not an integer; run the suite again", reader_type(value));
    json_int_t number = json_integer_value(value);
    if (number < 0 || (uint64_t)number < min)
        return reader_bad(r, place, key, "is %" JSON_INTEGER_FORMAT ", but at least %" PRIu64 " is needed", number,
                          min);
    *into = (uint64_t)number;
    return 0;
}

int reader_object(const struct result_reader *r, json_t *object, const char *place, const char *key, enum need need,
                  json_t **into)
{
    json_t *value = json_object_get(object, key);
    *into = NULL;
    if (need == OPTIONAL && (!value || json_is_null(value)))
        return 0;
    if (!json_is_object(value))
        return reader_bad(r, place, key, "is %s, not an object; run the suite again", reader_type(value));
    *into = value;
    return 0;
}

int reader_array(const struct result_reader *r, json_t *object, const char *place, const char *key, enum need need,
                 size_t max, json_t **into)
{
    json_t *value = json_object_get(object, key);
    *into = NULL;
    if (need == OPTIONAL && (!value || json_is_null(value)))
        return 0;
    if (!json_is_array(value))
        return reader_bad(r, place, key, "is %s, not an array; run the suite again", reader_type(value));
    if (json_array_size(value) > max)
        return reader_bad(r, place, key, "has %zu elements; %zu are the most; make several suites of it",
                          json_array_size(value), max);
    *into = value;
    return 0;
}
