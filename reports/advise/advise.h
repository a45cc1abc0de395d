/*
 * advise.h: which mode for a load? A load is how often it does what the workloads measure, and how often it enters the
 * hypervisor; a result says what each costs in each mode. The sum of their products is what virtualization's
 * operations would take of a second, and the difference of two modes is what changing the mode would save or cost.
 */
#ifndef REPORTS_ADVISE_H
#define REPORTS_ADVISE_H

#include "reports/common/report_error.h"
#include "reports/result/model.h"

#include <jansson.h>

#define LOAD_RATES_MAX 512
#define LOAD_NAME      96
#define LOAD_RATE_MAX  1e12 /* a second */

/* Something that happens so often a second. */
struct load_rate {
    char name[LOAD_NAME]; /* "page_fault/64"; of an entry its class as well: "exit CPUID" */
    bool is_entry;
    double rate;
};

/*
 * Of a file, {"schema": "pvbench.load/1", "name": N, "operations": {WORKLOAD: RATE}, "entries": {"CLASS KIND": RATE}},
 * or of what `pvbench trace --json` wrote, whose counts become rates.
 */
struct load {
    char name[LOAD_NAME];
    struct load_rate rate[LOAD_RATES_MAX];
    size_t rates;
    bool is_trace;
};

/* `path`: "-" is standard input. */
int load_read(struct load *l, const char *path, struct report_error *e);
int load_take(struct load *l, const char *path, const json_t *document, struct report_error *e);

/* One of the load's, in the columns of the model. */
struct advice_row {
    const struct load_rate *of;
    int row;    /* of the model, whose costs are taken; -1: nothing there is like it */
    size_t too; /* other rows that enter in the same way, and would give another price */
    struct {
        bool known;
        double all; /* a second, in the column's unit */
    } price[MODEL_COLUMNS_MAX];
};

struct advice {
    const struct load *load;
    const struct model *model;
    bool subtracted; /* the loop around the operations is taken off */
    struct advice_row row[LOAD_RATES_MAX];
    struct advice_column {
        double all;     /* of what is known */
        size_t unknown; /* rows that it has no price of, though another column has */
        const struct advice_row *dearest;
    } column[MODEL_COLUMNS_MAX];
    size_t priced; /* rows that any column has a price of */
};

/* It keeps pointers to both. */
void advice_make(struct advice *a, const struct load *l, struct model *m);

void advice_print(const struct advice *a, bool markdown, FILE *out);
void advice_json(const struct advice *a, FILE *out);

#endif
