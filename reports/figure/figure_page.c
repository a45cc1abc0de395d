/* figure_page.c: what all figures share: the frame of a script, words and boxes on the page, the legend, the foot. */
#include "reports/figure/figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEGEND_LINE 12.0 /* points at the default size; all of these */
#define LEGEND_BOX  16.0
#define LEGEND_HIGH 7.5
#define LEGEND_PAD  4.0
#define LEGEND_GAP  14.0
#define FOOT_LINE   9.0
#define FOOT_LINES  64
#define AXIS_DOWN   19.0 /* from an axis to its label */

static const char *const names[] = {[FIGURE_NAMES] = "names", [FIGURE_SMALL] = "small", [FIGURE_KEY] = "keys"};

/*
 * In a script's single quotes nothing has a meaning but the quote itself; braces are
 * kept from them because gnuplot counts them around the loop that the script is.
 */
static void quote(const char *text, FILE *out)
{
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'')
            fputc('\'', out);
        fputc(*text == '{' ? '(' : *text == '}' ? ')' : *text, out);
    }
    fputc('\'', out);
}

void figure_text(const struct figure *f, const char *text, enum figure_words words)
{
    fprintf(f->script, "%s(", names[words]);
    quote(text, f->script);
    fputc(')', f->script);
}

static void write_fonts(const struct figure *f)
{
    fputs("# LaTeX sets the words of cairolatex: what commands it is taken out of them, and each has its size.\n"
          "sub(s, a, b) = strstrt(s, a) > 0 ? s[1:strstrt(s, a)-1].b.sub(s[strstrt(s, a)+strlen(a):*], a, b) : s\n"
          "marks(s) = sub(sub(sub(sub(s, '<', '\\textless{}'), '>', '\\textgreater{}'), '|', '\\textbar{}'), "
          "'×', '$\\times$')\n"
          "signs(s) = sub(sub(sub(sub(sub(s, '_', '\\_'), '%', '\\%'), '#', '\\#'), '&', '\\&'), '$', '\\$')\n"
          "accents(s) = sub(sub(s, '^', '\\textasciicircum{}'), '~', '\\textasciitilde{}')\n"
          "braces(s) = sub(sub(sub(s, \"\\\\\", \"\\001\"), '{', '\\{'), '}', '\\}')\n"
          "# gnuplot reads the backslashes of labels that come from the data once more.\n"
          "twice(s) = sub(s, \"\\\\\", \"\\\\\\\\\")\n"
          "plain(s) = sub(marks(accents(signs(braces(s)))), \"\\001\", '\\textbackslash{}')\n",
          f->script);
    for (int i = FIGURE_NAMES; i <= FIGURE_KEY; i++) {
        double size = figure_font_size(f, (enum figure_words)i);
        fprintf(f->script, "%s(s) = latex ? '\\fontsize{%g}{%g}\\selectfont '.plain(s) : s\n", names[i], size,
                size * 1.2);
    }
}

static void write_terminals(const struct figure *f)
{
    double size = f->style->size;
    fprintf(f->script,
            "if (format eq 'svg') {\n"
            "    # 96 pixels an inch\n"
            "    set terminal svg noenhanced font font.',%g' fontscale 4/3.0 size width*4/3.0,height*4/3.0 "
            "background '#ffffff'\n"
            "    set output name.'.svg'\n"
            "}\n"
            "if (format eq 'pdf') {\n"
            "    set terminal pdfcairo noenhanced font font.',%g' fontscale 0.75 size width/72.0,height/72.0\n"
            "    set output name.'.pdf'\n"
            "}\n"
            "if (format eq 'png') {\n"
            "    # 200 pixels an inch; the cairo terminals take a point for 1/72 of 96 pixels\n"
            "    set terminal pngcairo noenhanced font font.',%g' fontscale 200/96.0 linewidth 2 "
            "size width*200/72,height*200/72\n"
            "    set output name.'.png'\n"
            "}\n",
            size, size, size);
    fputs("if (format eq 'cairolatex') {\n"
          "    set terminal cairolatex pdf input colortext size width/72.0,height/72.0\n"
          "    set output name.'-cairolatex.tex'\n"
          "}\n",
          f->script);
    fprintf(f->script, "tics = latex ? '\\fontsize{%g}{%g}\\selectfont ' : ''\n", size, size * 1.2);
    for (int i = FIGURE_NAMES; i <= FIGURE_KEY; i++)
        fprintf(f->script, "%s_font = latex ? '' : font.',%g'\n", names[i], figure_font_size(f, (enum figure_words)i));
}

