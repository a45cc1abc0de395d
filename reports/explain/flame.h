/*
 * flame.h: a flame graph as an SVG picture: callers above, callees below, each as wide as it and all below it are. What
 * is drawn is the business of who asks: an explanation (explain_html.c), or what changed since another
 * (explain_changed.c). A picture is whole without a script; with it a frame can be looked at by itself (page.js).
 */
#ifndef REPORTS_FLAME_H
#define REPORTS_FLAME_H

#include <stddef.h>
#include <stdio.h>

struct flame_frame {
    int parent;  /* a frame that stands before, or -1 */
    double self; /* its own width, in any unit */
    double all;  /* with all below it: flame_sum() */
};

/* What is said of a frame. */
struct flame_words {
    char class[24]; /* of the page's style */
    const char *name, *owner;
    char change[40]; /* behind the name, or empty */
    char numbers[160];
};

struct flame {
    struct flame_frame *frame;
    size_t frames;
    double whole; /* the width of the picture: flame_sum() */
    void (*describe)(const struct flame *f, size_t frame, struct flame_words *into);
    void *of; /* what describe() needs; freed with the picture */
};

/* Room for so many frames; there are none yet. */
void flame_open(struct flame *f, size_t most);
void flame_add(struct flame *f, int parent, double self);
/* After the last one. */
void flame_sum(struct flame *f);
void flame_free(struct flame *f);

/* `narrow`: of the picture; who is narrower is left out, with all below it. */
void flame_draw(const struct flame *f, double narrow, const char *label, FILE *out);

/*
 * How narrow a frame may be when a page has many pictures, so that the page stays one that opens at once: all of
 * them together have so many frames at the most.
 */
struct flame_page {
    float *share; /* of each frame, of its own picture */
    size_t shares, room;
};

void flame_page_count(struct flame_page *p, const struct flame *f);
/* Frees the list. */
double flame_page_narrow(struct flame_page *p);

/* The style of pages with flame graphs, beside the page's own. */
extern const char flame_css[];

#endif
