/*
 * image.c: reads the guest's ELF headers and notes. An image with an ENTRY
 * note is a PV guest, one with PHYS32_ENTRY alone a fully virtualized one.
 * The notes are in segments of their own, or, as Mini-OS has them, in
 * sections alone, which are looked for in its place.
 */
#include "image.h"
#include "memory.h"

#include <elf.h>
#include <xen/elfnote.h>

static u64 note_number(const u8 *description, u64 size)
{
    u64 value = 0;

    memcpy(&value, description, MIN(size, 8ull));
    return value;
}

static void take_note(struct image *image, u32 type, const u8 *description, u64 size, bool *has_entry)
{
    switch (type) {
    case XEN_ELFNOTE_ENTRY:
        image->entry = note_number(description, size);
        *has_entry = true;
        break;
    case XEN_ELFNOTE_HYPERCALL_PAGE:
        image->hypercall_page = note_number(description, size);
        break;
    case XEN_ELFNOTE_VIRT_BASE:
        image->virt_base = note_number(description, size);
        break;
    case XEN_ELFNOTE_PADDR_OFFSET:
        image->paddr_offset = note_number(description, size);
        break;
    case XEN_ELFNOTE_PHYS32_ENTRY:
        image->phys32_entry = note_number(description, size);
        break;
    }
}

static void parse_notes(struct image *image, const u8 *p, u64 size, bool *has_entry)
{
    while (size >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        u64 name, description;

        memcpy(&note, p, sizeof(note));
        name = (note.n_namesz + 3ull) & ~3ull;
        description = (note.n_descsz + 3ull) & ~3ull;
        p += sizeof(note);
        size -= sizeof(note);
        if (name > size || description > size - name)
            return;
        if (note.n_namesz == 4 && !memcmp(p, "Xen", 4)) {
            take_note(image, note.n_type, p + name, note.n_descsz, has_entry);
            image->notes++;
        }
        p += name + description;
        size -= name + description;
    }
}

static void parse_note_sections(struct image *image, const u8 *file, u64 size, const Elf64_Ehdr *header,
                                bool *has_entry)
{
    if (!header->e_shnum)
        return;
    if (header->e_shentsize != sizeof(Elf64_Shdr) || header->e_shoff > size ||
        header->e_shnum > (size - header->e_shoff) / sizeof(Elf64_Shdr))
        panic("the guest's image is truncated: section headers");
    for (unsigned int i = 0; i < header->e_shnum; i++) {
        Elf64_Shdr sh;

        memcpy(&sh, file + header->e_shoff + i * sizeof(sh), sizeof(sh));
        if (sh.sh_type != SHT_NOTE)
            continue;
        if (sh.sh_offset > size || sh.sh_size > size - sh.sh_offset)
            panic("the guest's image is truncated: section %u", i);
        parse_notes(image, file + sh.sh_offset, sh.sh_size, has_entry);
    }
}

void image_parse(struct image *image, const u8 *file, u64 size)
{
    Elf64_Ehdr header;
    bool has_entry = false;

    memset(image, 0, sizeof(*image));
    if (size < sizeof(header))
        panic("the guest's image is too short for an ELF file");
    memcpy(&header, file, sizeof(header));
    if (memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_machine != EM_X86_64)
        panic("the guest's image is no ELF64 file for x86-64");
    if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phoff > size ||
        header.e_phnum > (size - header.e_phoff) / sizeof(Elf64_Phdr))
        panic("the guest's image is truncated: program headers");
    for (unsigned int i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr ph;

        memcpy(&ph, file + header.e_phoff + i * sizeof(ph), sizeof(ph));
        if (ph.p_offset > size || ph.p_filesz > size - ph.p_offset)
            panic("the guest's image is truncated: segment %u", i);
        if (ph.p_type == PT_NOTE)
            parse_notes(image, file + ph.p_offset, ph.p_filesz, &has_entry);
        if (ph.p_type != PT_LOAD || !ph.p_memsz)
            continue;
        if (image->segments == IMAGE_SEGMENTS || ph.p_memsz < ph.p_filesz || ph.p_paddr + ph.p_memsz < ph.p_paddr)
            panic("the guest's image: segment %u makes no sense", i);
        image->segment[image->segments++] =
            (struct image_segment){ph.p_paddr, ph.p_filesz, ph.p_memsz, file + ph.p_offset};
        image->end = MAX(image->end, ph.p_paddr + ph.p_memsz);
    }
    if (!image->segments)
        panic("the guest's image has nothing to load");
    if (!image->notes)
        parse_note_sections(image, file, size, &header, &has_entry);
    if (image->hypercall_page || has_entry) {
        image->mode = GUEST_PV;
        if (!has_entry)
            image->entry = header.e_entry;
    } else if (image->phys32_entry) {
        image->mode = GUEST_HVM;
    } else {
        panic("the guest's image has neither the notes of a PV guest nor a PHYS32_ENTRY note");
    }
}
