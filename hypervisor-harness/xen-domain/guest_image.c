/* guest_image.c: the loadable segments of an ELF file (elf.h), which lie at their own addresses in the guest. */
#include "hypervisor-harness/xen-domain/guest_image.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IMAGE_MAX (64l << 20)

int guest_image_read(struct guest_image *g, const char *path, char *why, size_t why_size)
{
    FILE *f = fopen(path, "rbe");
    long size = f && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    g->bytes = size > (long)sizeof(Elf64_Ehdr) && size <= IMAGE_MAX ? malloc((size_t)size) : NULL;
    if (g->bytes) {
        rewind(f);
        g->size = fread(g->bytes, 1, (size_t)size, f);
    }
    int bad = !g->bytes || g->size != (size_t)size;
    if (bad)
        snprintf(why, why_size, "%s: %s", path, f ? "cannot be read whole" : strerror(errno));
    if (f)
        fclose(f);
    return bad ? -1 : 0;
}

void guest_image_tell(const struct guest_image *g, struct xen_trace *t)
{
    Elf64_Ehdr head;
    memcpy(&head, g->bytes, sizeof(head));
    for (unsigned i = 0; i < head.e_phnum; i++) {
        Elf64_Phdr part;
        uint64_t at = head.e_phoff + (uint64_t)i * sizeof(part);
        if (at > g->size || g->size - at < sizeof(part))
            return;
        memcpy(&part, g->bytes + at, sizeof(part));
        if (part.p_type == PT_LOAD && part.p_offset <= g->size && part.p_filesz <= g->size - part.p_offset)
            xen_trace_image(t, part.p_vaddr, g->bytes + part.p_offset, part.p_filesz);
    }
}

static bool read_section(const struct guest_image *g, uint64_t table, unsigned index, Elf64_Shdr *into)
{
    const uint64_t at = table + (uint64_t)index * sizeof(*into);
    if (at < table || at > g->size || g->size - at < sizeof(*into))
        return false;
    memcpy(into, g->bytes + at, sizeof(*into));
    return true;
}

uint64_t guest_image_section(const struct guest_image *g, const char *name, size_t size)
{
    Elf64_Ehdr head;
    Elf64_Shdr names, section;
    memcpy(&head, g->bytes, sizeof(head));
    if (!read_section(g, head.e_shoff, head.e_shstrndx, &names) || names.sh_offset > g->size ||
        names.sh_size > g->size - names.sh_offset)
        return 0;
    for (unsigned i = 0; i < head.e_shnum && read_section(g, head.e_shoff, i, &section); i++) {
        const char *is = (const char *)g->bytes + names.sh_offset + section.sh_name;
        if (section.sh_name < names.sh_size && strlen(name) < names.sh_size - section.sh_name && strcmp(is, name) == 0)
            return section.sh_size >= size ? section.sh_addr : 0;
    }
    return 0;
}

void guest_image_free(struct guest_image *g)
{
    free(g->bytes);
    *g = (struct guest_image){0};
}
