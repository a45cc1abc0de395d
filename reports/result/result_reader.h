/*
 * result_reader.h: reading one value of a JSON object and saying, when it is
 * not what it should be, where it stands and what should stand there.
 */
#ifndef REPORTS_RESULT_READER_H
#define REPORTS_RESULT_READER_H

#include "reports/result/result.h"

struct result_reader {
    const char *path;
    struct report_error *e;
};

enum need { OPTIONAL, REQUIRED };

/* path: PLACE.key: what and mend */
int reader_bad(const struct result_reader *r, const char *place, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

const char *reader_type(const json_t *value);

/*
 * Each leaves *into alone when an optional value is missing or null. An
 * object or an array that is required must not be null either.
 */
int reader_string(const struct result_reader *r, json_t *object, const char *place, const char *key, enum need need,
                  const char **into);
int reader_name(const struct result_reader *r, json_t *object, const char *place, const char *key, const char **into);
/* An optional point in time, in the one form that the schema has for it. */
int reader_date(const struct result_reader *r, json_t *object, const char *place, const char *key, const char **into);
int reader_number(const struct result_reader *r, json_t *object, const char *place, const char *key, double *into);
int reader_count(const struct result_reader *r, json_t *object, const char *place, const char *key, enum need need,
                 uint64_t min, uint64_t *into);
int reader_object(const struct result_reader *r, json_t *object, const char *place, const char *key, enum need need,
                  json_t **into);
int reader_array(const struct result_reader *r, json_t *object, const char *place, const char *key, enum need need,
                 size_t max, json_t **into);

/* Nothing of a document that somebody sends may command a terminal: no string in it, and no key. */
int reader_clean(const struct result_reader *r, json_t *value);

/* Where a merged result comes from; after its runs. */
int reader_sources(const struct result_reader *r, struct result *result);

/* The entries of a region, from its benchmark. */
int reader_entries(const struct result_reader *r, json_t *benchmark, const char *place, struct result_entries *into);

#endif
