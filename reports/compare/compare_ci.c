/*
 * compare_ci.c: a comparison for machines that show test results to people:
 * JUnit XML, and the annotations of GitHub's workflows.
 */
#include "reports/compare/compare.h"

#include <string.h>

#define SENTENCE 1600

/* XML 1.0 text and attributes; what comes here has no control characters left. */
static void xml(const char *text, FILE *out)
{
    for (; *text; text++) {
        const char *entity = *text == '&'   ? "&amp;"
                             : *text == '<' ? "&lt;"
                             : *text == '>' ? "&gt;"
                             : *text == '"' ? "&quot;"
                                            : NULL;
        if (entity)
            fputs(entity, out);
        else
            fputc((unsigned char)*text < 0x20 ? '?' : *text, out);
    }
}

static void junit_case(const struct compare_cell *cell, FILE *out)
{
    char sentence[SENTENCE];
    compare_sentence(cell, sentence, sizeof(sentence));
    fputs("    <testcase name=\"", out);
    xml(cell->workload, out);
    fprintf(out, "\" classname=\"%s.%s.%s\" time=\"0\"", cell->hypervisor, cell->mode, cell->machine);
    if (cell->verdict == VERDICT_WORSE || cell->verdict == VERDICT_INCONCLUSIVE) {
        /* Not as skipped: that would count as a pass. */
        const char *element = cell->verdict == VERDICT_WORSE ? "failure" : "error";
        fprintf(out, ">\n      <%s type=\"%s\" message=\"", element, verdict_names[cell->verdict]);
        xml(sentence, out);
        fprintf(out, "\"/>\n    </testcase>\n");
    } else if (cell->verdict != VERDICT_SAME) {
        fputs(">\n      <system-out>", out);
        xml(verdict_names[cell->verdict], out);
        fputs(": ", out);
        xml(sentence, out);
        fputs("</system-out>\n    </testcase>\n", out);
    } else {
        fputs("/>\n", out);
    }
}

void compare_print_junit(const struct comparison *c, const struct compare_names *n, FILE *out)
{
    char summary[400];
    bool nothing = c->compared == 0;
    compare_summary(c, summary, sizeof(summary));
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"pvbench compare\"", out);
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\" time=\"0\">\n", c->cells + nothing,
            c->verdicts[VERDICT_WORSE], c->verdicts[VERDICT_INCONCLUSIVE] + nothing);
    fputs("    <properties>\n      <property name=\"base\" value=\"", out);
    xml(n->base, out);
    fputs("\"/>\n      <property name=\"new\" value=\"", out);
    xml(n->now, out);
    fputs("\"/>\n    </properties>\n", out);
    for (size_t i = 0; i < c->cells; i++)
        junit_case(&c->cell[i], out);
    if (nothing)
        fputs("    <testcase name=\"anything\" classname=\"pvbench\" time=\"0\">\n"
              "      <error type=\"inconclusive\" message=\"nothing was measured in both results\"/>\n"
              "    </testcase>\n",
              out);
    fputs("    <system-out>", out);
    xml(summary, out);
    fputs("</system-out>\n  </testsuite>\n</testsuites>\n", out);
}

/* A workflow command ends at the line's end; in a property also : and , are taken. */
static void command_text(const char *text, bool property, FILE *out)
{
    for (; *text; text++) {
        if (*text == '%' || *text == '\r' || *text == '\n' || (property && (*text == ':' || *text == ',')))
            fprintf(out, "%%%02X", (unsigned)(unsigned char)*text);
        else
            fputc(*text, out);
    }
}

void compare_print_github(const struct comparison *c, const struct compare_names *n, FILE *out)
{
    static const char *const command[VERDICTS] = {[VERDICT_BETTER] = "notice",
                                                  [VERDICT_CHANGED] = "notice",
                                                  [VERDICT_WITHIN] = "warning",
                                                  [VERDICT_INCONCLUSIVE] = "warning",
                                                  [VERDICT_WORSE] = "error"};
    char text[SENTENCE];
    (void)n;
    for (size_t i = 0; i < c->cells; i++) {
        const struct compare_cell *cell = &c->cell[i];
        if (!command[cell->verdict])
            continue;
        fprintf(out, "::%s title=", command[cell->verdict]);
        compare_place(cell, text, sizeof(text));
        command_text(text, true, out);
        fputs("::", out);
        command_text(verdict_names[cell->verdict], false, out);
        fputs(": ", out);
        compare_sentence(cell, text, sizeof(text));
        command_text(text, false, out);
        fputc('\n', out);
    }
    int status = compare_status(c);
    compare_summary(c, text, sizeof(text));
    fprintf(out, "::%s title=pvbench::", status == 0 ? "notice" : status == 3 ? "error" : "warning");
    command_text(text, false, out);
    fputc('\n', out);
}
