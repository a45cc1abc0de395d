/* figure_page.c: what all figures share: the width of words, the frame of a script, the foot. */
#include "reports/figure/figure.h"
#include "reports/common/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define FOOT_MARGIN 6.0 /* points; all of these */
#define LEGEND_DOWN 11.0
#define LEGEND_BOX  16.0
#define LEGEND_HIGH 7.5
#define LEGEND_PAD  4.0
#define LEGEND_GAP  14.0
#define LABELS_KEY  ((size_t)100) /* numbers of the legend's labels; those of the foot are below */

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
    char mode[16];
    size_t n = 0;
    for (; c->mode[n] && n + 1 < sizeof(mode); n++)
        mode[n] = (char)toupper((unsigned char)c->mode[n]);
    mode[n] = 0;
    bool one = all_alike(m, hypervisor_of), same = all_alike(m, machine_of);
    snprintf(into, FIGURE_LABEL, "%.16s%s%s%s%.12s", one ? "" : c->hypervisor, one ? "" : " ", mode, same ? "" : " ",
             same ? "" : c->machine);
}

void figure_source(const struct model *m, char *into, size_t size)
{
    size_t used = 0;
    into[0] = 0;
    for (unsigned g = 0; g < m->groups && used + 1 < size; g++) {
        const struct result_run *run = m->column[m->group[g].first].run;
        snprintf(into + used, size - used, "%s%.40s%s%.40s, %.40s", g ? "; " : "", run->hypervisor,
                 *run->version ? " " : "", run->version, run->machine);
        used = strlen(into);
    }
}

/* In a script's single quotes nothing has a meaning but the quote itself. */
static void quote(const char *text, FILE *out)
{
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'')
            fputc('\'', out);
        fputc(*text, out);
    }
    fputc('\'', out);
}

void figure_script_begin(const struct figure_page *page, const char *what, FILE *script)
{
    fprintf(script,
            "# %s.gp: %s\n"
            "# Made by pvbench figure. To draw it again: gnuplot %s.gp\n"
            "# Places on the page are in points. The pictures are made for a width of 6.5 inches (165 mm).\n"
            "name = '%s'\n"
            "data = name.'.dat'\n"
            "width = %d\n"
            "height = %.0f\n"
            "formats = '%s%s%s'\n\n",
            page->name, what, page->name, page->name, FIGURE_WIDTH, page->height,
            page->formats & FIGURE_SVG ? "svg " : "", page->formats & FIGURE_PDF ? "pdf " : "",
            page->formats & FIGURE_PNG ? "png" : "");
    fprintf(script,
            "set encoding utf8\n"
            "set datafile separator \"\\t\"\n\n"
            "do for [format in formats] {\n"
            "if (format eq 'svg') {\n"
            "    # 96 pixels an inch\n"
            "    set terminal svg noenhanced font 'DejaVu Sans,%g' fontscale 4/3.0 size width*4/3.0,height*4/3.0 "
            "background '#ffffff'\n"
            "}\n"
            "if (format eq 'pdf') {\n"
            "    set terminal pdfcairo noenhanced font 'DejaVu Sans,%g' fontscale 0.75 size width/72.0,height/72.0\n"
            "}\n"
            "if (format eq 'png') {\n"
            "    # 200 pixels an inch; the cairo terminals take a point for 1/72 of 96 pixels\n"
            "    set terminal pngcairo noenhanced font 'DejaVu Sans,%g' fontscale 200/96.0 linewidth 2 "
            "size width*200/72,height*200/72\n"
            "}\n"
            "set output name.'.'.format\n",
            FIGURE_FONT, FIGURE_FONT, FIGURE_FONT);
}

void figure_script_end(FILE *script)
{
    fputs("unset output\n"
          "}\n",
          script);
}

void figure_legend(const struct figure_key *keys, size_t count, double height, FILE *script)
{
    double total = 0, at, y = height - LEGEND_DOWN;
    for (size_t i = 0; i < count; i++)
        total += LEGEND_BOX + LEGEND_PAD + figure_text_width(keys[i].text, FIGURE_KEY) + (i ? LEGEND_GAP : 0);
    at = total < FIGURE_WIDTH ? (FIGURE_WIDTH - total) / 2 : 0;
    for (size_t i = 0; i < count; i++) {
        fprintf(script,
                "set object %zu rectangle from screen %.5f,%.5f to screen %.5f,%.5f fillcolor rgb '%s' "
                "fillstyle %s border lc rgb '#000000' lw 0.5\n",
                i + 1, at / FIGURE_WIDTH, (y - LEGEND_HIGH / 2) / height, (at + LEGEND_BOX) / FIGURE_WIDTH,
                (y + LEGEND_HIGH / 2) / height, keys[i].colour, keys[i].fill);
        fprintf(script, "set label %zu ", LABELS_KEY + i);
        quote(keys[i].text, script);
        fprintf(script, " at screen %.5f,%.5f left font 'DejaVu Sans,%g'\n",
                (at + LEGEND_BOX + LEGEND_PAD) / FIGURE_WIDTH, y / height, FIGURE_KEY);
        at += LEGEND_BOX + LEGEND_PAD + figure_text_width(keys[i].text, FIGURE_KEY) + LEGEND_GAP;
    }
}

unsigned figure_foot(const char *text, double height, FILE *script)
{
    char *line[64] = {NULL};
    unsigned lines = 0;
    const double room = FIGURE_WIDTH - 2 * FOOT_MARGIN;
    char *copy = strdup(text), *save = NULL;
    if (!copy)
        return 0;
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        char *longer = NULL;
        if (lines && asprintf(&longer, "%s %s", line[lines - 1], word) >= 0 &&
            figure_text_width(longer, FIGURE_SMALL) <= room) {
            free(line[lines - 1]);
            line[lines - 1] = longer;
            continue;
        }
        if (lines)
            free(longer);
        if (lines == sizeof(line) / sizeof(line[0]))
            break;
        line[lines++] = strdup(word);
    }
    for (unsigned i = 0; i < lines; i++) {
        if (script) {
            fprintf(script, "set label %u ", i + 1);
            quote(line[i] ? line[i] : "", script);
            fprintf(script, " at screen %.5f,%.5f left font 'DejaVu Sans,%g' textcolor rgb '#404040'\n",
                    FOOT_MARGIN / FIGURE_WIDTH, (FOOT_MARGIN + FIGURE_FOOT_LINE * (lines - 1 - i) + 3) / height,
                    FIGURE_SMALL);
        }
        free(line[i]);
    }
    free(copy);
    return lines;
}

void figure_data_begin(const struct model *m, const char *name, const char *what, FILE *data)
{
    char source[256];
    figure_source(m, source, sizeof(source));
    fprintf(data,
            "# %s.dat: %s\n"
            "# Source: suite %s on %s. Fields are separated by tabs, blocks by two empty lines.\n",
            name, what, m->result->suite, source);
}
