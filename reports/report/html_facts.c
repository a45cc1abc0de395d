/* html_facts.c: where a result came from, and how to come by it again. */
#include "reports/result/command_line.h"
#include "common/text.h"
#include "reports/html/html.h"
#include "reports/report/html_report.h"

#include <stdlib.h>
#include <string.h>

#define FACTS_MAX 400 /* of one list: more are counted */

static void scalar(const json_t *value, FILE *out)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        html_text(json_string_value(value), out);
        break;
    case JSON_INTEGER:
        fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        fprintf(out, "%.9g", json_real_value(value));
        break;
    case JSON_TRUE:
        fputs("yes", out);
        break;
    case JSON_FALSE:
        fputs("no", out);
        break;
    default:
        fputs("unknown", out);
    }
}

static void value_of(const json_t *value, unsigned depth, FILE *out)
{
    size_t i;
    json_t *inner;
    if (json_is_object(value) && json_object_size(value) == 0) {
        fputs("none", out);
    } else if (json_is_object(value)) {
        html_facts(value, depth, out);
    } else if (json_is_array(value)) {
        json_array_foreach(value, i, inner)
        {
            if (i == FACTS_MAX)
                break;
            fputs(i && !json_is_object(inner) ? ", " : "", out);
            if (json_is_object(inner))
                html_facts(inner, depth, out);
            else if (json_is_array(inner))
                fputs("…", out);
            else
                scalar(inner, out);
        }
    } else {
        scalar(value, out);
    }
}

void html_fact(const char *name, const char *text, FILE *out)
{
    fputs("<dt>", out);
    html_text(name, out);
    fputs("</dt><dd>", out);
    html_text(text, out);
    fputs("</dd>\n", out);
}

void html_facts(const json_t *object, unsigned depth, FILE *out)
{
    const char *key;
    json_t *value;
    size_t count = 0, size = json_object_size(object);
    if (!depth) {
        fprintf(out, "%zu values", size);
        return;
    }
    fputs("<dl class=\"facts\">\n", out);
    json_object_foreach((json_t *)object, key, value)
    {
        if (count++ == FACTS_MAX) {
            fprintf(out, "<dt>…</dt><dd>%zu more</dd>\n", size - FACTS_MAX);
            break;
        }
        fputs("<dt>", out);
        html_format(out, "%.200s", key);
        fputs("</dt><dd>", out);
        value_of(value, depth - 1, out);
        fputs("</dd>\n", out);
    }
    fputs("</dl>\n", out);
}

/* --- the environment ----------------------------------------------------------- */

static void folded(const char *title, const json_t *object, FILE *out)
{
    if (json_object_size(object) == 0)
        return;
    fputs("<details class=\"aside\">\n<summary>", out);
    html_text(title, out);
    fprintf(out, "<small>%zu</small></summary>\n", json_object_size(object));
    html_facts(object, 6, out);
    fputs("</details>\n", out);
}

/* What of it is one value at once, the rest folded. */
static void provenance_facts(const json_t *provenance, FILE *out)
{
    const char *key;
    json_t *value, *plain = json_object();
    json_object_foreach((json_t *)provenance, key, value)
    {
        if (!json_is_object(value) && strcmp(key, "command_line") != 0 && strcmp(key, "settings") != 0)
            json_object_set(plain, key, value);
    }
    html_facts(plain, 1, out);
    json_decref(plain);
    json_object_foreach((json_t *)provenance, key, value) folded(key, value, out);
}

static void guest(const struct model *m, unsigned column, FILE *out)
{
    const struct result_run *run = m->column[column].run;
    char name[200];
    html_column(m, column, name, sizeof(name));
    fputs("<tr><th scope=\"row\">", out);
    html_text(name, out);
    fputs("</th><td>", out);
    html_text(*run->version ? run->version : "unknown", out);
    fputs("</td><td class=\"mono\">", out);
    html_format(out, "%.12s", run->sha256);
    fputs("</td><td class=\"mono\">", out);
    html_format(out, "%.12s", run->guest_sha256);
    fputs("</td><td class=\"mono\">", out);
    html_format(out, "%.12s", run->workloads_sha256);
    fputs("</td><td>", out);
    html_format(out, "%s%s%s", run->machine, *run->machine_cpu ? ", " : "", run->machine_cpu);
    if (run->machine_memory_mib)
        fprintf(out, ", %llu MiB", (unsigned long long)run->machine_memory_mib);
    fputs("</td></tr>\n", out);
}

