/* figure_draw.c: a figure's way into its files; figure_draw.h says which. */
#include "reports/figure/figure_draw.h"
#include "common/memory.h"
#include "common/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIGURE_ROW(name, shows, missing, usual) {#name, figure_##name, missing, usual},
const struct figure_kind figure_kinds[FIGURE_KINDS] = {FIGURES(FIGURE_ROW)};

const char *const figure_formats[] = {"svg", "pdf", "png", "cairolatex", NULL};

static const char *const endings[][3] = {{".svg"}, {".pdf"}, {".png"}, {"-cairolatex.tex", "-cairolatex.pdf"}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct part {
    char name[96];
    char *data, *script;
    size_t data_size, script_size;
    double height;
};

static void free_parts(struct part *part, unsigned parts)
{
    for (unsigned i = 0; i < parts; i++) {
        free(part[i].data);
        free(part[i].script);
    }
    free(part);
}

/* Some rows of the model, as a model. */
static struct model slice(const struct model *m, size_t first, size_t rows)
{
    struct model s = *m;
    s.row += first;
    s.cell += first * m->columns;
    s.rows = rows;
    return s;
}

static int make_part(const struct figure_kind *kind, const struct figure_source *of, const struct model *m,
                     const struct figure_style *style, struct figure_shared *shared, struct part *part)
{
    struct figure f = {
        .m = m, .whole = of->m, .explained = of->explained, .style = style, .shared = shared, .name = part->name};
    f.data = memory_stream(&part->data, &part->data_size);
    f.script = memory_stream(&part->script, &part->script_size);
    enum figure_answer answer = FIGURE_NOTHING;
    if (f.data && f.script)
        answer = kind->make(&f);
    int bad = !f.data || !f.script;
    bad = (f.data && fclose(f.data)) || bad;
    bad = (f.script && fclose(f.script)) || bad;
    part->height = f.height;
    if (bad || answer == FIGURE_NOTHING) {
        free(part->data);
        free(part->script);
        part->data = part->script = NULL;
    }
    return bad ? -1 : 0;
}

/* NULL: out of memory. Parts without data have nothing to draw. */
static struct part *make_parts(const struct figure_kind *kind, const struct figure_source *of,
                               const struct figure_style *style, struct figure_shared *shared, unsigned parts)
{
    const struct model *m = of->m;
    struct part *part = calloc(parts, sizeof(*part));
    for (unsigned i = 0; part && i < parts; i++) {
        size_t first = m->rows * i / parts, end = m->rows * (i + 1) / parts;
        struct model s = slice(m, first, end - first);
        int used = snprintf(part[i].name, sizeof(part[i].name), "%.64s-%s", m->result->suite, kind->name);
        if (parts > 1)
            snprintf(part[i].name + used, sizeof(part[i].name) - (size_t)used, "-%u", i + 1);
        if (make_part(kind, of, &s, style, shared, &part[i])) {
            free_parts(part, parts);
            return NULL;
        }
    }
    return part;
}

static bool too_high(const struct part *part, unsigned parts, double most)
{
    for (unsigned i = 0; i < parts; i++)
        if (part[i].data && part[i].height > most)
            return true;
    return false;
}

int figure_write(const struct gnuplot *g, const char *name, const char *ending, const char *text, size_t size,
                 struct report_error *e)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s%s", g->work.path, name, ending) < 0)
        return report_fail(e, "%s: out of memory", name);
    FILE *f = fopen(path, "we");
    int bad = !f || fwrite(text, 1, size, f) != size, saved = errno;
    if (f && fclose(f) && !bad) {
        bad = 1;
        saved = errno;
    }
    free(path);
    return bad ? report_fail(e, "%s/%s%s: cannot be written: %s; give another folder with -o", g->dir, name, ending,
                             strerror(saved))
               : 0;
}

static int draw_part(const struct part *part, const struct figure_style *style, struct gnuplot *g,
                     struct report_error *e)
{
    int bad = figure_write(g, part->name, ".dat", part->data, part->data_size, e) ||
              figure_write(g, part->name, ".gp", part->script, part->script_size, e) || gnuplot_run(g, part->name, e);
    for (unsigned i = 0; i < COUNT(endings); i++)
        for (unsigned j = 0; j < COUNT(endings[i]) && endings[i][j] && !bad; j++)
            if (style->formats & 1u << i)
                bad = gnuplot_keep(g, part->name, endings[i][j], e);
    return bad || gnuplot_keep(g, part->name, ".dat", e) || gnuplot_keep(g, part->name, ".gp", e) ? -1 : 0;
}

int figure_draw(const struct figure_kind *kind, const struct figure_source *of, const struct figure_style *style,
                struct gnuplot *g, struct report_error *e)
{
    unsigned parts = 1, drawn = 0;
    struct figure_shared shared = {.known = false};
    struct part *part = make_parts(kind, of, style, &shared, parts);
    shared.known = true;
    while (part && too_high(part, parts, style->most_height) && parts < of->m->rows) {
        free_parts(part, parts);
        part = make_parts(kind, of, style, &shared, ++parts);
    }
    if (!part)
        return report_fail(e, "%s: out of memory", of->path);
    int bad = 0;
    for (unsigned i = 0; i < parts && !bad; i++)
        if (part[i].data) {
            bad = draw_part(&part[i], style, g, e);
            drawn++;
        }
    free_parts(part, parts);
    if (!bad && !drawn)
        report_fail(e, "%s: no figure %.64s-%s: %s", of->path, of->m->result->suite, kind->name, kind->missing);
    return bad ? -1 : drawn ? 0 : 1;
}
