/* drawn.c: looks into each format for what only a whole file can have; drawn.h says why. */
#include "reports/figure/drawn.h"
#include "common/memory.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define DEPTH_MAX 64
#define FORMATS   "formats = '"

static bool begins(const char *text, size_t size, const char *with)
{
    return size >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, size_t size, const char *with)
{
    return size >= strlen(with) && memcmp(text + size - strlen(with), with, strlen(with)) == 0;
}

/* The end of a tag that begins at `at`; NULL when its quotes or itself are not closed. */
static const char *tag_end(const char *at)
{
    for (char quote = 0; *at; at++) {
        if (quote)
            quote = *at == quote ? 0 : quote;
        else if (*at == '>')
            return at;
        else if (*at == '"' || *at == '\'')
            quote = *at;
        if (*at == '<' && at[1] != '?')
            return NULL;
    }
    return NULL;
}

static size_t name_size(const char *name)
{
    return strcspn(name, " \t\r\n/>");
}

/* Every element is closed by its own name, and the last one is the picture. */
static bool svg(const char *text, size_t size)
{
    const char *open[DEPTH_MAX], *at = text;
    unsigned depth = 0, pictures = 0;
    if (strlen(text) != size || !begins(text, size, "<?xml"))
        return false;
    while ((at = strchr(at, '<'))) {
        const char *name = at + 1, *end = tag_end(name);
        if (!end)
            return false;
        at = end + 1;
        if (*name == '?')
            continue;
        if (*name == '/') {
            if (!depth-- || name_size(name + 1) != name_size(open[depth]) ||
                memcmp(name + 1, open[depth], name_size(name + 1)) != 0)
                return false;
        } else if (end[-1] != '/') {
            if (depth == DEPTH_MAX || (depth == 0 && (pictures++ || strncmp(name, "svg", 3) != 0)))
                return false;
            open[depth++] = name;
        }
    }
    return depth == 0 && pictures == 1 && ends(text, size, "</svg>\n\n");
}

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Chunks with right checksums, one behind the other, up to the one that ends a picture. */
static bool png(const char *text, size_t size)
{
    const uint8_t *at = (const uint8_t *)text + 8, *end = (const uint8_t *)text + size;
    if (!begins(text, size, "\x89PNG\r\n\x1a\n"))
        return false;
    while (end - at >= 12) {
        const uint32_t data = big_endian(at);
        if (data > (size_t)(end - at) - 12 ||
            big_endian(at + 8 + data) != (uint32_t)crc32(crc32(0, NULL, 0), at + 4, data + 4))
            return false;
        if (memcmp(at + 4, "IEND", 4) == 0)
            return at + 12 + data == end;
        at += 12 + data;
    }
    return false;
}

/* Line `number` of the table: "0000000015 00000 n " and a line end, 20 bytes. */
static bool pdf_object(const char *text, size_t size, const char *entry, unsigned number)
{
    char expected[40];
    if (entry[17] != 'n')
        return entry[17] == 'f';
    unsigned long offset = strtoul(entry, NULL, 10);
    snprintf(expected, sizeof(expected), "%u 0 obj", number);
    return offset < size && begins(text + offset, size - offset, expected);
}

/* Each object is where the table at the end says. */
static bool pdf(const char *text, size_t size)
{
    const char *at = text + size;
    unsigned objects = 0;
    int used = 0;
    if (!begins(text, size, "%PDF-") || !ends(text, size, "%%EOF\n"))
        return false;
    while (at > text && !begins(at, (size_t)(text + size - at), "startxref\n"))
        at--;
    unsigned long table = at > text ? strtoul(at + strlen("startxref\n"), NULL, 10) : size;
    if (table >= size || sscanf(text + table, "xref 0 %u%n", &objects, &used) != 1)
        return false;
    const char *entry = text + table + used + 1;
    for (unsigned i = 0; i < objects; i++, entry += 20)
        if (entry + 20 > text + size || !pdf_object(text, size, entry, i))
            return false;
    return objects > 0;
}

