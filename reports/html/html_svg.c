/*
 * html_svg.c: a picture becomes part of the page, so that its words can be
 * selected, found and read aloud, and its ink is that of the page.
 */
#include "reports/html/html.h"

#include <string.h>

static const char *skip_to(const char *at, const char *end)
{
    const char *found = strstr(at, end);
    return found ? found + strlen(end) : at + strlen(at);
}

/* What must not be copied as it is; into: what stands there instead, and whether the names' prefix follows. */
static const struct {
    const char *from, *into;
    bool prefix;
} changes[] = {
    {" id='", " id='", true},
    {" id=\"", " id=\"", true},
    {"url(#", "url(#", true},
    {"href='#", "href='#", true},
    {"href=\"#", "href=\"#", true},
    {" color=\"black\"", "", false},
    {"fill=\"black\"", "fill=\"currentColor\"", false},
    {"stroke='black'", "stroke='currentColor'", false},
    {"stroke=\"black\"", "stroke=\"currentColor\"", false},
};

static bool starts(const char *at, const char *with)
{
    return strncmp(at, with, strlen(with)) == 0;
}

/* What the page has no use for: the picture's title, its maker, its white ground. Returns where to go on. */
static const char *drop(const char *at)
{
    if (starts(at, "<title>"))
        return skip_to(at, "</title>");
    if (starts(at, "<desc>"))
        return skip_to(at, "</desc>");
    if (starts(at, "<script"))
        return skip_to(at, "</script>");
    if (starts(at, "<rect x=\"0\" y=\"0\"") && strcspn(at, ">") > strcspn(at, "#") &&
        starts(strchr(at, '#'), "#ffffff"))
        return skip_to(at, ">");
    return at;
}

static const char *change(const char *at, const char *prefix, FILE *out)
{
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
        if (starts(at, changes[i].from)) {
            fprintf(out, "%s%s", changes[i].into, changes[i].prefix ? prefix : "");
            return at + strlen(changes[i].from);
        }
    fputc(*at, out);
    return at + 1;
}

void html_svg(const char *svg, const char *prefix, const char *label, FILE *out)
{
    const char *at = strstr(svg, "<svg"), *box = at ? strstr(at, "viewBox=\"") : NULL;
    if (!box)
        return;
    box += strlen("viewBox=\"");
    fprintf(out,
            "<svg class=\"drawn\" xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
            "viewBox=\"%.*s\" role=\"group\" aria-label=\"",
            (int)strcspn(box, "\""), box);
    html_text(label, out);
    fputs("\">", out);
    at = skip_to(box, ">");
    while (*at) {
        const char *behind = drop(at);
        at = behind != at ? behind : change(at, prefix, out);
    }
}
