/* html_variants.c: the part of the page that says what each way to start a hypervisor changed. */
#include "reports/report/html_report.h"

#include "reports/html/html.h"
#include "reports/result/variants.h"

#include <stdlib.h>

void html_variants(const struct model *m, FILE *out)
{
    struct variant v[MODEL_COLUMNS_MAX];
    const size_t n = variants_find(m, v);
    if (!n)
        return;
    fputs("<h2 id=\"variants\">What each way changes</h2>\n<p>The hypervisor was started in several ways. In the "
          "lab " VARIANTS_CODE_ALONE ".</p>\n<dl class=\"facts\">\n",
          out);
    for (size_t i = 0; i < n; i++) {
        char *text = report_variant(m, &v[i]);
        html_fact(v[i].name, text, out);
        free(text);
    }
    fputs("</dl>\n", out);
}
