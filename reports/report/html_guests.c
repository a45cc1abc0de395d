/*
 * html_guests.c: the part of the page that says what guests lose by those beside them, and what the next one costs;
 * and what it took to save and to restore one.
 */
#include "reports/report/html_report.h"

#include "reports/html/html.h"
#include "reports/result/company.h"

#include <stdlib.h>

void html_guests(const struct model *m, FILE *out)
{
    struct company c[MODEL_COLUMNS_MAX];
    const size_t n = companies_find(m, c);
    if (!n)
        return;
    fputs("<h2 id=\"guests\">Beside other guests</h2>\n<p>Each against the same guest alone, by the mean: a turn of "
          "another "
          "guest falls into few samples, and into these whole.</p>\n<dl class=\"facts\">\n",
          out);
    for (size_t i = 0; i < n; i++) {
        char *text = report_guest(m, &c[i]);
        html_fact(c[i].name, text ? text : "", out);
        free(text);
    }
    fputs("</dl>\n", out);
}

void html_saves(const struct model *m, FILE *out)
{
    bool begun = false;
    for (unsigned i = 0; i < 2 * m->columns; i++) {
        char *text = report_save(m, i / 2, i % 2);
        if (text && !begun)
            fputs("<h2 id=\"saves\">Saved and restored</h2>\n<p>To a file, and made anew from it: ticks of the "
                  "toolstack.</p>\n<dl class=\"facts\">\n",
                  out);
        begun = begun || text;
        if (text)
            html_fact(i % 2 ? "live" : "suspended first", text, out);
        free(text);
    }
    if (begun)
        fputs("</dl>\n", out);
}
