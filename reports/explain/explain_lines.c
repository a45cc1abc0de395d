/* explain_lines.c: asks each file about all addresses, and believes it for those binaries of which it is;
 * explain_lines.h. */
#include "reports/explain/explain_lines.h"
#include "common/memory.h"
#include "reports/explain/addr2line.h"

#include <stdlib.h>
#include <string.h>

/* An instruction that was executed, and whose function it is. */
struct place {
    uint64_t address, start;
    unsigned function;
};

struct explain_lines {
    struct explain_line *line; /* by address */
    size_t lines;
    char *text[EXPLAIN_DEBUG_MAX];
};

static int by_address(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->address < y->address ? -1 : x->address > y->address;
}

/* --- what there is to ask --------------------------------------------------------- */

static size_t add_region(const struct explain_region *r, struct place *into)
{
    for (size_t i = 0; into && i < r->codes; i++)
        into[i] = (struct place){r->code[i].address, r->code[i].start, r->code[i].function};
    return r->codes;
}

static size_t add_all(const struct explain_run *run, struct place *into)
{
    size_t n = 0;
    for (size_t b = 0; b < run->benches; b++)
        for (unsigned i = 0; i < EXPLAIN_REGIONS; i++)
            n += add_region(&run->bench[b].region[i], into ? into + n : NULL);
    return n;
}

/* Each address once, and so is the beginning of each function. */
static struct place *places_of(const struct explain_run *run, size_t *count)
{
    const size_t n = add_all(run, NULL);
    struct place *all = memory_zeroed(2 * n + 1, sizeof(*all));
    add_all(run, all);
    for (size_t i = 0; i < n; i++)
        all[n + i] = (struct place){all[i].start, all[i].start, all[i].function};
    qsort(all, 2 * n, sizeof(*all), by_address);
    *count = 0;
    for (size_t i = 0; i < 2 * n; i++)
        if (!*count || all[*count - 1].address != all[i].address)
            all[(*count)++] = all[i];
    return all;
}

/* --- whom a file speaks for ---------------------------------------------------------- */

static bool is_same_owner(const struct explain_run *run, unsigned a, unsigned b)
{
    return strcmp(run->function[a].owner, run->function[b].owner) == 0;
}

/* The names of a compiler's copies are not in DWARF. */
static bool begins_there(const struct explain_run *run, const struct place *p, const struct source_place *said)
{
    const char *name = run->function[p->function].name;
    return strlen(said->function) == explain_source_name(name) &&
           strncmp(said->function, name, strlen(said->function)) == 0;
}

static bool speaks_for(const struct explain_run *run, unsigned function, const struct place *p, size_t n,
                       const struct source_place *said)
{
    size_t right = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i].address != p[i].start || !is_same_owner(run, p[i].function, function))
            continue;
        all++;
        right += said[i].file && begins_there(run, &p[i], &said[i]);
    }
    return 2 * right > all;
}

/* What it tells of others is of another build, or of addresses that are theirs by chance. */
static bool believe(struct explain_lines *l, const struct explain_run *run, const struct place *p, size_t n,
                    const struct source_place *said)
{
    signed char *believed = memory_zeroed(run->functions + 1, sizeof(*believed)); /* of a binary: 1 yes, -1 no */
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        signed char *b = &believed[p[i].function];
        for (size_t f = 0; !*b && f < run->functions; f++)
            *b = is_same_owner(run, (unsigned)f, p[i].function) ? believed[f] : 0;
        if (!*b)
            *b = speaks_for(run, p[i].function, p, n, said) ? 1 : -1;
        if (*b < 0 || !said[i].file)
            continue;
        l->line[i].file = said[i].file;
        l->line[i].line = said[i].line;
        any = true;
    }
    free(believed);
    return any;
}

static int read_run(struct explain_run *run, const struct explain_choice *c, bool *useful, struct report_error *e)
{
    size_t n;
    struct place *p = places_of(run, &n);
    uint64_t *address = memory_zeroed(n + 1, sizeof(*address));
    struct source_place *said = memory_zeroed(n + 1, sizeof(*said));
    struct explain_lines *l = memory_zeroed(1, sizeof(*l));
    int bad = 0;
    run->lines = l;
    l->lines = n;
    l->line = memory_zeroed(n + 1, sizeof(*l->line));
    for (size_t i = 0; i < n; i++)
        l->line[i].address = address[i] = p[i].address;
    for (unsigned f = 0; f < c->debugs && !bad; f++) {
        bad = addr2line_ask(c->debug[f], address, n, said, &l->text[f], e);
        useful[f] = (!bad && believe(l, run, p, n, said)) || useful[f];
    }
    free(p);
    free(address);
    free(said);
    return bad;
}

int explain_lines_read(struct explanation *x, const struct explain_choice *c, struct report_error *e)
{
    bool useful[EXPLAIN_DEBUG_MAX] = {false};
    size_t codes = 0;
    int bad = 0;
    for (size_t i = 0; i < x->runs && !bad; i++)
        if (explain_wants_guest(c, &x->run[i])) {
            codes += add_all(&x->run[i], NULL);
            bad = read_run(&x->run[i], c, useful, e);
        }
    if (!bad && !codes)
        return report_fail(e, "%s: has no addresses: an older pvbench explained it; run the suite again with --explain",
                           x->path);
    for (unsigned f = 0; f < c->debugs && !bad; f++)
        if (!useful[f])
            bad = report_fail(e,
                              "%s: tells no line of what %s explains: it is of another build, or has no DWARF (gcc -g)",
                              c->debug[f], x->path);
    return bad;
}

void explain_lines_free(struct explain_lines *l)
{
    if (!l)
        return;
    for (unsigned i = 0; i < EXPLAIN_DEBUG_MAX; i++)
        free(l->text[i]);
    free(l->line);
    free(l);
}

static int address_of_line(const void *key, const void *line)
{
    const uint64_t address = *(const uint64_t *)key;
    const struct explain_line *l = line;
    return address < l->address ? -1 : address > l->address;
}

const struct explain_line *explain_lines_at(const struct explain_lines *l, uint64_t address)
{
    const struct explain_line *found =
        l ? bsearch(&address, l->line, l->lines, sizeof(*l->line), address_of_line) : NULL;
    return found && found->file ? found : NULL;
}
