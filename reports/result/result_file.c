/* result_file.c: from a file, or from bytes at hand, to a document; result_load.c checks what is in it. */
#include "common/memory.h"
#include "common/publish.h"
#include "common/text.h"
#include "reports/result/result_shared.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What is wrong with this computer is not wrong with the file: a night that cannot be opened for want of
 * descriptors is none that is left out. The program ends, as for want of memory.
 */
static void mind_computer(const char *path)
{
    if (errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != EIO)
        return;
    text_print(stderr, "pvbench: %s: cannot be read: %s", path, strerror(errno));
    exit(1);
}

/* The whole file in memory; NULL with a message. The caller frees it. */
static char *slurp(FILE *f, const char *path, size_t *size, struct report_error *e)
{
    char *text = NULL;
    size_t room = 0, used = 0, got = 1;
    while (got) {
        if (used == room) {
            room = room ? room * 2 : 1u << 16;
            if (room > RESULT_SIZE_MAX) {
                report_fail(e, "%s: is too large; %u MiB are the most", path, RESULT_SIZE_MAX >> 20);
                free(text);
                return NULL;
            }
            char *more = realloc(text, room);
            if (!more)
                out_of_memory();
            text = more;
        }
        got = fread(text + used, 1, room - used, f);
        used += got;
    }
    if (ferror(f)) {
        mind_computer(path);
        report_fail(e, "%s: cannot be read: %s", path, strerror(errno));
        free(text);
        return NULL;
    }
    *size = used;
    return text;
}

static json_t *document_of(const char *path, const char *text, size_t size, struct report_error *e)
{
    json_error_t error;
    e->text[0] = 0;
    json_t *document = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (document)
        return document;
    text_clean(error.text);
    report_fail(e, "%s:%d:%d: %s; a result must be valid JSON", path, error.line, error.column, error.text);
    return NULL;
}

int result_parse(struct result *r, const char *path, const char *text, size_t size, struct report_error *e)
{
    json_t *document = document_of(path, text, size, e);
    *r = (struct result){0};
    return document ? result_take(r, path, document, e) : -1;
}

const char *result_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

/* Its bytes; NULL with a message. */
static char *read_bytes(const char *path, size_t *size, struct report_error *e)
{
    const bool standard = strcmp(path, "-") == 0;
    const char *name = result_name(path);
    FILE *f = standard ? stdin : fopen(path, "re");
    if (!f) {
        mind_computer(name);
        report_fail(e, "%s: cannot be read: %s; give a file that pvbench run wrote", name, strerror(errno));
        return NULL;
    }
    publish_note_input(fileno(f));
    char *text = slurp(f, name, size, e);
    if (!standard)
        fclose(f);
    return text;
}

json_t *result_read(const char *path, struct report_error *e)
{
    size_t size;
    char *text = read_bytes(path, &size, e);
    json_t *document = text ? document_of(result_name(path), text, size, e) : NULL;
    free(text);
    return document;
}

int result_load(struct result *r, const char *path, struct report_error *e)
{
    json_t *document = result_read(path, e);
    *r = (struct result){0};
    return document ? result_take(r, result_name(path), document, e) : -1;
}

int result_load_shared(struct shared *s, struct result *r, const char *path, struct report_error *e)
{
    size_t size;
    char *text = read_bytes(path, &size, e);
    json_t *document = text ? shared_parse(s, text, size) : NULL;
    if (text && !document)
        document = document_of(result_name(path), text, size, e);
    free(text);
    *r = (struct result){0};
    return document ? result_take(r, result_name(path), document, e) : -1;
}
