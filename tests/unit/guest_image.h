/* guest_image.h: for tests: the smallest ELF file that the runner takes for a guest. */
#ifndef TESTS_GUEST_IMAGE_H
#define TESTS_GUEST_IMAGE_H

#include "runner/carrier/image.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum { SECTION_NONE, SECTION_PARAMS, SECTION_NAMES, SECTION_STRINGS, SECTION_COUNT };

struct guest_file {
    Elf64_Ehdr header;
    struct pvb_params params;
    struct pvb_workload_name name[2];
    char strings[64];
    Elf64_Shdr section[SECTION_COUNT];
};

static inline struct guest_file *guest_file_new(void)
{
    static const char strings[] = "\0" PVB_PARAMS_SECTION "\0" PVB_NAMES_SECTION "\0.shstrtab";
    struct guest_file *g = calloc(1, sizeof(*g));
    for (size_t i = 0; i < SELFMAG; i++)
        g->header.e_ident[i] = (unsigned char)ELFMAG[i];
    g->header.e_ident[EI_CLASS] = ELFCLASS64;
    g->header.e_ident[EI_DATA] = ELFDATA2LSB;
    g->header.e_machine = EM_X86_64;
    g->header.e_shentsize = sizeof(Elf64_Shdr);
    g->header.e_shoff = offsetof(struct guest_file, section);
    g->header.e_shnum = SECTION_COUNT;
    g->header.e_shstrndx = SECTION_STRINGS;
    memcpy(g->params.magic, PVB_PARAMS_MAGIC, sizeof(PVB_PARAMS_MAGIC));
    g->params.abi = PVB_PARAMS_ABI;
    g->params.size = sizeof(g->params);
    strcpy(g->name[0].name, "empty");
    strcpy(g->name[0].summary, "nothing");
    strcpy(g->name[1].name, "walk");
    memcpy(g->strings, strings, sizeof(strings));
    g->section[SECTION_PARAMS] = (Elf64_Shdr){.sh_name = 1,
                                              .sh_type = SHT_PROGBITS,
                                              .sh_offset = offsetof(struct guest_file, params),
                                              .sh_size = sizeof(g->params)};
    g->section[SECTION_NAMES] = (Elf64_Shdr){.sh_name = 1 + sizeof(PVB_PARAMS_SECTION),
                                             .sh_type = SHT_PROGBITS,
                                             .sh_offset = offsetof(struct guest_file, name),
                                             .sh_size = sizeof(g->name)};
    g->section[SECTION_STRINGS] = (Elf64_Shdr){
        .sh_type = SHT_STRTAB, .sh_offset = offsetof(struct guest_file, strings), .sh_size = sizeof(g->strings)};
    return g;
}

#endif
