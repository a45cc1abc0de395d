/*
 * pack.c: the build's tool that makes a host's archive from a list.
 *
 *   pack OUT <LIST
 *
 * Lines of the list, in any order: "file NAME SOURCE", "program NAME SOURCE",
 * "link NAME TARGET", "folder NAME"; names and sources without blanks.
 * Folders above are made by themselves. The archive is sorted by name.
 */
#include "hypervisor-harness/lab/cpio.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 4096

struct item {
    char kind, *name, *source;
};

static struct item items[ENTRIES_MAX];
static size_t count;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "pack: %s: %s\n", what, why);
    exit(1);
}

static void add(char kind, const char *name, const char *source)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(items[i].name, name) == 0)
            return;
    if (count == ENTRIES_MAX)
        fail(name, "the list is too long");
    items[count++] = (struct item){kind, strdup(name), strdup(source)};
}

static void add_folders_above(const char *name)
{
    char above[512];
    snprintf(above, sizeof(above), "%s", name);
    for (char *slash = strchr(above, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        add('d', above, "");
        *slash = '/';
    }
}

static void read_list(void)
{
    char line[PATH_MAX + 1024], kind[16], name[512], source[PATH_MAX];
    while (fgets(line, sizeof(line), stdin)) {
        source[0] = 0;
        /* The source is all that is left of the line: the folders above it may be called anything. */
        int n = sscanf(line, "%15s %511s %4095[^\n]", kind, name, source);
        int is_folder = strcmp(kind, "folder") == 0;
        if (n < (is_folder ? 2 : 3) ||
            (!is_folder && strcmp(kind, "file") && strcmp(kind, "program") && strcmp(kind, "link")))
            fail(line, "is no line of a list");
        add_folders_above(name);
        add(is_folder ? 'd' : kind[0], name, source);
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct item *)a)->name, ((const struct item *)b)->name);
}

static int put_file(struct cpio *c, const struct item *item)
{
    FILE *f = fopen(item->source, "rb");
    if (!f || fseek(f, 0, SEEK_END))
        fail(item->source, strerror(errno));
    long size = ftell(f);
    char *bytes = size < 0 ? NULL : malloc((size_t)size + 1);
    rewind(f);
    if (!bytes || fread(bytes, 1, (size_t)size, f) != (size_t)size)
        fail(item->source, "cannot be read");
    fclose(f);
    int result = cpio_file(c, item->name, item->kind == 'p', bytes, (size_t)size);
    free(bytes);
    return result;
}

int main(int argc, char **argv)
{
    struct cpio c;
    FILE *out = argc == 2 ? fopen(argv[1], "wb") : NULL;
    if (!out)
        fail(argc == 2 ? argv[1] : "usage", argc == 2 ? strerror(errno) : "pack OUT <LIST");
    read_list();
    qsort(items, count, sizeof(items[0]), by_name);
    cpio_begin(&c, out);
    for (size_t i = 0; i < count; i++) {
        const struct item *item = &items[i];
        int bad = item->kind == 'd'   ? cpio_folder(&c, item->name)
                  : item->kind == 'l' ? cpio_link(&c, item->name, item->source)
                                      : put_file(&c, item);
        if (bad)
            fail(argv[1], strerror(errno));
    }
    if (cpio_end(&c) || fclose(out))
        fail(argv[1], strerror(errno));
    return 0;
}
