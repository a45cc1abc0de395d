/* flame.c: where each frame lies, and its SVG; flame.h says why. */
#include "reports/explain/flame.h"
#include "common/memory.h"
#include "reports/html/html.h"

#include <stdlib.h>

enum { ROW = 18, TEXT_BASE = 13 };

#define NARROWEST  0.001  /* of a picture: a pixel of a wide screen */
#define READABLE   0.012  /* of a picture: some letters have room */
#define FRAMES_MAX 10000u /* of a page: two megabytes, and drawn in a moment */

__asm__(".pushsection .rodata\n"
        ".global flame_css\n"
        "flame_css: .incbin \"reports/explain/flame.css\"\n"
        ".byte 0\n"
        ".popsection\n");

void flame_open(struct flame *f, size_t most)
{
    f->frame = memory_zeroed(most, sizeof(*f->frame));
    f->frames = 0;
    f->whole = 0;
}

void flame_add(struct flame *f, int parent, double self)
{
    f->frame[f->frames++] = (struct flame_frame){.parent = parent, .self = self};
}

void flame_sum(struct flame *f)
{
    f->whole = 0;
    for (size_t i = f->frames; i-- > 0;) {
        struct flame_frame *at = &f->frame[i];
        at->all += at->self;
        *(at->parent < 0 ? &f->whole : &f->frame[at->parent].all) += at->all;
    }
}

void flame_free(struct flame *f)
{
    free(f->frame);
    free(f->of);
    *f = (struct flame){0};
}

static double share_of(const struct flame *f, size_t frame)
{
    return f->whole > 0 ? f->frame[frame].all / f->whole : 0;
}

/* x and width in percent of the picture; its words are cut where the frame ends. */
static void draw_frame(const struct flame *f, size_t frame, double x, unsigned depth, FILE *out)
{
    const double share = share_of(f, frame);
    struct flame_words words = {.class = ""};
    f->describe(f, frame, &words);
    fprintf(out, "<svg class=\"fr %s\" x=\"%.3f%%\" y=\"%u\" width=\"%.3f%%\" height=\"%d\"><title>", words.class,
            100 * x, depth * ROW, 100 * share, ROW - 1);
    html_text(words.name, out);
    html_text(words.change, out);
    fputs(" (", out);
    html_text(words.owner, out);
    fputs("): ", out);
    html_text(words.numbers, out);
    fputs("</title><rect/>", out);
    if (share > READABLE) {
        fprintf(out, "<text x=\"3\" y=\"%d\">", TEXT_BASE);
        html_text(words.name, out);
        html_text(words.change, out);
        fputs("</text>", out);
    }
    fputs("</svg>", out);
}

struct place {
    double next; /* where the next frame below it begins */
    unsigned depth;
};

/* Frames side by side, in the order in which they were called first. How many lines they take. */
static unsigned draw_frames(const struct flame *f, double narrow, FILE *out)
{
    struct place *place = memory_zeroed(f->frames, sizeof(*place)), top = {0, 0};
    unsigned lines = 0;
    for (size_t i = 0; i < f->frames; i++) {
        const int parent = f->frame[i].parent;
        struct place *above = parent < 0 ? &top : &place[parent];
        place[i] = (struct place){above->next, above->depth + 1};
        if (share_of(f, i) >= narrow) {
            lines = place[i].depth > lines ? place[i].depth : lines;
            if (out)
                draw_frame(f, i, above->next, above->depth, out);
        }
        above->next += share_of(f, i);
    }
    free(place);
    return lines;
}

void flame_draw(const struct flame *f, double narrow, const char *label, FILE *out)
{
    fputs("<svg class=\"flame\" role=\"group\" aria-label=\"", out);
    html_text(label, out);
    fprintf(out, "\" width=\"100%%\" height=\"%u\">", draw_frames(f, narrow, NULL) * ROW);
    draw_frames(f, narrow, out);
    fputs("</svg>\n", out);
}

void flame_page_count(struct flame_page *p, const struct flame *f)
{
    for (size_t i = 0; i < f->frames; i++) {
        if (share_of(f, i) < NARROWEST)
            continue;
        if (p->shares == p->room) {
            p->room = 2 * p->room + 1024;
            p->share = memory_grown(p->share, p->room * sizeof(*p->share));
        }
        p->share[p->shares++] = (float)share_of(f, i);
    }
}

static int wider_first(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return x > y ? -1 : x < y;
}

/* Above a frame all are at least as wide: of those that are drawn none hangs in the air. */
double flame_page_narrow(struct flame_page *p)
{
    double narrow = NARROWEST;
    if (p->shares > FRAMES_MAX) {
        qsort(p->share, p->shares, sizeof(*p->share), wider_first);
        narrow = p->share[FRAMES_MAX];
    }
    free(p->share);
    *p = (struct flame_page){NULL, 0, 0};
    return narrow;
}
