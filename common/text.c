/* text.c: which bytes may be shown, and how text is cut; text.h says why. */
#include "common/text.h"
#include "common/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* How many bytes the first one promises, and what it has of the code. 0: it begins no character. */
static size_t promised(unsigned char first, uint32_t *code)
{
    size_t n = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : 0;
    if (first >= 0xf0 && first < 0xf5)
        n = 4;
    *code = n == 1 ? first : n ? first & (0x7fu >> n) : 0;
    return n;
}

/* The second byte narrows what the first allows: no overlong form, no surrogate, nothing behind U+10FFFF. */
static bool goes_on(unsigned char first, size_t at, unsigned char byte)
{
    unsigned char least = 0x80, most = 0xbf;
    if (at == 1 && (first == 0xe0 || first == 0xf0))
        least = first == 0xe0 ? 0xa0 : 0x90;
    if (at == 1 && (first == 0xed || first == 0xf4))
        most = first == 0xed ? 0x9f : 0x8f;
    return byte >= least && byte <= most;
}

/* What stands at `text`: a character, one that was cut, or a byte that begins none. */
struct piece {
    uint32_t code;
    size_t bytes; /* at least 1 */
    bool whole, cut;
};

static struct piece piece_at(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    struct piece p = {.bytes = 1};
    size_t n = promised(*s, &p.code);
    while (p.bytes < n && goes_on(*s, p.bytes, s[p.bytes]))
        p.code = p.code << 6 | (s[p.bytes++] & 0x3f);
    p.whole = p.bytes == n;
    p.cut = p.bytes < n;
    return p;
}

static bool harmful(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0)         /* C0, DEL, C1 */
           || code == 0x61c || code == 0x200e || code == 0x200f /* direction marks */
           || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069)                                  /* line ends, overrides, isolates */
           || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) == 0xfffe; /* no characters */
}

/* The first thing at `text` that is not plain ASCII: most of it is. */
static char *skip_plain(const char *text)
{
    while (*text >= ' ' && *text <= '~')
        text++;
    return (char *)text;
}

static bool shown(const struct piece *p)
{
    return p->whole && !harmful(p->code);
}

void text_clean(char *text)
{
    struct piece p;
    for (text = skip_plain(text); *text; text = skip_plain(text + p.bytes)) {
        p = piece_at(text);
        if (!shown(&p))
            memset(text, '?', p.bytes);
    }
}

bool text_is_clean(const char *text)
{
    struct piece p;
    for (text = skip_plain(text); *text; text = skip_plain(text + p.bytes)) {
        p = piece_at(text);
        if (!shown(&p))
            return false;
    }
    return true;
}

char *text_clean_copy(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        out_of_memory();
    text_clean(copy);
    return copy;
}

bool text_is_name(const char *text)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-";
    size_t n = strlen(text);
    return n > 0 && n < 64 && !strchr(".-+", *text) && strspn(text, good) == n;
}

bool text_is_any(const char *text, const char *const *list)
{
    while (*list && strcmp(text, *list) != 0)
        list++;
    return *list;
}

/* Takes out characters that were cut: all of them, or the one at the end. */
static void drop_cut(char *text, bool all)
{
    char *into = text = skip_plain(text);
    for (struct piece p; *text; text += p.bytes) {
        p = piece_at(text);
        if (p.cut && (all || !text[p.bytes]))
            continue;
        memmove(into, text, p.bytes);
        into += p.bytes;
    }
    *into = 0;
}

void text_mend(char *text)
{
    drop_cut(text, true);
    text_clean(text);
}

void text_vformat(char *into, size_t size, const char *format, va_list args)
{
    vsnprintf(into, size, format, args);
    text_mend(into);
}

void text_format(char *into, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vformat(into, size, format, args);
    va_end(args);
}

void text_append(char *into, size_t size, const char *format, ...)
{
    size_t used = strlen(into);
    va_list args;
    va_start(args, format);
    text_vformat(into + used, size - used, format, args);
    va_end(args);
}

void text_vline(char *into, size_t size, const char *format, va_list args)
{
    if ((size_t)vsnprintf(into, size, format, args) >= size)
        drop_cut(into, false);
    text_clean(into);
}

void text_line(char *into, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vline(into, size, format, args);
    va_end(args);
}

void text_print(FILE *out, const char *format, ...)
{
    char *line;
    va_list args;
    va_start(args, format);
    if (vasprintf(&line, format, args) < 0)
        out_of_memory();
    va_end(args);
    text_clean(line);
    fprintf(out, "%s\n", line);
    free(line);
}
