/* figure_stack.c: the layout of stacked bars; figure_stack.h says why. */
#include "reports/figure/figure_stack.h"
#include "common/memory.h"
#include "common/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MOST 0.45 /* of the panel's width: longer words behind a bar are cut */

static double pad(const struct stack *s)
{
    return STACK_PAD * figure_zoom(s->f);
}

static double row_most(const struct stack *s, size_t row)
{
    double most = 0;
    for (unsigned column = 0; column < s->m->columns; column++)
        most = fmax(most, s->shape->length(s, row, column));
    return most;
}

struct stack_piece *stack_add(struct stack *s, struct stack_bar *bar, unsigned look, const char *name, double value,
                              double length)
{
    const bool is_first = !bar->pieces++;
    s->piece = memory_grown(s->piece, (s->pieces + 1) * sizeof(*s->piece));
    struct stack_piece *p = &s->piece[s->pieces++];
    const double at = is_first ? 0 : p[-1].to;
    *p = (struct stack_piece){
        .bar = bar, .look = look, .name = name, .value = value, .from = at, .to = at + length, .text = ""};
    return p;
}

static void add_bars(struct stack *s)
{
    const struct model *m = s->m;
    bool small = false, large = false;
    for (size_t row = 0; row < m->rows; row++) {
        double most = row_most(s, row);
        small = small || (most > 0 && most <= STACK_SMALL);
        large = large || most > STACK_SMALL;
    }
    s->panels = s->shape->panels && small && large ? 2 : 1;
    for (size_t row = 0; row < m->rows; row++)
        for (unsigned column = 0; column < m->columns && !s->shape->is_left_out(s, row); column++)
            s->bar[s->bars++] = (struct stack_bar){.row = row,
                                                   .column = column,
                                                   .panel = s->panels == 2 && row_most(s, row) > STACK_SMALL,
                                                   .total = s->shape->length(s, row, column)};
}

/* From the top of its panel downwards. */
static void place_bars(struct stack *s)
{
    for (unsigned panel = 0; panel < s->panels; panel++)
        s->panel[panel].bars = 0;
    for (size_t i = 0; i < s->bars; i++) {
        struct stack_bar *b = &s->bar[i];
        double *at = &s->panel[b->panel].bars;
        if (b->column == 0)
            *at += STACK_GAP / 2 + (figure_narrow(s->f) ? STACK_NAME : 0);
        b->place = *at + 0.5;
        *at += 1 + (b->lines ? STACK_LINE * b->lines + STACK_BELOW : 0) +
               (b->column + 1 == s->m->columns ? STACK_GAP / 2 : 0);
    }
}

static void measure_names(struct stack *s)
{
    double names = 0;
    char label[FIGURE_LABEL];
    for (size_t i = 0; i < s->bars; i++) {
        figure_column_label(s->m, s->bar[i].column, label);
        names = fmax(names, figure_width_of(s->f, s->m->row[s->bar[i].row].label, FIGURE_NAMES));
        s->column_width = fmax(s->column_width, figure_width_of(s->f, label, FIGURE_SMALL));
    }
    if (s->f->shared) {
        names = figure_share(&s->f->shared->names, s->f->shared->known, names);
        s->column_width = figure_share(&s->f->shared->columns, s->f->shared->known, s->column_width);
    }
    s->left = FIGURE_MARGIN + (figure_narrow(s->f) ? 0 : names + 2 * pad(s)) + pad(s) + s->column_width;
    s->right = s->f->style->width - FIGURE_MARGIN - 8;
}

/* The words behind a bar: its total, and the kinds that found no room inside of it. */
static void write_end(struct stack *s, struct stack_bar *bar)
{
    double room = WORDS_MOST * (s->right - s->left);
    unsigned left_out = 0, said = 0;
    if (!s->shape->end(s, bar, bar->text, sizeof(bar->text)) || s->shape->below)
        return;
    for (size_t i = 0; i < s->pieces; i++) {
        const struct stack_piece *p = &s->piece[i];
        if (p->bar != bar || p->inside)
            continue;
        size_t used = strlen(bar->text);
        const char *text = bar->pieces == 1 ? p->name : p->text;
        if (left_out ||
            figure_width_of(s->f, bar->text, FIGURE_SMALL) + figure_width_of(s->f, text, FIGURE_SMALL) + 40 > room) {
            left_out++;
            continue;
        }
        snprintf(bar->text + used, sizeof(bar->text) - used, "%s%s", said++ ? ", " : ": ", text);
    }
    size_t used = strlen(bar->text);
    if (left_out)
        snprintf(bar->text + used, sizeof(bar->text) - used, "%s%u %s", said ? ", " : ": ", left_out,
                 said            ? "more"
                 : left_out == 1 ? s->shape->piece
                                 : s->shape->pieces);
}

