/* programs.c: see programs.h. */
#include "runner/machine/programs.h"
#include "common/memory.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, ENOUGH = 16 }; /* bytes by which a file is told; fewer are often alike */

/* --- the archive ------------------------------------------------------------- */

enum {
    HEADER = 110,
    FIELD = 8,
    FILE_SIZE = 54,
    NAME_SIZE = 94
}; /* of an entry: buffer-format.rst in Linux's documentation */

static bool number(const uint8_t *at, uint64_t *value)
{
    char text[FIELD + 1] = "", *end;
    memcpy(text, at, FIELD);
    *value = strtoull(text, &end, 16);
    return end == text + FIELD;
}

static uint64_t padded(uint64_t size)
{
    return (size + 3) & ~(uint64_t)3;
}

static void add_program(struct programs *p, const char *name, const uint8_t *bytes, uint64_t size)
{
    if (size < sizeof(Elf64_Ehdr) || memcmp(bytes, ELFMAG, SELFMAG) != 0 || bytes[EI_CLASS] != ELFCLASS64)
        return;
    p->program = memory_grown(p->program, (p->programs + 1) * sizeof(*p->program));
    p->program[p->programs++] = (struct program){name, {(uint8_t *)bytes, size}};
}

/* Its name gets a slash: the entry's own bytes have no room for it. */
static const char *path_in(const char *name)
{
    char *path;
    if (asprintf(&path, "/%s", name) < 0)
        out_of_memory();
    return path;
}

void programs_read(struct programs *p, const struct blob *archive)
{
    uint64_t at = 0, size, length;
    const uint8_t *header;
    while ((header = blob_piece(archive, at, HEADER)) && memcmp(header, "070701", 6) == 0) {
        if (!number(header + FILE_SIZE, &size) || !number(header + NAME_SIZE, &length) || !length)
            return;
        const char *name = blob_piece(archive, at + HEADER, length);
        const uint8_t *bytes = blob_piece(archive, at + padded(HEADER + length), size);
        if (!name || !bytes || name[length - 1])
            return;
        const size_t before = p->programs;
        add_program(p, name, bytes, size);
        if (p->programs > before)
            p->program[before].name = path_in(name);
        at += padded(HEADER + length) + padded(size);
    }
}

/* --- code -------------------------------------------------------------------- */

bool programs_code(struct programs *p, uint64_t address, const char *digits)
{
    struct code c = {.address = address};
    unsigned byte;
    for (; c.size < sizeof(c.bytes) && sscanf(digits, "%2x", &byte) == 1; digits += 2)
        c.bytes[c.size++] = (uint8_t)byte;
    if (!c.size || (*digits && *digits != '\n'))
        return false;
    p->code = memory_grown(p->code, (p->codes + 1) * sizeof(*p->code));
    p->code[p->codes++] = c;
    return true;
}

static bool is_known(const struct programs *p, const struct code *c)
{
    for (size_t i = 0; i < p->loadeds; i++)
        if (c->address >= p->loaded[i].start && c->address < p->loaded[i].end)
            return true;
    return false;
}

/* A piece of a file that is executed where it is loaded. False: there is none of that number. */
static bool segment(const struct blob *file, unsigned index, Elf64_Phdr *s)
{
    Elf64_Ehdr header;
    memcpy(&header, file->bytes, sizeof(header));
    const void *at = header.e_phentsize == sizeof(*s) && index < header.e_phnum
                         ? blob_piece(file, header.e_phoff + (uint64_t)index * sizeof(*s), sizeof(*s))
                         : NULL;
    if (at)
        memcpy(s, at, sizeof(*s));
    return at;
}

/* The places of one file at which these bytes are, in a page where the address is: how many, and where the last one is
 * loaded. */
static unsigned places(const struct program *of, const struct code *c, struct loaded *into)
{
    unsigned found = 0;
    Elf64_Phdr s;
    for (unsigned i = 0; segment(&of->file, i, &s); i++) {
        const uint8_t *bytes =
            s.p_type == PT_LOAD && (s.p_flags & PF_X) ? blob_piece(&of->file, s.p_offset, s.p_filesz) : NULL;
        if (!bytes || s.p_filesz < c->size)
            continue;
        for (uint64_t at = (c->address - s.p_vaddr) % PAGE; at <= s.p_filesz - c->size; at += PAGE)
            if (memcmp(bytes + at, c->bytes, c->size) == 0) {
                const uint64_t moved = c->address - (s.p_vaddr + at);
                *into = (struct loaded){of, s.p_vaddr + moved, s.p_vaddr + s.p_filesz + moved, moved};
                found++;
            }
    }
    return found;
}

static void find(struct programs *p, const struct code *c, struct symbols *s)
{
    struct loaded found = {.of = NULL};
    unsigned all = 0;
    for (size_t i = 0; i < p->programs && all < 2; i++)
        all += places(&p->program[i], c, &found);
    if (all != 1)
        return;
    p->loaded = memory_grown(p->loaded, (p->loadeds + 1) * sizeof(*p->loaded));
    p->loaded[p->loadeds++] = found;
    symbols_read_loaded(s, &found.of->file, found.of->name, found.start - found.moved, found.end - found.moved,
                        found.moved);
}

void programs_find(struct programs *p, struct symbols *s)
{
    for (size_t i = 0; i < p->codes; i++)
        if (p->code[i].size >= ENOUGH && !is_known(p, &p->code[i]))
            find(p, &p->code[i], s);
    p->codes = 0;
}

void programs_free(struct programs *p)
{
    for (size_t i = 0; i < p->programs; i++)
        free((char *)p->program[i].name);
    free(p->program);
    free(p->loaded);
    free(p->code);
    *p = (struct programs){0};
}
