/*
 * html_report.h: a result as one page: what was found, in words, first; then
 * the tables, the figures, every workload's entries, and where it all came from.
 */
#ifndef REPORTS_HTML_REPORT_H
#define REPORTS_HTML_REPORT_H

#include "reports/explain/explain.h"
#include "reports/print/report_print.h"

#include <stdbool.h>

#define HTML_FIGURES 7

/* Drawn before the page is printed, since drawing can fail. */
struct html_figures {
    char *svg[HTML_FIGURES];     /* NULL: not drawn */
    char why[HTML_FIGURES][200]; /* why not */
};

int html_figures_draw(struct html_figures *f, const struct model *m, struct report_error *e);
void html_figures_free(struct html_figures *f);

/* `explained`: the explanation beside the result, or NULL. */
void html_report(const struct model *m, const struct report_options *o, const struct html_figures *figures,
                 const struct explanation *explained, FILE *out);

/* --- parts of it, in the order of the page -------------------------------- */

/* The tiles and the findings: every sentence is computed from the model. */
void html_findings(const struct model *m, FILE *out);
void html_figures_print(const struct html_figures *f, FILE *out);
/* What each way to start a hypervisor changed; nothing where there is but one. */
void html_variants(const struct model *m, FILE *out);
/* What guests lose by those beside them; nothing where each is alone. */
void html_guests(const struct model *m, FILE *out);
void html_saves(const struct model *m, FILE *out);
void html_workloads(const struct model *m, struct notes *notes, FILE *out);
void html_environment(const struct model *m, FILE *out);
void html_reproduce(const struct model *m, FILE *out);

/* One row of a list of facts. */
void html_fact(const char *name, const char *text, FILE *out);
/* A JSON value as a list of names and values; at most `depth` levels are unfolded. */
void html_facts(const json_t *object, unsigned depth, FILE *out);

/* "PV on xen"; the machine too, when there is more than one. */
void html_column(const struct model *m, unsigned column, char *into, size_t size);

#endif
