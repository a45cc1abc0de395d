/* command_line.c: words of a result's provenance to one line; command_line.h says why. */
#include "reports/result/command_line.h"
#include "common/memory.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=,:+%@-"

static void quoted(const char *word, FILE *out)
{
    if (*word && word[strspn(word, PLAIN)] == 0) {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc(*word, out);
    fputc('\'', out);
}

char *command_line_text(const char *suite, const json_t *provenance)
{
    const json_t *words = json_object_get(provenance, "command_line");
    char *text = NULL;
    size_t size;
    FILE *out = memory_stream(&text, &size);
    if (!out)
        return NULL;
    fputs("pvbench", out);
    if (json_array_size(words) < 2)
        fprintf(out, " run %s", suite);
    for (size_t i = 1; i < json_array_size(words); i++) {
        const char *word = json_string_value(json_array_get(words, i));
        fputc(' ', out);
        quoted(word ? word : "?", out);
    }
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}
