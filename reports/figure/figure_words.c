/* figure_words.c: what stands in figures: names, the width of words, the columns' looks. */
#include "reports/figure/figure.h"
#include "common/text.h"
#include "reports/common/number.h"
#include "reports/print/report_cell.h"

#include <math.h>
#include <string.h>

#define DEFAULT_SIZE 8.0 /* points */
#define OTHER_FONT   1.12
#define NARROW       340.0 /* points at the default size */

double figure_font_size(const struct figure *f, enum figure_words words)
{
    static const double share[] = {[FIGURE_NAMES] = 1, [FIGURE_SMALL] = 0.8125, [FIGURE_KEY] = 0.9375};
    return f->style->size * share[words];
}

double figure_zoom(const struct figure *f)
{
    return f->style->size / DEFAULT_SIZE;
}

bool figure_narrow(const struct figure *f)
{
    return f->style->width < NARROW * figure_zoom(f);
}

double figure_text_width(const char *text, double size)
{
    /* Advance widths of DejaVu Sans for ' ' to '~', in thousandths of its size. */
    static const short advance[] = {318,  401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
                                    636,  636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
                                    1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
                                    603,  787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
                                    500,  613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
                                    635,  635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838};
    double width = 0;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= ' ' && c <= '~')
            width += advance[c - ' '];
        else if ((c & 0xc0) != 0x80)
            width += 1000; /* wider than any letter that is used here */
    }
    return width * size / 1000;
}

double figure_width_of(const struct figure *f, const char *text, enum figure_words words)
{
    /* Few fonts are wider than the one that is known here, and hardly more than this. */
    const double other = strcmp(f->style->font, FIGURE_FONT) == 0 ? 1 : OTHER_FONT;
    return figure_text_width(text, figure_font_size(f, words)) * other;
}

static bool all_alike(const struct model *m, const char *(*part)(const struct model_column *))
{
    for (unsigned i = 1; i < m->columns; i++)
        if (strcmp(part(&m->column[0]), part(&m->column[i])) != 0)
            return false;
    return true;
}

static const char *hypervisor_of(const struct model_column *c)
{
    return c->hypervisor;
}

static const char *machine_of(const struct model_column *c)
{
    return c->machine;
}

void figure_column_label(const struct model *m, unsigned column, char into[FIGURE_LABEL])
{
    const struct model_column *c = &m->column[column];
    char mode[MODEL_MODE];
    model_mode(m, column, mode);
    bool one = all_alike(m, hypervisor_of), same = all_alike(m, machine_of);
    snprintf(into, FIGURE_LABEL, "%.16s%s%.20s%s%.12s", one ? "" : c->hypervisor, one ? "" : " ", mode, same ? "" : " ",
             same ? "" : c->machine);
}

void figure_source(const struct model *m, char *into, size_t size)
{
    size_t used = 0;
    into[0] = 0;
    for (unsigned g = 0; g < m->groups && used + 1 < size; g++) {
        const struct result_run *run = m->column[m->group[g].first].run;
        text_format(into + used, size - used, "%s%.40s%s%.40s, %.40s", g ? "; " : "", run->hypervisor,
                    *run->version ? " " : "", run->version, run->machine);
        used = strlen(into);
    }
}

void figure_value_text(const struct model *m, size_t row, unsigned column, char *into, size_t size)
{
    const struct model_cell *cell = model_at(m, row, column);
    char number[NUMBER_SIZE];
    bool bad;
    const char *absence = cell_absence(cell, &bad);
    if (!absence)
        number_cost(number, cell->cost, m->column[column].exact);
    snprintf(into, size, "%.24s", absence ? absence : number);
}

/* By mode, and where its devices are emulated ones: of an area, and of a line, for which a light colour is too pale. A
 * mode that is none of these is grey. */
static const struct {
    const char *mode;
    unsigned area, line;
} colours[] = {{"pv", 0x0b3c6f, 0x0b3c6f},
               {"hvm", 0xf4b95a, 0xc97a10},
               {"pvh", 0x4f9a8a, 0x4f9a8a},
               {"hvm+emulated", 0xa63d2f, 0xa63d2f},
               {NULL, 0x606060, 0x606060}};
