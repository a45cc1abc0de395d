/*
 * result_shared.h: many results read one after the other, of which most say the same. Of a thousand nights in the lab
 * nearly all have the same workloads to the byte, whatever was built in between; what is the same is parsed once, and
 * shared. What is not written as pvbench writes it is parsed as it is anywhere.
 */
#ifndef REPORTS_RESULT_SHARED_H
#define REPORTS_RESULT_SHARED_H

#include "reports/result/result.h"

#define SHARED_MAX 128 /* lists of workloads: of one setting one night */

struct shared_list {
    char *text;
    size_t size;
    json_t *list;
    unsigned long used; /* when it was last of use */
};

struct shared {
    struct shared_list list[SHARED_MAX];
    size_t lists;
    unsigned long now;
};

/* As result_load(). The documents must not be changed; they may outlive `s`. */
int result_load_shared(struct shared *s, struct result *r, const char *path, struct report_error *e);
void shared_free(struct shared *s);

/* The document of these bytes; NULL: they are to be parsed as a whole. For the tests. */
json_t *shared_parse(struct shared *s, const char *text, size_t size);

#endif
