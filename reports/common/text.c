/* text.c: cleaning, measuring and wrapping of UTF-8; text.h says why. */
#include "reports/common/text.h"

#include <stdarg.h>
#include <string.h>

/* The number of bytes at `s` that have to go: 0 for a harmless character. */
static size_t harmful(const unsigned char *s)
{
    if (*s < 0x20 || *s == 0x7f)
        return 1;
    if (s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0) /* C1 controls */
        return 2;
    if (s[0] == 0xe2 && s[1] == 0x80 && (s[2] >= 0xa8 && s[2] <= 0xae)) /* U+2028..202E: line ends, overrides */
        return 3;
    if (s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0x8e || s[2] == 0x8f)) /* U+200E, U+200F: direction marks */
        return 3;
    if (s[0] == 0xe2 && s[1] == 0x81 && (s[2] >= 0xa6 && s[2] <= 0xa9)) /* U+2066..2069: isolates */
        return 3;
    return 0;
}

void text_clean(char *text)
{
    unsigned char *s = (unsigned char *)text;
    while (*s) {
        size_t n = harmful(s);
        memset(s, '?', n);
        s += n ? n : 1;
    }
}

bool text_is_name(const char *text)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-";
    size_t n = strlen(text);
    return n > 0 && n < 64 && *text != '.' && *text != '-' && strspn(text, good) == n;
}

size_t text_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* The width of the word at `text`; *bytes: its length. */
static size_t word_width(const char *text, size_t *bytes)
{
    size_t width = 0;
    *bytes = strcspn(text, " ");
    for (size_t i = 0; i < *bytes; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    return width;
}

void text_wrap(FILE *out, const char *text, size_t width, size_t indent)
{
    size_t column = indent, bytes;
    while (*text) {
        size_t word = word_width(text, &bytes);
        if (column > indent && column + 1 + word > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', out);
            column++;
        }
        fwrite(text, 1, bytes, out);
        column += word;
        text += bytes;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

void text_append(char *into, size_t size, const char *format, ...)
{
    size_t used = strlen(into);
    va_list args;
    va_start(args, format);
    vsnprintf(into + used, size - used, format, args);
    va_end(args);
}