void figure_begin(struct figure *f, const char *what)
{
    const unsigned formats = f->style->formats;
    char source[256];
    figure_source(f->m, source, sizeof(source));
    fprintf(f->data,
            "# %s.dat: %s\n"
            "# Source: suite %s on %s. Fields are separated by tabs, blocks by two empty lines.\n",
            f->name, what, f->m->result->suite, source);
    fprintf(f->script,
            "# %s.gp: %s\n"
            "# Made by pvbench figure. To draw it again: gnuplot %s.gp\n"
            "# Places on the page are in points: the figure is %.4g inches (%.0f mm) wide.\n"
            "# A PDF holds its date in local time; in UTC it always has the same length.\n"
            "if (system('date +%%z') ne '+0000') { system('TZ=UTC0 gnuplot \"'.ARG0.'\"'); exit }\n"
            "name = '%s'\n"
            "data = name.'.dat'\n"
            "width = %g\n"
            "height = %.0f\n"
            "font = ",
            f->name, what, f->name, f->style->width / 72, f->style->width * 25.4 / 72, f->name, f->style->width,
            f->height);
    quote(f->style->font, f->script);
    fprintf(f->script, "\nformats = '%s%s%s%s'\n\n", formats & FIGURE_SVG ? "svg " : "",
            formats & FIGURE_PDF ? "pdf " : "", formats & FIGURE_PNG ? "png " : "",
            formats & FIGURE_CAIROLATEX ? "cairolatex " : "");
    write_fonts(f);
    fputs("\nset encoding utf8\n"
          "set datafile separator \"\\t\"\n"
          "do for [format in formats] {\n"
          "latex = format eq 'cairolatex'\n",
          f->script);
    write_terminals(f);
    fputs("set xtics font names_font\nset ytics font names_font\nunset key\n", f->script);
}

void figure_end(struct figure *f)
{
    fputs("unset output\n"
          "# The date is taken out of the PDF: the same data make the same file.\n"
          "pdf = format eq 'pdf' ? name.'.pdf' : format eq 'cairolatex' ? name.'-cairolatex.pdf' : ''\n"
          "if (strlen(pdf)) { "
          "system('LC_ALL=C sed -i \"s|CreationDate (D:[0-9]*|CreationDate (D:19700101000000|\" '.pdf) }\n"
          "}\n",
          f->script);
}

void figure_label(struct figure *f, const char *text, enum figure_words words, double x, double y, const char *align,
                  const char *colour)
{
    fprintf(f->script, "set label %u ", ++f->labels);
    figure_text(f, text, words);
    fprintf(f->script, " at screen %.5f,%.5f %s font %s_font textcolor rgb '%s'\n", x / f->style->width, y / f->height,
            align, names[words], colour);
}

void figure_box(struct figure *f, double left, double bottom, double right, double top, const char *colour,
                const char *fill)
{
    const double width = f->style->width;
    fprintf(f->script,
            "set object %u rectangle from screen %.5f,%.5f to screen %.5f,%.5f fillcolor rgb '%s' "
            "fillstyle %s border lc rgb '#000000' lw 0.5\n",
            ++f->objects, left / width, bottom / f->height, right / width, top / f->height, colour, fill);
}

void figure_axis_label(struct figure *f, const char *text, double middle, double bottom)
{
    const double room = f->style->width - 2 * FIGURE_MARGIN;
    const enum figure_words words = figure_width_of(f, text, FIGURE_NAMES) <= room ? FIGURE_NAMES : FIGURE_SMALL;
    const double half = figure_width_of(f, text, words) / 2;
    middle = fmin(fmax(middle, FIGURE_MARGIN + half), f->style->width - FIGURE_MARGIN - half);
    figure_label(f, text, words, middle, bottom - AXIS_DOWN * figure_zoom(f), "center", "#000000");
}

void figure_plot_area(const struct figure *f, double left, double bottom, double right, double top)
{
    fprintf(f->script,
            "set lmargin at screen %.5f\nset rmargin at screen %.5f\n"
            "set bmargin at screen %.5f\nset tmargin at screen %.5f\n",
            left / f->style->width, right / f->style->width, bottom / f->height, top / f->height);
}

void figure_cells(const struct figure *f, size_t columns, size_t rows, const char *border)
{
    fprintf(f->script,
            "unset xtics\nunset ytics\nset border 0\n"
            "set xrange [-0.5:%zu.5]\nset yrange [%zu.5:-0.5]\n"
            "plot \\\n"
            "    data index 0 using 1:2:($1-0.48):($1+0.48):($2-0.46):($2+0.46):3 with boxxyerror "
            "fillstyle solid 1 border lc rgb '%s' lc rgb variable lw 0.3, \\\n"
            "    data index 0 using ($4 == 0 ? $1 : NaN):2:(twice(small(stringcolumn(5)))) with labels center "
            "font small_font textcolor rgb '#000000', \\\n"
            "    data index 0 using ($4 > 0 ? $1 : NaN):2:(twice(small(stringcolumn(5)))) with labels center "
            "font small_font textcolor rgb '#ffffff'\n",
            columns - 1, rows - 1, border);
}

