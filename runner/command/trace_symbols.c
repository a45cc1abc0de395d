/* trace_symbols.c: addresses become functions, and entries their sums; trace_symbols.h says for whom. */
#include "runner/command/trace_symbols.h"
#include "runner/command/trace_cells.h"

#include "common/memory.h"
#include "common/text.h"
#include "runner/machine/kallsyms.h"
#include "runner/machine/symbols.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MOST  (1u << 30) /* a vmlinux with all of its debug information */
#define KINDS_MOST 1024
#define SHOWN      30

struct trace_symbols {
    struct symbols table;
    struct blob file;
    struct trace_cells *cells; /* by guest, kind and the function's address; 0: none is known */
    char kind[KINDS_MOST][TRACE_NAME_SIZE];
    uint32_t kinds;
};

/* --- the guest's table ---------------------------------------------------------------- */

/* "ffffffff81000000 T startup_64" or with the module behind it; what is no code is left out. In symbols.h's words. */
static char *words_of_kallsyms(const struct blob *file, size_t *size)
{
    char *text = NULL, *copy = memory_zeroed(1, file->size + 1), *save = NULL;
    uint64_t last = 0;
    FILE *out = memory_stream(&text, size);
    memcpy(copy, file->bytes, file->size);
    fprintf(out, "@guest");
    for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        unsigned long long address;
        char type, name[256];
        if (sscanf(line, "%llx %c %255s", &address, &type, name) != 3 || !strchr("tTwW", type) || !address ||
            !text_is_clean(name) || *name == '@' || *name == '+')
            continue;
        fprintf(out, " +%" PRIx64 " %s", (uint64_t)address - last, name);
        last = address;
    }
    fclose(out);
    free(copy);
    return text;
}

struct trace_symbols *trace_symbols_read(const char *path, struct pvb_error *e)
{
    struct trace_symbols *s = memory_zeroed(1, sizeof(*s));
    s->cells = trace_cells_new();
    if (blob_read(&s->file, path, FILE_MOST, e)) {
        trace_symbols_free(s);
        return NULL;
    }
    if (s->file.size >= 4 && memcmp(s->file.bytes, "\177ELF", 4) == 0) {
        symbols_read_elf(&s->table, &s->file, "guest");
        if (!s->table.count)
            kallsyms_read(&s->table, &s->file, "guest");
    } else {
        size_t size;
        char *words = words_of_kallsyms(&s->file, &size);
        symbols_read_lines(&s->table, words, size, false);
        free(words);
    }
    if (s->table.count)
        return s;
    pvb_fail(e, "%s: names no function at any address; give the guest's /proc/kallsyms, read as root, or its vmlinux",
             path);
    trace_symbols_free(s);
    return NULL;
}

void trace_symbols_free(struct trace_symbols *s)
{
    if (!s)
        return;
    trace_cells_free(s->cells);
    symbols_free(&s->table);
    blob_free(&s->file);
    free(s);
}

/* --- counting ----------------------------------------------------------------------------- */

static uint32_t kind_of(struct trace_symbols *s, const char *kind)
{
    uint32_t i = 0;
    while (i < s->kinds && strcmp(s->kind[i], kind) != 0)
        i++;
    if (i == KINDS_MOST)
        return KINDS_MOST - 1;
    if (i == s->kinds)
        snprintf(s->kind[s->kinds++], TRACE_NAME_SIZE, "%s", kind);
    return i;
}

void trace_symbols_count(struct trace_symbols *s, const struct trace_record *record)
{
    const struct symbol *found = record->address ? symbols_find(&s->table, record->address) : NULL;
    const struct trace_cell key = {
        .domain = (uint16_t)record->guest, .code = kind_of(s, record->kind), .part = found ? found->address : 0};
    trace_cells_add(s->cells, &key, record->until > record->since ? record->until - record->since : 0);
}

/* --- showing ----------------------------------------------------------------------------------- */

struct row {
    const char *function, *kind;
    uint64_t count, sum;
};

struct rows {
    const struct trace_symbols *s;
    uint32_t guest;
    struct row *row;
    size_t n;
};

static void take_row(void *with, const struct trace_cell *key, const struct trace_sums_of *sums)
{
    struct rows *r = with;
    if (key->domain != (uint16_t)r->guest)
        return;
    const struct symbol *found = key->part ? symbols_find((struct symbols *)&r->s->table, key->part) : NULL;
    r->row = memory_grown(r->row, (r->n + 1) * sizeof(*r->row));
    r->row[r->n++] = (struct row){found ? found->name : "(unknown)", r->s->kind[key->code], sums->count, sums->sum};
}

static int by_time(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->sum != y->sum)
        return x->sum < y->sum ? 1 : -1;
    int by_function = strcmp(x->function, y->function);
    return by_function ? by_function : strcmp(x->kind, y->kind);
}

static struct rows rows_of(const struct trace_symbols *s, uint32_t guest)
{
    struct rows r = {.s = s, .guest = guest};
    trace_cells_each(s->cells, take_row, &r);
    if (r.n)
        qsort(r.row, r.n, sizeof(*r.row), by_time);
    return r;
}

void trace_symbols_print(FILE *out, const struct trace_symbols *s, uint32_t guest)
{
    struct rows r = rows_of(s, guest);
    if (r.n)
        fprintf(out, "\nfunctions of the guest, by time\n  %-40s %-20s %10s %14s %11s\n", "function", "exit", "samples",
                "total us", "avg us");
    for (size_t i = 0; i < r.n && i < SHOWN; i++)
        fprintf(out, "  %-40.40s %-20s %10" PRIu64 " %14.2f %11.2f\n", r.row[i].function, r.row[i].kind, r.row[i].count,
                (double)r.row[i].sum / 1000, (double)r.row[i].sum / 1000 / (double)r.row[i].count);
    if (r.n > SHOWN)
        fprintf(out, "  %zu more\n", r.n - SHOWN);
    free(r.row);
}

json_t *trace_symbols_json(const struct trace_symbols *s, uint32_t guest)
{
    struct rows r = rows_of(s, guest);
    json_t *list = json_array();
    for (size_t i = 0; i < r.n; i++) {
        char name[256];
        text_line(name, sizeof(name), "%s", r.row[i].function);
        json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:I}", "function", name, "exit", r.row[i].kind, "count",
                                              (json_int_t)r.row[i].count, "total", (json_int_t)r.row[i].sum));
    }
    free(r.row);
    return list;
}
