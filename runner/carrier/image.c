/* image.c: ELF64 of untrusted files, as far as the runner needs it (System V ABI, AMD64 supplement). */
#include "runner/carrier/image.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMAGE_SIZE_MAX (64u << 20)
#define MEND           "; build it again with make"

static int check_header(const struct image *image, Elf64_Ehdr *header, struct pvb_error *e)
{
    const void *at = blob_piece(&image->file, 0, sizeof(*header));
    if (image->file.size < SELFMAG || memcmp(image->file.bytes, ELFMAG, SELFMAG) != 0)
        return pvb_fail(e, "%s: is not an ELF file%s", image->path, MEND);
    if (!at)
        return pvb_fail(e, "%s: is cut off inside of its ELF header%s", image->path, MEND);
    memcpy(header, at, sizeof(*header));
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != EM_X86_64)
        return pvb_fail(e, "%s: is not an ELF file for x86-64%s", image->path, MEND);
    if (header->e_shentsize != sizeof(Elf64_Shdr) || !header->e_shnum || header->e_shstrndx >= header->e_shnum)
        return pvb_fail(e, "%s: has no table of sections that could be read%s", image->path, MEND);
    if (!blob_piece(&image->file, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr)))
        return pvb_fail(e, "%s: is cut off before its table of sections%s", image->path, MEND);
    return 0;
}

static void section_header(const struct image *image, const Elf64_Ehdr *header, unsigned index, Elf64_Shdr *section)
{
    memcpy(section, image->file.bytes + header->e_shoff + (uint64_t)index * sizeof(*section), sizeof(*section));
}

/* How many sections have that name, of which `found` is the last; -1: no section has a name. */
static int sections_named(const struct image *image, const Elf64_Ehdr *header, const char *name, Elf64_Shdr *found)
{
    Elf64_Shdr names = {0}, section = {0};
    int hits = 0;
    size_t wanted = strlen(name) + 1;
    section_header(image, header, header->e_shstrndx, &names);
    const char *text = names.sh_type == SHT_STRTAB ? blob_piece(&image->file, names.sh_offset, names.sh_size) : NULL;
    if (!text)
        return -1;
    for (unsigned i = 0; i < header->e_shnum; i++) {
        section_header(image, header, i, &section);
        if (section.sh_name > names.sh_size || names.sh_size - section.sh_name < wanted ||
            memcmp(text + section.sh_name, name, wanted) != 0)
            continue;
        *found = section;
        hits++;
    }
    return hits;
}

/* The one section of that name, which must lie in the file as a whole. */
static int find_section(const struct image *image, const Elf64_Ehdr *header, const char *name, Elf64_Shdr *found,
                        struct pvb_error *e)
{
    const int hits = sections_named(image, header, name, found);
    if (hits < 0)
        return pvb_fail(e, "%s: has no section names in it%s", image->path, MEND);
    if (hits != 1)
        return pvb_fail(e, "%s: has %s section %s, so it is no guest of pvbench%s", image->path,
                        hits ? "more than one" : "no", name, MEND);
    if (found->sh_type != SHT_PROGBITS || !blob_piece(&image->file, found->sh_offset, found->sh_size))
        return pvb_fail(e, "%s: section %s does not lie inside of the file%s", image->path, name, MEND);
    return 0;
}

static bool is_printable(const char *text, size_t size)
{
    const size_t n = strnlen(text, size);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] > 0x7e)
            return false;
    return n < size;
}

static bool good_name(const struct pvb_workload_name *name)
{
    size_t n = strnlen(name->name, sizeof(name->name));
    if (!n || n == sizeof(name->name))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_", name->name[i]))
            return false;
    return is_printable(name->summary, sizeof(name->summary)) && is_printable(name->subsystem, sizeof(name->subsystem));
}

static int check_names(struct image *image, const Elf64_Shdr *section, struct pvb_error *e)
{
    if (!section->sh_size || section->sh_size % sizeof(*image->name) || section->sh_size / sizeof(*image->name) > 1024)
        return pvb_fail(e, "%s: section %s has an odd size%s", image->path, PVB_NAMES_SECTION, MEND);
    image->name = (const struct pvb_workload_name *)(image->file.bytes + section->sh_offset);
    image->names = section->sh_size / sizeof(*image->name);
    for (size_t i = 0; i < image->names; i++) {
        if (!good_name(&image->name[i]))
            return pvb_fail(e, "%s: section %s: name %zu is malformed%s", image->path, PVB_NAMES_SECTION, i, MEND);
        for (size_t j = 0; j < i; j++)
            if (strcmp(image->name[i].name, image->name[j].name) == 0)
                return pvb_fail(e, "%s: section %s: %s stands there twice%s", image->path, PVB_NAMES_SECTION,
                                image->name[i].name, MEND);
    }
    return 0;
}