#define PALEST_AREA 0.6 /* of the way to white: a texture is seen in it yet */
#define PALEST_LINE 0.45
#define CHANNELS    3

/* By hypervisor, in the order of the result. */
static const char *const textures[] = {"solid 1", "pattern 4", "pattern 5", "pattern 2", "pattern 1", "pattern 6"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool has_part(const char *mode, const char *part)
{
    const size_t length = strlen(part);
    for (const char *at = strchr(mode, '+'); at; at = strchr(at + 1, '+'))
        if (strncmp(at + 1, part, length) == 0 && (at[1 + length] == '+' || at[1 + length] == 0))
            return true;
    return false;
}

/* Its place among the colours: "pv+linux+4vcpus" has that of "pv". */
static size_t colour_at(const struct model *m, unsigned column)
{
    const char *mode = m->column[column].mode;
    char base[32];
    size_t i = 0;
    snprintf(base, sizeof(base), "%.*s%s", (int)fmin((double)strcspn(mode, "+"), 16), mode,
             has_part(mode, "emulated") ? "+emulated" : "");
    while (colours[i].mode && strcmp(colours[i].mode, base) != 0)
        i++;
    return i;
}

static bool first_with_mode(const struct model *m, unsigned column)
{
    for (unsigned i = 0; i < column; i++)
        if (strcmp(m->column[i].mode, m->column[column].mode) == 0)
            return false;
    return true;
}

/* Where a column's setting stands among those of one colour, from 0, the darkest, to 1. */
static double shade_of(const struct model *m, unsigned column)
{
    unsigned settings = 0, place = 0;
    for (unsigned i = 0; i < m->columns; i++) {
        if (colour_at(m, i) != colour_at(m, column) || !first_with_mode(m, i))
            continue;
        if (strcmp(m->column[i].mode, m->column[column].mode) == 0)
            place = settings;
        settings++;
    }
    return settings > 1 ? (double)place / (settings - 1) : 0;
}

/* `colour`, so far on its way to white. */
static void write_colour(unsigned colour, double way, char into[FIGURE_COLOUR])
{
    unsigned mixed = 0;
    for (unsigned i = 0; i < CHANNELS; i++) {
        unsigned part = colour >> 8 * i & 0xff;
        mixed |= (unsigned)(part + (0xff - part) * way + 0.5) << 8 * i;
    }
    snprintf(into, FIGURE_COLOUR, "#%06x", mixed & 0xffffff);
}

void figure_colour(const struct model *m, unsigned column, char into[FIGURE_COLOUR])
{
    write_colour(colours[colour_at(m, column)].area, PALEST_AREA * shade_of(m, column), into);
}

void figure_line_colour(const struct model *m, unsigned column, char into[FIGURE_COLOUR])
{
    write_colour(colours[colour_at(m, column)].line, PALEST_LINE * shade_of(m, column), into);
}

static unsigned hypervisor_at(const struct model *m, unsigned column)
{
    for (unsigned g = 0; g < m->groups; g++)
        if (column < m->group[g].first + m->group[g].count)
            return g;
    return 0;
}

const char *figure_fill(const struct model *m, unsigned column)
{
    return textures[hypervisor_at(m, column) % COUNT(textures)];
}

unsigned figure_dash(const struct model *m, unsigned column)
{
    return hypervisor_at(m, column) % 5 + 1;
}

double figure_share(double *shared, bool known, double value)
{
    *shared = known ? *shared : value;
    return *shared;
}

void figure_columns(const struct model *m, struct figure_columns *into)
{
    const char *unit;
    bool one = model_one_unit(m, &unit);
    for (unsigned c = 0; c < m->columns; c++) {
        figure_column_label(m, c, into->label[c]);
        size_t used = strlen(into->label[c]);
        if (!one)
            snprintf(into->label[c] + used, sizeof(into->label[c]) - used, ": %.30s", m->column[c].unit);
        figure_colour(m, c, into->colour[c]);
        into->key[c] = (struct figure_key){into->label[c], into->colour[c], figure_fill(m, c), 0};
    }
}
