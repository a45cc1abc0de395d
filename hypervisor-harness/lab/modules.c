/* modules.c: finds modules by name and puts what they depend on before them. */
#include "hypervisor-harness/lab/modules.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODULE_SIZE_MAX (64l << 20)
#define DEPTH_MAX       8

struct search {
    struct modules *m;
    const char *folder;
    char *why;
    size_t why_size;
    unsigned depth;
};

static int fail(const struct search *s, const char *what, const char *reason)
{
    snprintf(s->why, s->why_size, "%s: %s", what, reason);
    return -1;
}

/* Files have "-" where the kernel has "_". */
static void canonical(char *name)
{
    for (; *name; name++)
        if (*name == '-')
            *name = '_';
}

/* Is `file` NAME.ko, or that and a suffix of a compressor? */
static int is_module(const char *file, const char *name, const char **packed)
{
    char stem[64];
    const char *dot = strstr(file, ".ko");
    if (!dot || (size_t)(dot - file) >= sizeof(stem) || (dot[3] && dot[3] != '.'))
        return 0;
    memcpy(stem, file, (size_t)(dot - file));
    stem[dot - file] = 0;
    canonical(stem);
    *packed = dot[3] ? dot + 4 : NULL;
    return strcmp(stem, name) == 0;
}

/* The path, malloc()ed; "" when there is none; NULL on an error. */
static char *find(const struct search *s, const char *name)
{
    char *roots[] = {strdup(s->folder), NULL}, *found = NULL;
    const char *packed = NULL;
    FTS *tree = roots[0] ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
    FTSENT *at;
    while (tree && !found && (at = fts_read(tree)))
        if (at->fts_info == FTS_F && is_module(at->fts_name, name, &packed))
            found = strdup(at->fts_path);
    if (!tree)
        fail(s, s->folder, strerror(errno));
    else
        fts_close(tree);
    free(roots[0]);
    if (found && packed) {
        char reason[192];
        snprintf(reason, sizeof(reason), "is compressed, and the lab's host unpacks none; give a folder with %s.ko",
                 name);
        fail(s, found, reason);
        free(found);
        return NULL;
    }
    return found || !tree ? found : strdup("");
}

static int read_module(const struct search *s, struct module *module, const char *path)
{
    FILE *f = fopen(path, "rbe");
    long size = f && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    if (size >= 0 && size <= MODULE_SIZE_MAX && (module->bytes = malloc((size_t)size + 1))) {
        rewind(f);
        module->size = fread(module->bytes, 1, (size_t)size, f);
    }
    int bad = !module->bytes || module->size != (size_t)size;
    if (f)
        fclose(f);
    if (bad)
        return fail(s, path, f ? "cannot be read whole, or is no module" : strerror(errno));
    if (size < 4 || memcmp(module->bytes, "\177ELF", 4) != 0)
        return fail(s, path, "is no kernel module (no ELF file)");
    return 0;
}

void module_depends(const uint8_t *bytes, size_t bytes_size, char *into, size_t size)
{
    static const char key[] = "\0depends=";
    const uint8_t *at = memmem(bytes, bytes_size, key, sizeof(key) - 1);
    size_t used = 0;
    if (at)
        for (at += sizeof(key) - 1; at < bytes + bytes_size && *at && used + 1 < size; at++)
            into[used++] = (char)*at;
    into[used] = 0;
}

static int load(struct search *s, const char *given)
{
    char name[64], depends[512], *rest = NULL;
    struct module module = {0};
    snprintf(name, sizeof(name), "%s", given);
    canonical(name);
    for (size_t i = 0; i < s->m->count; i++)
        if (strcmp(s->m->module[i].name, name) == 0)
            return 0;
    if (s->depth == DEPTH_MAX || s->m->count == MODULES_MAX)
        return fail(s, name, "too many modules depend on one another");
    char *path = find(s, name);
    if (!path)
        return -1;
    int bad = *path && read_module(s, &module, path);
    free(path);
    s->depth++;
    if (!bad && module.bytes) {
        module_depends(module.bytes, module.size, depends, sizeof(depends));
        for (char *d = strtok_r(depends, ",", &rest); d && !bad; d = strtok_r(NULL, ",", &rest))
            bad = load(s, d);
    }
    s->depth--;
    if (bad || !module.bytes || s->m->count == MODULES_MAX) {
        free(module.bytes);
        return bad ? -1 : module.bytes ? fail(s, name, "too many modules") : 0;
    }
    snprintf(module.name, sizeof(module.name), "%s", name);
    s->m->module[s->m->count++] = module;
    return 0;
}

int modules_load(struct modules *m, const char *folder, const char *const *wanted, char *why, size_t why_size)
{
    struct search s = {.m = m, .folder = folder, .why = why, .why_size = why_size};
    *m = (struct modules){0};
    for (; *wanted; wanted++)
        if (load(&s, *wanted)) {
            modules_free(m);
            return -1;
        }
    return 0;
}

void modules_free(struct modules *m)
{
    for (size_t i = 0; i < m->count; i++)
        free(m->module[i].bytes);
    m->count = 0;
}