void html_environment(const struct model *m, FILE *out)
{
    const json_t *sources = result_sources(m->result), *source;
    char settings[400];
    size_t at;
    bool same = true;
    fputs(
        "<h2 id=\"environment\">Environment</h2>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
        "aria-label=\"Hypervisors and guests\">\n<table>\n<caption>Hypervisors and guests; the hashes are SHA-256, and "
        "their first twelve digits stand here</caption>\n<thead><tr><th scope=\"col\">guest</th><th scope=\"col\">"
        "hypervisor</th><th scope=\"col\">its image</th><th scope=\"col\">guest image</th><th scope=\"col\">workloads"
        "</th><th scope=\"col\">machine</th></tr></thead>\n<tbody>\n",
        out);
    for (unsigned i = 0; i < m->columns; i++) {
        guest(m, i, out);
        same = same && strcmp(m->column[i].run->workloads_sha256, m->column[0].run->workloads_sha256) == 0;
    }
    fprintf(out, "</tbody>\n</table>\n</div>\n<p>The workloads' object code is %s in all of them.</p>\n",
            same ? "the same" : "<strong class=\"bad\">not the same</strong>");
    if (!sources)
        provenance_facts(json_object_get(m->result->document, "provenance"), out);
    json_array_foreach(sources, at, source)
    {
        result_source_settings(source, settings, sizeof(settings));
        fputs("<h3>", out);
        html_text(settings, out);
        fputs("</h3>\n", out);
        provenance_facts(source, out);
    }
    for (unsigned i = 0; i < m->columns; i++) {
        const json_t *runs = json_object_get(m->result->document, "runs");
        const json_t *run = json_array_get(runs, (size_t)(m->column[i].run - m->result->run));
        char name[200], title[240];
        html_column(m, i, name, sizeof(name));
        text_format(title, sizeof(title), "%s: PMU, over a whole boot", name);
        folded(title, json_object_get(run, "pmu"), out);
    }
}

/* --- again ---------------------------------------------------------------------- */

static void command(const struct result *r, const json_t *provenance, FILE *out)
{
    char *text = command_line_text(r->suite, provenance);
    fputs("build/", out);
    html_text(text ? text : "pvbench", out);
    free(text);
    fputc('\n', out);
}

void html_reproduce(const struct model *m, FILE *out)
{
    const struct result *r = m->result;
    const json_t *sources = result_sources(r), *source;
    size_t i;
    size_t length = strcspn(r->revision, "-");
    bool lab = true;
    for (unsigned c = 0; c < m->columns; c++)
        lab = lab && strcmp(m->column[c].machine, "lab") == 0;
    fputs("<h2 id=\"reproduce\">How to reproduce it</h2>\n<pre>", out);
    if (length) {
        fputs("git checkout ", out);
        html_format(out, "%.*s", (int)(length < 40 ? length : 40), r->revision);
        fputs("\nmake\n", out);
    }
    if (!sources)
        command(r, json_object_get(r->document, "provenance"), out);
    json_array_foreach(sources, i, source) command(r, source, out);
    fputs("</pre>\n", out);
    if (r->revision[length])
        fputs("<p class=\"bad\">The source tree had been changed after this revision.</p>\n", out);
    fputs(lab ? "<p>In the lab the clock ticks once an instruction, so another computer gives the same numbers. "
                "<code>pvbench compare</code> says in what two results differ.</p>\n"
              : "<p>Costs taken on a host are noisy: <code>pvbench compare</code> says what may be concluded.</p>\n",
          out);
}