static double key_width(const struct figure *f, const struct figure_key *key)
{
    return (LEGEND_BOX + LEGEND_PAD) * figure_zoom(f) + figure_width_of(f, key->text, FIGURE_KEY);
}

/* How many keys from the first on fit into one line, and how wide they are. */
static size_t legend_line(const struct figure *f, const struct figure_key *keys, size_t count, double *width)
{
    const double gap = LEGEND_GAP * figure_zoom(f), room = f->style->width - 2 * FIGURE_MARGIN;
    size_t n = 1;
    *width = key_width(f, &keys[0]);
    for (; n < count && *width + gap + key_width(f, &keys[n]) <= room; n++)
        *width += gap + key_width(f, &keys[n]);
    return n;
}

double figure_legend_height(const struct figure *f, const struct figure_key *keys, size_t count)
{
    double width, height = FIGURE_MARGIN * 2;
    for (size_t i = 0; i < count; i += legend_line(f, &keys[i], count - i, &width))
        height += LEGEND_LINE * figure_zoom(f);
    return height;
}

static void draw_line(struct figure *f, double from, double to, double y, const struct figure_key *key)
{
    fprintf(f->script, "set arrow %u from screen %.5f,%.5f to screen %.5f,%.5f nohead lc rgb '%s' dt %u lw 1.4\n",
            ++f->arrows, from / f->style->width, y / f->height, to / f->style->width, y / f->height, key->colour,
            key->dash);
}

void figure_legend(struct figure *f, const struct figure_key *keys, size_t count)
{
    const double zoom = figure_zoom(f), box = LEGEND_BOX * zoom, half = LEGEND_HIGH * zoom / 2;
    double y = f->height - FIGURE_MARGIN - LEGEND_LINE * zoom / 2, width;
    for (size_t i = 0, n; i < count; i += n, y -= LEGEND_LINE * zoom) {
        n = legend_line(f, &keys[i], count - i, &width);
        double at = (f->style->width - width) / 2;
        for (size_t k = i; k < i + n; k++) {
            if (keys[k].dash)
                draw_line(f, at, at + box, y, &keys[k]);
            else
                figure_box(f, at, y - half, at + box, y + half, keys[k].colour, keys[k].fill);
            figure_label(f, keys[k].text, FIGURE_KEY, at + box + LEGEND_PAD * zoom, y, "left", "#000000");
            at += key_width(f, &keys[k]) + LEGEND_GAP * zoom;
        }
    }
}

/* The lines are the caller's to free; what finds no room in FOOT_LINES is left out. */
static unsigned wrap(const struct figure *f, const char *text, char *line[FOOT_LINES])
{
    const double room = f->style->width - 2 * FIGURE_MARGIN;
    char *copy = strdup(text), *save = NULL;
    unsigned lines = 0;
    for (char *word = copy ? strtok_r(copy, " ", &save) : NULL; word; word = strtok_r(NULL, " ", &save)) {
        char *longer = NULL;
        if (lines && line[lines - 1] && asprintf(&longer, "%s %s", line[lines - 1], word) < 0)
            longer = NULL;
        if (longer && figure_width_of(f, longer, FIGURE_SMALL) <= room) {
            free(line[lines - 1]);
            line[lines - 1] = longer;
            continue;
        }
        free(longer);
        if (lines == FOOT_LINES)
            break;
        line[lines++] = strdup(word);
    }
    free(copy);
    return lines;
}

double figure_foot_height(const struct figure *f, const char *text)
{
    char *line[FOOT_LINES];
    unsigned lines = wrap(f, text, line);
    for (unsigned i = 0; i < lines; i++)
        free(line[i]);
    return FIGURE_MARGIN + lines * FOOT_LINE * figure_zoom(f);
}

void figure_foot(struct figure *f, const char *text)
{
    char *line[FOOT_LINES];
    unsigned lines = wrap(f, text, line);
    for (unsigned i = 0; i < lines; i++) {
        double y = FIGURE_MARGIN + (FOOT_LINE * (lines - 1 - i) + 3) * figure_zoom(f);
        figure_label(f, line[i] ? line[i] : "", FIGURE_SMALL, FIGURE_MARGIN, y, "left", "#404040");
        free(line[i]);
    }
}
