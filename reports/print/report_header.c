/* report_header.c: what was measured, on what, and how to do it again. */
#include "reports/print/report_print.h"
#include "common/memory.h"
#include "common/text.h"
#include "reports/finding/finding.h"
#include "reports/result/command_line.h"
#include "reports/common/wrap.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_DIGITS 12
#define NAME_WIDTH  12
#define LINE_WIDTH  100

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* "name         text" or a line of a Markdown list. */
void report_line(FILE *out, const struct report_options *o, const char *name, const char *format, ...)
{
    char *text = NULL;
    size_t size = 0;
    va_list args;
    FILE *f = memory_stream(&text, &size);
    va_start(args, format);
    vfprintf(f, format, args);
    va_end(args);
    fclose(f);
    text_mend(text);
    if (o->style == TABLE_MARKDOWN) {
        fprintf(out, "- %s: ", *name ? name : "also");
        table_markdown_text(text, out);
        fputc('\n', out);
    } else {
        fprintf(out, "%-*s", NAME_WIDTH, name);
        text_wrap(out, text, o->width && o->width < LINE_WIDTH ? o->width : LINE_WIDTH, NAME_WIDTH);
    }
    free(text);
}

/* True when an earlier column has the same hypervisor (and build) or the same machine. */
static bool said_hypervisor(const struct model *m, unsigned column)
{
    const struct result_run *b = m->column[column].run;
    for (unsigned i = 0; i < column; i++) {
        const struct result_run *a = m->column[i].run;
        if (strcmp(a->hypervisor, b->hypervisor) == 0 && strcmp(a->version, b->version) == 0 &&
            strcmp(a->sha256, b->sha256) == 0)
            return true;
    }
    return false;
}

static bool said_machine(const struct model *m, unsigned column)
{
    const struct result_run *b = m->column[column].run;
    for (unsigned i = 0; i < column; i++) {
        const struct result_run *a = m->column[i].run;
        if (strcmp(a->machine, b->machine) == 0 && strcmp(a->machine_cpu, b->machine_cpu) == 0 &&
            strcmp(a->machine_clock, b->machine_clock) == 0 && a->machine_memory_mib == b->machine_memory_mib)
            return true;
    }
    return false;
}

static void hypervisors(const struct model *m, const struct report_options *o, FILE *out)
{
    const char *name = "hypervisor";
    for (unsigned i = 0; i < m->columns; i++) {
        const struct result_run *run = m->column[i].run;
        if (said_hypervisor(m, i))
            continue;
        report_line(out, o, name, "%s%s%.40s%s%.*s", run->hypervisor, *run->version ? " " : "", run->version,
                    *run->sha256 ? ", sha256 " : "", HASH_DIGITS, run->sha256);
        name = "";
    }
}

static void machines(const struct model *m, const struct report_options *o, FILE *out)
{
    const char *name = "machine";
    for (unsigned i = 0; i < m->columns; i++) {
        const struct result_run *run = m->column[i].run;
        char memory[40] = "";
        if (said_machine(m, i))
            continue;
        if (run->machine_memory_mib)
            snprintf(memory, sizeof(memory), ", %" PRIu64 " MiB", run->machine_memory_mib);
        report_line(out, o, name, "%s%s%.120s%s%.60s%s", run->machine, *run->machine_cpu ? ", CPU " : "",
                    run->machine_cpu, *run->machine_clock ? ", " : "", run->machine_clock, memory);
        name = "";
    }
}

static bool same_image(const struct model *m, unsigned a, unsigned b)
{
    return strcmp(m->column[a].run->guest_sha256, m->column[b].run->guest_sha256) == 0;
}

/* On another machine than an earlier column. */
static bool same_user(const struct model *m, unsigned a, unsigned b)
{
    return same_image(m, a, b) && strcmp(m->column[a].hypervisor, m->column[b].hypervisor) == 0 &&
           strcmp(m->column[a].mode, m->column[b].mode) == 0;
}

/* "minivisor hvm, kvm pv hvm": all columns that ran the image of this one, which is the first of them. */
static void users_of_image(const struct model *m, unsigned column, FILE *f)
{
    const char *hypervisor = "";
    for (unsigned i = column; i < m->columns; i++) {
        bool said = !same_image(m, i, column);
        for (unsigned j = column; j < i && !said; j++)
            said = same_user(m, j, i);
        if (said)
            continue;
        if (strcmp(hypervisor, m->column[i].hypervisor) != 0)
            fprintf(f, "%s%s", *hypervisor ? ", " : "", m->column[i].hypervisor);
        hypervisor = m->column[i].hypervisor;
        fprintf(f, " %s", m->column[i].mode);
    }
}

/* Each image once, with all who ran it. */
static void guest_images(const struct model *m, FILE *f)
{
    for (unsigned i = 0; i < m->columns; i++) {
        const char *hash = m->column[i].run->guest_sha256;
        bool said = !*hash;
        for (unsigned j = 0; j < i && !said; j++)
            said = same_image(m, j, i);
        if (said)
            continue;
        fprintf(f, "%s%.*s (", ftell(f) ? ", " : "", HASH_DIGITS, hash);
        users_of_image(m, i, f);
        fputc(')', f);
    }
}