/* As many braces closed as opened, and the last line that its writer writes. */
static bool tex(const char *text, size_t size)
{
    static const char *const last[] = {"\\endinput\n", "\\endgroup\n", "\\par}\n"};
    long depth = 0;
    bool whole = false;
    for (const char *at = text; *at; at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (*at == '%')
            at += strcspn(at, "\n") - (strchr(at, '\n') == NULL);
        else
            depth += (*at == '{') - (*at == '}');
    }
    for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
        whole = whole || ends(text, size, last[i]);
    return strlen(text) == size && depth == 0 && whole;
}

static bool lines(const char *text, size_t size)
{
    return ends(text, size, "\n");
}

bool drawn_whole(const char *name, const char *text, size_t size)
{
    static const struct {
        const char *ending;
        bool (*whole)(const char *text, size_t size);
    } formats[] = {{".svg", svg}, {".png", png}, {".pdf", pdf}, {".tex", tex}};
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (ends(name, strlen(name), formats[i].ending))
            return formats[i].whole(text, size);
    return lines(text, size);
}

static char *path_in(const char *work, const char *folder, const char *name, const char *ending)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s%s%s", work, folder, name, ending) < 0)
        out_of_memory();
    return path;
}

/* A file's text, with a 0 behind it; NULL: it cannot be had. */
static char *text_of(const char *path, size_t *size)
{
    struct stat st;
    FILE *f = fopen(path, "re");
    char *text = f && fstat(fileno(f), &st) == 0 ? malloc((size_t)st.st_size + 1) : NULL;
    if (text) {
        *size = fread(text, 1, (size_t)st.st_size, f);
        text[*size] = 0;
    }
    if (f)
        fclose(f);
    return text;
}

/* The line of the formats, with those alone that are text; false when there is none. */
static bool write_formats(const char *line, FILE *out)
{
    static const char *const formats[] = {"svg ", "cairolatex "};
    bool any = false;
    fputs(FORMATS, out);
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        const char *at = strstr(line, formats[i]);
        if (!at || at > strchr(line, '\n'))
            continue;
        fputs(formats[i], out);
        any = true;
    }
    fputc('\'', out);
    return any;
}

/* As drawn_twice(). */
static int write_script(const char *script, const char *path)
{
    const char *line = strstr(script, "\n" FORMATS);
    FILE *out = line ? fopen(path, "wxe") : NULL;
    if (!line)
        return 0;
    if (!out)
        return -1;
    fwrite(script, 1, (size_t)(line + 1 - script), out);
    bool any = write_formats(line + 1 + strlen(FORMATS), out);
    fputs(strchr(line + 1, '\n'), out);
    bool bad = ferror(out) != 0;
    return fclose(out) || bad ? -1 : any;
}

int drawn_twice(const char *work, const char *name)
{
    char *folder = path_in(work, DRAWN_AGAIN, "", ""), *from = path_in(work, "", name, ".gp");
    char *into = path_in(work, DRAWN_AGAIN "/", name, ".gp");
    char *data = path_in(work, "", name, ".dat"), *beside = path_in(work, DRAWN_AGAIN "/", name, ".dat");
    size_t size;
    char *script = text_of(from, &size);
    int ready = script && (mkdir(folder, 0700) == 0 || errno == EEXIST) ? write_script(script, into) : -1;
    if (ready > 0 && link(data, beside))
        ready = -1;
    char *const all[] = {folder, from, into, data, beside, script};
    const int saved = errno;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        free(all[i]);
    errno = saved;
    return ready;
}

bool drawn_same(const char *work, const char *name, const char *ending, const char *text, size_t size)
{
    char *path = path_in(work, DRAWN_AGAIN "/", name, ending);
    bool source = strcmp(ending, ".gp") == 0 || strcmp(ending, ".dat") == 0;
    bool once = source || (access(path, F_OK) && errno == ENOENT);
    size_t again_size = 0;
    char *again = once ? NULL : text_of(path, &again_size);
    bool same = once || (again && again_size == size && memcmp(again, text, size) == 0);
    free(again);
    free(path);
    return same;
}
