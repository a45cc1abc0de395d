/* figure_stack.c: the layout of stacked bars; figure_stack.h says why. */
#include "reports/figure/figure_stack.h"
#include "reports/common/number.h"
#include "reports/print/report_cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MOST 0.45 /* of the panel's width: longer words behind a bar are cut */

bool stack_row_is_empty(const struct model *m, size_t row)
{
    for (unsigned column = 0; column < m->columns; column++) {
        const struct model_cell *cell = model_at(m, row, column);
        bool none = !cell->any || (!cell->boots && strcmp(cell->any->status, "not_applicable") == 0);
        if (!none && (!cell->has_entries || cell->entries > 0))
            return false;
    }
    return true;
}

static double pad(const struct stack *s)
{
    return STACK_PAD * figure_zoom(s->f);
}

static double row_most(const struct model *m, size_t row)
{
    double most = 0;
    for (unsigned column = 0; column < m->columns; column++)
        most = fmax(most, model_at(m, row, column)->entries);
    return most;
}

static int add_pieces(struct stack *s, const struct stack_bar *bar)
{
    /* From the axis outwards: what comes in first. */
    static const enum pvb_class order[PVB_CLASSES] = {PVB_CLASS_FORWARD, PVB_CLASS_HYPERCALL, PVB_CLASS_EMULATE,
                                                      PVB_CLASS_EXIT};
    const struct model_cell *cell = model_at(s->m, bar->row, bar->column);
    struct stack_piece *more = realloc(s->piece, (s->pieces + cell->kinds + 1) * sizeof(*more));
    double at = 0;
    if (!more)
        return -1;
    s->piece = more;
    for (int i = 0; i < PVB_CLASSES; i++)
        for (size_t j = 0; j < cell->kinds; j++) {
            const struct model_kind *k = &cell->kind[j];
            char number[NUMBER_SIZE];
            if (k->class != order[i] || k->per_operation <= 0)
                continue;
            struct stack_piece *p = &more[s->pieces++];
            *p = (struct stack_piece){.bar = bar, .kind = k, .from = at, .to = at + k->per_operation};
            number_entries(number, k->per_operation);
            if (k->per_operation == 1)
                snprintf(p->text, sizeof(p->text), "%s", k->name);
            else
                snprintf(p->text, sizeof(p->text), "%s ×%s", k->name, number);
            at = p->to;
        }
    return 0;
}

static void place_rows(struct stack *s)
{
    const struct model *m = s->m;
    bool small = false, large = false;
    for (size_t row = 0; row < m->rows; row++) {
        double most = row_most(m, row);
        small = small || (most > 0 && most <= STACK_SMALL);
        large = large || most > STACK_SMALL;
    }
    s->panels = small && large ? 2 : 1;
    for (size_t row = 0; row < m->rows; row++) {
        if (stack_row_is_empty(m, row))
            continue;
        unsigned panel = s->panels == 2 && row_most(m, row) > STACK_SMALL;
        s->panel[panel].bars += figure_narrow(s->f) ? STACK_NAME : 0;
        for (unsigned column = 0; column < m->columns; column++)
            s->bar[s->bars++] = (struct stack_bar){.row = row,
                                                   .column = column,
                                                   .panel = panel,
                                                   .total = model_at(m, row, column)->entries,
                                                   .place = s->panel[panel].bars + STACK_GAP / 2 + column + 0.5};
        s->panel[panel].bars += m->columns + STACK_GAP;
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
    s->left = FIGURE_MARGIN + (figure_narrow(s->f) ? 0 : names + 2 * pad(s)) + pad(s) + s->column_width;
    s->right = s->f->style->width - FIGURE_MARGIN - 8;
}

/* The words behind a bar: its total, and the kinds that found no room inside of it. */
static void write_end(struct stack *s, struct stack_bar *bar)
{
    const struct model_cell *cell = model_at(s->m, bar->row, bar->column);
    double room = WORDS_MOST * (s->right - s->left);
    char number[NUMBER_SIZE];
    unsigned left_out = 0, said = 0;
    bool bad;
    if (!cell->has_entries) {
        const char *absence = cell_absence(cell, &bad);
        snprintf(bar->text, sizeof(bar->text), "%.32s", cell->boots ? "not counted" : absence);
        return;
    }
    number_entries(number, cell->entries);
    snprintf(bar->text, sizeof(bar->text), "%s", number);
    for (size_t i = 0; i < s->pieces; i++) {
        const struct stack_piece *p = &s->piece[i];
        if (p->bar != bar || p->inside)
            continue;
        size_t used = strlen(bar->text);
        const char *text = cell->kinds == 1 ? p->kind->name : p->text;
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
                 : left_out == 1 ? "kind"
                                 : "kinds");
}

static void fit_words(struct stack *s, unsigned panel, double scale)
{
    for (size_t i = 0; i < s->pieces; i++)
        if (s->piece[i].bar->panel == panel)
            s->piece[i].inside = figure_width_of(s->f, s->piece[i].text, FIGURE_SMALL) + 2 * pad(s) <=
                                 (s->piece[i].to - s->piece[i].from) * scale;
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
    for (int round = 0; round < 60; round++) {
        double fits = scale;
        fit_words(s, panel, scale);
        for (size_t i = 0; i < s->bars; i++) {
            const struct stack_bar *b = &s->bar[i];
            double words = figure_width_of(s->f, b->text, FIGURE_SMALL) + 2 * pad(s);
            if (b->panel == panel && b->total > 0)
                fits = fmin(fits, (width - words) / b->total);
        }
        if (fits >= scale)
            break;
        /* Smaller pieces may push words out, so this is done until nothing changes. */
        scale = fits;
    }
    s->panel[panel].scale = scale;
    s->panel[panel].range = width / scale;
}

int stack_lay_out(struct stack *s, const struct figure *f)
{
    const struct model *m = f->m;
    *s = (struct stack){.f = f, .m = m};
    s->bar = calloc(m->rows * m->columns + 1, sizeof(*s->bar));
    if (!s->bar)
        return -1;
    place_rows(s);
    measure_names(s);
    for (size_t i = 0; i < s->bars; i++)
        if (add_pieces(s, &s->bar[i]))
            return -1;
    for (unsigned panel = 0; panel < s->panels; panel++)
        choose_scale(s, panel);
    return 0;
}

void stack_free(struct stack *s)
{
    free(s->bar);
    free(s->piece);
    *s = (struct stack){0};
}
