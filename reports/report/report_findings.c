/* report_findings.c: what a result says in a few lines, and where to go on: the end of a run. */
#include "common/text.h"
#include "reports/finding/finding.h"
#include "reports/print/report_print.h"
#include "reports/report.h"
#include "reports/result/merge.h"

#include <errno.h>
#include <stdlib.h>

static bool has_costs(const struct model *m)
{
    for (size_t i = 0; i < m->rows * m->columns; i++)
        if (m->cell[i].has_cost)
            return true;
    return false;
}

static void next(const char *path, FILE *out)
{
    char *shown = text_clean_copy(path);
    fprintf(out, "next        %s report %s\n            %s report --format=html -o PAGE.html %s\n",
            program_invocation_name, shown, program_invocation_name, shown);
    free(shown);
}

void pvb_report_findings(const char *path, FILE *out)
{
    static const struct report_options plain = {.style = TABLE_TEXT};
    const char *const paths[RESULT_SOURCES_MAX] = {path};
    struct report_error e = {""};
    struct result r;
    struct model m;
    if (merge_load(&r, paths, RESULT_SOURCES_MAX, &e))
        return; /* `report` says why */
    if (model_make(&m, &r, NULL, path, &e) == 0) {
        report_findings(&m, &plain, out);
        if (has_costs(&m))
            next(path, out);
        model_free(&m);
    }
    result_free(&r);
}