static enum stack_fits fits(const struct stack *s, const struct stack_piece *p, double room)
{
    if (figure_width_of(s->f, p->text, FIGURE_SMALL) + 2 * pad(s) <= room)
        return STACK_INSIDE;
    if (!s->shape->below)
        return STACK_OUTSIDE;
    if (figure_width_of(s->f, p->name, FIGURE_SMALL) + 2 * pad(s) <= room)
        return STACK_NAME_ALONE;
    const bool has_letter = p->look != s->shape->unnamed && figure_width_of(s->f, "m", FIGURE_SMALL) <= room;
    return has_letter ? STACK_LETTER : STACK_OUTSIDE;
}

static void fit_words(struct stack *s, unsigned panel, double scale)
{
    for (size_t i = 0; i < s->pieces; i++)
        if (s->piece[i].bar->panel == panel)
            s->piece[i].inside = fits(s, &s->piece[i], (s->piece[i].to - s->piece[i].from) * scale);
    for (size_t i = 0; i < s->bars; i++)
        if (s->bar[i].panel == panel)
            write_end(s, &s->bar[i]);
}

/* The largest scale at which every bar's end leaves room for its words. */
static void choose_scale(struct stack *s, unsigned panel)
{
    double width = s->right - s->left, most = 0, scale;
    for (size_t i = 0; i < s->bars; i++)
        if (s->bar[i].panel == panel)
            most = fmax(most, s->bar[i].total);
    scale = most > 0 ? width / most : width;
    struct figure_shared *shared = s->f->shared;
    const bool is_large = most > STACK_SMALL;
    if (shared && shared->known)
        scale = fmin(scale, shared->scale[is_large]);
    for (int round = 0; round < 60; round++) {
        double fitting = scale;
        fit_words(s, panel, scale);
        for (size_t i = 0; i < s->bars; i++) {
            const struct stack_bar *b = &s->bar[i];
            double words = figure_width_of(s->f, b->text, FIGURE_SMALL) + 2 * pad(s);
            if (b->panel == panel && b->total > 0)
                fitting = fmin(fitting, (width - words) / b->total);
        }
        if (fitting >= scale)
            break;
        /* Smaller pieces may push words out, so this is done until nothing changes. */
        scale = fitting;
    }
    if (shared && !shared->known) {
        shared->scale[is_large] = scale;
        shared->scale[!is_large] = shared->scale[!is_large] > 0 ? shared->scale[!is_large] : scale;
    }
    s->panel[panel].scale = scale;
    s->panel[panel].range = width / scale;
}

/* Adds a name to the last line, or to a new one; false: there is no room for it. */
static bool add_name(const struct stack *s, struct stack_bar *bar, const char *name)
{
    const double room = s->f->style->width - FIGURE_MARGIN - s->left - pad(s);
    char longer[sizeof(bar->line[0])];
    if (bar->lines) {
        char *last = bar->line[bar->lines - 1];
        text_format(longer, sizeof(longer), "%s, %s", last, name);
        if (figure_width_of(s->f, longer, FIGURE_SMALL) <= room) {
            memcpy(last, longer, sizeof(longer));
            return true;
        }
    }
    if (bar->lines == STACK_LINES || figure_width_of(s->f, name, FIGURE_SMALL) > room)
        return false;
    text_format(bar->line[bar->lines++], sizeof(longer), "%s", name);
    return true;
}

/* The largest first would be another order than that of the pieces: so it is from the axis outwards. */
static void write_lines(struct stack *s)
{
    char letter = 'a', name[120];
    for (size_t i = 0; i < s->pieces; i++) {
        struct stack_piece *p = &s->piece[i];
        if (i && p->bar != p[-1].bar)
            letter = 'a';
        if (p->inside == STACK_INSIDE || p->inside == STACK_NAME_ALONE || p->look == s->shape->unnamed)
            continue;
        text_format(name, sizeof(name), "%c %s", letter, p->text);
        if (add_name(s, &s->bar[p->bar - s->bar], name))
            p->letter[0] = letter++;
        else
            p->inside = STACK_OUTSIDE;
    }
}

void stack_lay_out(struct stack *s, const struct figure *f, const struct stack_shape *shape)
{
    const struct model *m = f->m;
    *s = (struct stack){.f = f, .m = m, .shape = shape};
    s->bar = memory_zeroed(m->rows * m->columns + 1, sizeof(*s->bar));
    add_bars(s);
    measure_names(s);
    for (size_t i = 0; i < s->bars; i++)
        shape->fill(s, &s->bar[i]);
    for (unsigned panel = 0; panel < s->panels; panel++)
        choose_scale(s, panel);
    if (shape->below)
        write_lines(s);
    place_bars(s);
}

void stack_free(struct stack *s)
{
    free(s->bar);
    free(s->piece);
    *s = (struct stack){0};
}
