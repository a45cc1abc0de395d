/* explain_pictures.c: see explain_pictures.h. */
#include "reports/explain/explain_pictures.h"
#include "common/text.h"
#include "reports/html/html.h"

#include <string.h>

struct pictures {
    const struct explanation *x;
    const struct explain_picture *p;
    const char *class;
    struct flame_page page;
    double narrow;
    FILE *out;
    /* Of one workload: */
    const char *label;
    const struct explain_bench *first;
    unsigned told;
};

static void count(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                  void *with)
{
    struct pictures *all = with;
    struct flame f = {.frame = NULL};
    if (all->p->make(run, b, c, all->p->with, &f)) {
        flame_sum(&f);
        flame_page_count(&all->page, &f);
    }
    flame_free(&f);
}

static void find_first(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                       void *with)
{
    struct pictures *all = with;
    (void)run;
    (void)c;
    if (!all->first && strcmp(b->label, all->label) == 0)
        all->first = b;
}

static void tell(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                 void *with)
{
    struct pictures *all = with;
    char words[160];
    if (strcmp(b->label, all->label) != 0)
        return;
    all->p->in_short(run, b, c, all->p->with, words, sizeof(words));
    html_format(all->out, "%s%.80s %s", all->told++ ? "; " : "", run->setting, words);
}

static void draw(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                 void *with)
{
    struct pictures *all = with;
    struct flame f = {.frame = NULL};
    char words[160], label[320];
    if (strcmp(b->label, all->label) != 0)
        return;
    all->p->in_short(run, b, c, all->p->with, words, sizeof(words));
    fputs("<h3>", all->out);
    html_format(all->out, "%.80s: %s%s", run->setting, words, c->cold ? ", the first operation" : "");
    fputs("</h3>\n", all->out);
    if (all->p->make(run, b, c, all->p->with, &f)) {
        flame_sum(&f);
        text_format(label, sizeof(label), "%s of %s on %.80s", all->p->what, b->label, run->setting);
        flame_draw(&f, all->narrow, label, all->out);
    }
    flame_free(&f);
}

static void workload(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                     void *with)
{
    struct pictures *all = with;
    (void)run;
    all->label = b->label;
    all->first = NULL;
    all->told = 0;
    explain_each(all->x, c, find_first, all);
    if (all->first != b)
        return;
    fprintf(all->out, "<details class=\"%s flames\" ", all->class);
    html_id("id=\"f-", b->label, all->out);
    fputs("\">\n<summary>", all->out);
    html_text(b->label, all->out);
    fputs("<small>", all->out);
    explain_each(all->x, c, tell, all);
    fputs("</small></summary>\n", all->out);
    explain_each(all->x, c, draw, all);
    fputs("</details>\n", all->out);
}

void explain_pictures(const struct explanation *x, const struct explain_choice *c, const struct explain_picture *p,
                      const char *class, FILE *out)
{
    struct pictures all = {.x = x, .p = p, .class = class, .out = out};
    explain_each(x, c, count, &all);
    all.narrow = flame_page_narrow(&all.page);
    fprintf(out,
            "<p>Frames narrower than %.2g %% of their picture are left out, with what they "
            "called.</p>\n<div class=\"tools\" data-fold=\"details.flames\"></div>\n",
            100 * all.narrow);
    explain_each(x, c, workload, &all);
}

void explain_pictures_how(FILE *out)
{
    fputs("<p class=\"flames-note\">Callers stand above what they called. A click, or Enter, shows a frame by itself, "
          "and once "
          "more shows all again, as does Escape; the arrow keys go from frame to frame.</p>\n",
          out);
}