static int check_places(struct image *image, const Elf64_Ehdr *header, struct pvb_error *e)
{
    Elf64_Shdr section = {0};
    image->places = NULL;
    if (sections_named(image, header, PVB_PLACES_SECTION, &section) == 0)
        return 0;
    if (find_section(image, header, PVB_PLACES_SECTION, &section, e))
        return -1;
    if (section.sh_size < sizeof(*image->places) || section.sh_offset % _Alignof(struct pvb_places))
        return pvb_fail(e, "%s: section %s has an odd size or place%s", image->path, PVB_PLACES_SECTION, MEND);
    image->places = (const struct pvb_places *)(image->file.bytes + section.sh_offset);
    return 0;
}

int image_parse(struct image *image, struct pvb_error *e)
{
    Elf64_Ehdr header = {0};
    Elf64_Shdr section = {0};
    struct pvb_params params;
    const char magic[sizeof(params.magic)] = PVB_PARAMS_MAGIC;
    if (check_header(image, &header, e) || find_section(image, &header, PVB_PARAMS_SECTION, &section, e))
        return -1;
    if (section.sh_size < sizeof(params))
        return pvb_fail(e, "%s: section %s is too small%s", image->path, PVB_PARAMS_SECTION, MEND);
    memcpy(&params, image->file.bytes + section.sh_offset, sizeof(params));
    if (memcmp(params.magic, magic, sizeof(magic)) != 0)
        return pvb_fail(e, "%s: section %s does not begin with its magic word%s", image->path, PVB_PARAMS_SECTION,
                        MEND);
    if (params.abi != PVB_PARAMS_ABI || params.size != sizeof(params))
        return pvb_fail(e, "%s: section %s is of version %u and %u bytes, not version %d and %zu bytes%s", image->path,
                        PVB_PARAMS_SECTION, params.abi, params.size, PVB_PARAMS_ABI, sizeof(params), MEND);
    if (params.count)
        return pvb_fail(e, "%s: has been filled with parameters already%s", image->path, MEND);
    image->params = section.sh_offset;
    if (find_section(image, &header, PVB_NAMES_SECTION, &section, e) || check_names(image, &section, e) ||
        check_places(image, &header, e))
        return -1;
    /* The parameters must not be written over the names or the ELF header. */
    const uint8_t *names = (const uint8_t *)image->name, *p = image->file.bytes + image->params;
    if (image->params < sizeof(header) ||
        (p < names + image->names * sizeof(*image->name) && names < p + sizeof(params)))
        return pvb_fail(e, "%s: its sections overlap%s", image->path, MEND);
    sha256_hex(image->file.bytes, image->file.size, image->sha256);
    return 0;
}

int image_load(struct image *image, const char *path, struct pvb_error *e)
{
    struct blob file;
    *image = (struct image){0};
    if (blob_read(&file, path, IMAGE_SIZE_MAX, e)) {
        size_t used = strlen(e->text);
        snprintf(e->text + used, sizeof(e->text) - used, "; build the images with make");
        return -1;
    }
    image->path = path_of("%s", path);
    image->file = file;
    if (image_parse(image, e)) {
        image_free(image);
        return -1;
    }
    return 0;
}

void image_free(struct image *image)
{
    free(image->path);
    blob_free(&image->file);
    blob_free(&image->kernel);
    blob_free(&image->programs);
    *image = (struct image){0};
}

static const struct pvb_workload_name *find_name(const struct image *image, const char *workload)
{
    for (size_t i = 0; i < image->names; i++)
        if (strcmp(image->name[i].name, workload) == 0)
            return &image->name[i];
    return NULL;
}

bool image_has(const struct image *image, const char *workload)
{
    return find_name(image, workload);
}

const char *image_subsystem(const struct image *image, const char *workload)
{
    const struct pvb_workload_name *name = find_name(image, workload);
    return name ? name->subsystem : "";
}

unsigned image_needs(const struct image *image, const char *workload)
{
    const struct pvb_workload_name *name = find_name(image, workload);
    return name ? name->needs : 0;
}

void image_fill(struct image *image, const struct pvb_param_workload *workloads, unsigned count, uint32_t flags)
{
    struct pvb_params params;
    memcpy(&params, image->file.bytes + image->params, sizeof(params));
    memset(params.workloads, 0, sizeof(params.workloads));
    memcpy(params.workloads, workloads, count * sizeof(*workloads));
    params.count = count;
    params.flags = flags;
    memcpy(image->file.bytes + image->params, &params, sizeof(params));
}

int image_copy_filled(struct image *copy, const struct image *image, const struct pvb_param_workload *workloads,
                      unsigned count, uint32_t flags, struct pvb_error *e)
{
    *copy = *image;
    copy->file.bytes = malloc(image->file.size);
    if (!copy->file.bytes)
        return pvb_fail(e, "%s: out of memory", image->path);
    memcpy(copy->file.bytes, image->file.bytes, image->file.size);
    image_fill(copy, workloads, count, flags);
    return 0;
}

int image_write_filled(const struct image *image, const struct pvb_param_workload *workloads, unsigned count,
                       uint32_t flags, const char *path, struct pvb_error *e)
{
    struct image copy;
    if (image_copy_filled(&copy, image, workloads, count, flags, e))
        return -1;
    int result = write_new_file(path, copy.file.bytes, copy.file.size, e);
    free(copy.file.bytes);
    return result;
}
