/*
 * html.h: pages that need nothing but themselves: no network, no framework,
 * and no script to be read. What the parts of a page have in common is here;
 * the report (html_report.h) and the history's page are made of it.
 *
 * All text goes through html_text(): what stands in a result may be hostile.
 * The page's own policy (CSP) would keep a slip from doing harm: nothing is
 * loaded, and no script runs but the page's, which is known by its hash.
 */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include "reports/common/table.h"

#include <stdio.h>

/* Escaped: for an element, and for an attribute in double quotes. */
void html_text(const char *text, FILE *out);

/* printf(), then escaped; longer texts than 2,000 bytes end in an ellipsis. */
void html_format(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A name for id= and href="#…": what is not a letter, a digit or one of _.- becomes _. */
void html_id(const char *prefix, const char *text, FILE *out);

/* Up to the beginning of <main>; `skip`: the id of what a keyboard's user wants first; `style`: what the page has
 * beside page.css, or "". */
void html_begin(const char *title, const char *skip, const char *style, FILE *out);
void html_end(FILE *out);

/*
 * A table that scrolls by itself where it is too wide, and whose columns the
 * reader may sort if `sortable`. The column `first` heads its row; with `link` it
 * leads to the element LINKtext. `notes`: the texts behind the marks.
 */
struct html_table {
    const char *caption, *link; /* link: NULL for none */
    const struct notes *notes;
    bool sortable, prose; /* prose: its cells are sentences, and wrap */
    unsigned first;       /* columns before it are left out */
};
void html_table(const struct table *t, const struct html_table *how, FILE *out);

/* The footnotes, folded away. */
void html_notes(const struct notes *notes, FILE *out);

/*
 * An SVG picture that gnuplot drew, made part of the page: its names get
 * `prefix`, so that two pictures do not mix them up, black is the page's ink,
 * and its size is the page's affair.
 */
void html_svg(const char *svg, const char *prefix, const char *label, FILE *out);

/* The page's style and script. */
extern const char html_css[], html_js[];

#endif