static void guests(const struct model *m, const struct report_options *o, FILE *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = memory_stream(&text, &size);
    const char *workloads = m->column[0].run->workloads_sha256;
    bool same = true;
    if (!f)
        return;
    guest_images(m, f);
    for (unsigned i = 0; i < m->columns; i++)
        same = same && strcmp(workloads, m->column[i].run->workloads_sha256) == 0;
    if (same && *workloads)
        fprintf(f, "%sworkloads %.*s%s", ftell(f) ? "; " : "", HASH_DIGITS, workloads, m->columns > 1 ? " in all" : "");
    for (unsigned i = 0; i < m->columns && !same; i++)
        fprintf(f, "%s%s %s %.*s", i ? ", " : "; the workloads' code differs: ", m->column[i].hypervisor,
                m->column[i].mode, HASH_DIGITS, m->column[i].run->workloads_sha256);
    if (fclose(f) == 0 && size)
        report_line(out, o, "guests", "%s", text);
    free(text);
}

static void markdown_title(const char *suite, FILE *out)
{
    fputs("## pvbench: ", out);
    table_markdown_text(suite, out);
    fputs("\n\n", out);
}

/* When it was measured, by which pvbench; `settings`: of a source of a merged result, else NULL. */
static void date_line(const struct report_options *o, const char *name, const json_t *provenance, const char *settings,
                      FILE *out)
{
    char revision[REVISION_TEXT];
    const char *date = text_of(provenance, "date"), *pvbench = text_of(provenance, "pvbench");
    revision_text(text_of(provenance, "git_revision"), text_of(provenance, "git_revision_unknown"), revision);
    if (*date || *pvbench || settings)
        report_line(out, o, name, "%.40s%s%.40s%s%s%s%.300s", *date ? date : "unknown", *pvbench ? ", pvbench " : "",
                    pvbench, *revision ? ", revision " : "", revision, settings ? ": " : "", settings ? settings : "");
}

/* A merged result has as many as it was made of. */
static void dates(const struct result *r, const struct report_options *o, FILE *out)
{
    const json_t *sources = result_sources(r), *source;
    char settings[400];
    size_t i;
    if (!sources)
        date_line(o, "date", json_object_get(r->document, "provenance"), NULL, out);
    json_array_foreach(sources, i, source)
    {
        result_source_settings(source, settings, sizeof(settings));
        date_line(o, i ? "" : "date", source, settings, out);
    }
}

void report_findings(const struct model *m, const struct report_options *o, FILE *out)
{
    const char *name = "finding";
    char subject[200];
    for (unsigned g = 0; g < m->groups; g++) {
        char *text = finding_text(m, &m->group[g]);
        finding_subject(m, &m->group[g], subject, sizeof(subject));
        if (text)
            report_line(out, o, name, "%s: %s", subject, text);
        name = text ? "" : name;
        free(text);
    }
}

void report_header(const struct model *m, const struct report_options *o, FILE *out)
{
    const struct result *r = m->result;
    const char *unit;
    if (o->style == TABLE_MARKDOWN)
        markdown_title(r->suite, out);
    else
        report_line(out, o, "suite", "%s", r->suite);
    report_findings(m, o, out);
    dates(r, o, out);
    hypervisors(m, o, out);
    machines(m, o, out);
    guests(m, o, out);
    report_line(out, o, "cost", "%s per operation, median; %s",
                model_one_unit(m, &unit) ? unit : "in the unit of the column,",
                o->subtracted ? "the row empty has been subtracted from the others, iteration by iteration"
                              : "the row empty is the cost of the loop itself, which the others include");
    if (o->cold && !o->entries)
        report_line(out, o, "cold", "the first operation after the boot, as it was measured");
    if (!o->entries)
        report_line(out, o, "entries",
                    "per operation: F forwarded events, H hypercalls, E emulated instructions, X VM exits");
    fputc('\n', out);
}

/* What no table has a column for, each with its first reason; costs and entries have their footnotes. */
static void unavailable(const struct model *m, const struct report_options *o, FILE *out)
{
    json_t *said = model_unavailable(m), *reason;
    const char *key;
    fputc('\n', out);
    json_object_foreach(said, key, reason)
        report_line(out, o, "not known", "%s: %.200s", key, json_string_value(reason));
    json_decref(said);
}

static void command(const struct result *r, const json_t *provenance, const struct report_options *o, const char *name,
                    FILE *out)
{
    char *text = command_line_text(r->suite, provenance);
    if (text)
        text_clean(text);
    report_line(out, o, name, "%s", text ? text : "");
    free(text);
}

static void commands(const struct result *r, const struct report_options *o, FILE *out)
{
    const json_t *sources = result_sources(r), *source;
    size_t i;
    if (!sources)
        command(r, json_object_get(r->document, "provenance"), o, "reproduce", out);
    json_array_foreach(sources, i, source) command(r, source, o, i ? "" : "reproduce", out);
}

void report_footer(const struct model *m, const struct report_options *o, const struct notes *notes, FILE *out)
{
    table_notes(notes, o->style, out);
    report_variants(m, o, out);
    report_guests(m, o, out);
    report_saves(m, o, out);
    report_vcpus(m, o, out);
    unavailable(m, o, out);
    report_host(m, o, out);
    commands(m->result, o, out);
}
