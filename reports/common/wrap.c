/* wrap.c: measuring and wrapping of UTF-8; wrap.h says why. */
#include "reports/common/wrap.h"

#include <string.h>

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
