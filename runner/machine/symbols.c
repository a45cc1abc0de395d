/* symbols.c: see symbols.h. Images and what a host says are untrusted. */
#include "runner/machine/symbols.h"
#include "common/memory.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FUNCTION_MAX = 1 << 20 };

static void add(struct symbols *s, uint64_t address, const char *name, const char *owner)
{
    if (s->count == s->room) {
        s->room = s->room * 2 + 1024;
        s->symbol = memory_grown(s->symbol, s->room * sizeof(*s->symbol));
    }
    s->symbol[s->count++] = (struct symbol){address, name, owner};
}

/* Names of a place that tell less, such as a section's beginning, begin with underlines: they come last, but before
 * none. */
static size_t tells_less(const struct symbol *s)
{
    return !s->name || strcmp(s->name, SYMBOL_NAMELESS) == 0 ? SIZE_MAX : strspn(s->name, "_.");
}

static int compare(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    const size_t mine = tells_less(x), others = tells_less(y);
    if (mine != others)
        return mine < others ? -1 : 1;
    if (!x->name || !y->name)
        return !x->name - !y->name;
    const int by_owner = strcmp(x->owner, y->owner);
    return by_owner ? by_owner : strcmp(x->name, y->name);
}

static void sort(struct symbols *s)
{
    if (s->count)
        qsort(s->symbol, s->count, sizeof(*s->symbol), compare);
}

/* --- ELF --------------------------------------------------------------------- */

static bool section_of(const struct blob *file, const Elf64_Ehdr *header, uint64_t index, Elf64_Shdr *section)
{
    const void *at =
        index < header->e_shnum ? blob_piece(file, header->e_shoff + index * sizeof(*section), sizeof(*section)) : NULL;
    if (at)
        memcpy(section, at, sizeof(*section));
    return at;
}

/* Functions, and what assembler has named in a section of code. */
static bool is_code(const struct blob *file, const Elf64_Ehdr *header, const Elf64_Sym *symbol)
{
    Elf64_Shdr section;
    const unsigned type = ELF64_ST_TYPE(symbol->st_info);
    return (type == STT_FUNC || type == STT_NOTYPE) && section_of(file, header, symbol->st_shndx, &section) &&
           (section.sh_flags & SHF_EXECINSTR);
}

/* What a table's functions are added to. */
struct reading {
    struct symbols *s;
    const struct blob *file;
    const char *owner;
    uint64_t start, end, moved; /* of a piece of it that is loaded; end 0: all of it, where it says */
};

static void add_function(const struct reading *r, const Elf64_Sym *symbol, const char *name)
{
    if (!r->end) {
        add(r->s, symbol->st_value, name, r->owner);
        return;
    }
    if (symbol->st_value < r->start || symbol->st_value >= r->end || !symbol->st_size)
        return;
    add(r->s, symbol->st_value + r->moved, name, r->owner);
    if (symbol->st_size < r->end - symbol->st_value)
        add(r->s, symbol->st_value + symbol->st_size + r->moved, SYMBOL_NAMELESS, r->owner);
}

static void read_table(const struct reading *r, const Elf64_Ehdr *header, const Elf64_Shdr *table)
{
    const struct blob *file = r->file;
    Elf64_Shdr names;
    if (!section_of(file, header, table->sh_link, &names))
        return;
    const char *text = blob_piece(file, names.sh_offset, names.sh_size);
    if (!text || !names.sh_size || text[names.sh_size - 1])
        return;
    for (uint64_t i = 0; i < table->sh_size / sizeof(Elf64_Sym); i++) {
        Elf64_Sym symbol;
        const void *at = blob_piece(file, table->sh_offset + i * sizeof(symbol), sizeof(symbol));
        if (!at)
            return;
        memcpy(&symbol, at, sizeof(symbol));
        if (symbol.st_name < names.sh_size && text[symbol.st_name] && is_code(file, header, &symbol))
            add_function(r, &symbol, text + symbol.st_name);
    }
}

static void read_tables(const struct reading *r)
{
    Elf64_Ehdr header;
    Elf64_Shdr section;
    const void *at = blob_piece(r->file, 0, sizeof(header));
    if (!at)
        return;
    memcpy(&header, at, sizeof(header));
    if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_shentsize != sizeof(section))
        return;
    for (unsigned i = 0; section_of(r->file, &header, i, &section); i++)
        if (section.sh_type == SHT_SYMTAB || (r->end && section.sh_type == SHT_DYNSYM))
            read_table(r, &header, &section);
}

void symbols_read_elf(struct symbols *s, const struct blob *file, const char *owner)
{
    read_tables(&(struct reading){.s = s, .file = file, .owner = owner});
    sort(s);
}

void symbols_read_loaded(struct symbols *s, const struct blob *file, const char *owner, uint64_t start, uint64_t end,
                         uint64_t moved)
{
    add(s, start + moved, SYMBOL_NAMELESS, owner);
    read_tables(&(struct reading){s, file, owner, start, end, moved});
    add(s, end + moved, NULL, owner); /* behind it nobody is known */
    sort(s);
}

/* --- lines ------------------------------------------------------------------- */

/* The next word of the line, ended in its place; NULL: there is none. */
static char *word(char **at)
{
    char *start = *at, *end = start + strcspn(start, " ");
    if (end == start)
        return NULL;
    *at = *end ? end + 1 : end;
    *end = 0;
    return start;
}

void symbols_read_lines(struct symbols *s, const char *text, size_t size, bool xen)
{
    char *copy = memory_zeroed(1, size + 1), *save = NULL;
    const char *owner = "";
    uint64_t address = 0;
    memcpy(copy, text, size);
    s->text = memory_grown(s->text, (s->texts + 1) * sizeof(*s->text));
    s->text[s->texts++] = copy;
    for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        for (char *of = word(&line); of; of = word(&line))
            if (*of == '@')
                owner = of + 1;
            else if (*of == '+')
                address += strtoull(of + 1, NULL, 16);
            else if (*owner && (strcmp(owner, "xen") == 0) == xen)
                add(s, address, of, owner);
    sort(s);
}

/* --- asking ------------------------------------------------------------------ */

const struct symbol *symbols_find(struct symbols *s, uint64_t address)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (s->symbol[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return NULL;
    for (low--; low && s->symbol[low - 1].address == s->symbol[low].address;)
        low--;
    const struct symbol *found = &s->symbol[low];
    const bool is_too_far = address - found->address > FUNCTION_MAX && tells_less(found) != SIZE_MAX;
    return found->name && !is_too_far ? found : NULL;
}

void symbols_free(struct symbols *s)
{
    for (size_t i = 0; i < s->texts; i++)
        free(s->text[i]);
    free(s->text);
    free(s->symbol);
    *s = (struct symbols){0};
}
