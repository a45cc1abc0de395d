/* firmware.c: see firmware.h. The kernel may be anybody's: what its ELF headers say is not believed. */
#include "hypervisor-harness/xen-domain/firmware.h"
#include "hypervisor-harness/xen-domain/firmware/given.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <xen/elfnote.h>

#define PARTS_MAX 32u
#define PAGE      4096ul
#define REST      (1ul << 20) /* of the guest's memory, for what the toolstack puts behind all that */

/* What is linked of firmware/, as it lies in memory. */
asm(".section .rodata\n"
    ".balign 16\n"
    "firmware_bytes: .incbin \"" XEN_FIRMWARE_FILE "\"\n"
    "firmware_bytes_end: .byte 0\n"
    ".previous\n");
extern const uint8_t firmware_bytes[], firmware_bytes_end[];

struct note {
    Elf64_Nhdr head;
    char name[4];
    uint64_t start;
};

/* The file in the making: a header, the kernel's bytes as they are behind its own, and what is added. */
struct made {
    FILE *out;
    Elf64_Ehdr head;
    Elf64_Phdr part[PARTS_MAX + 3];
    uint64_t size, memory_end;
};

static uint64_t pages(uint64_t size)
{
    return (size + PAGE - 1) / PAGE * PAGE;
}

/* To a page's end. */
static void put(struct made *m, const void *bytes, size_t size)
{
    static const uint8_t zeros[PAGE];
    fwrite(bytes, 1, size, m->out);
    fwrite(zeros, 1, pages(m->size + size) - m->size - size, m->out);
    m->size = pages(m->size + size);
}

static void add(struct made *m, uint32_t type, uint64_t at, uint64_t memory, const void *bytes, size_t size)
{
    m->part[m->head.e_phnum++] = (Elf64_Phdr){.p_type = type,
                                              .p_flags = PF_R | PF_W | PF_X,
                                              .p_offset = m->size,
                                              .p_vaddr = at,
                                              .p_paddr = at,
                                              .p_filesz = size,
                                              .p_memsz = memory,
                                              .p_align = type == PT_NOTE ? 4 : PAGE};
    put(m, bytes, size);
}

static bool has_table(const Elf64_Ehdr *head, size_t size)
{
    return memcmp(head->e_ident, ELFMAG, SELFMAG) == 0 && head->e_ident[EI_CLASS] == ELFCLASS64 && head->e_phnum &&
           head->e_phnum <= PARTS_MAX && head->e_phentsize == sizeof(Elf64_Phdr) && head->e_phoff <= size &&
           (size - head->e_phoff) / sizeof(Elf64_Phdr) >= head->e_phnum;
}

/* Less its notes, one of which says where it is entered as a PVH guest. */
static const char *take_kernel(struct made *m, const struct guest_image *kernel, uint64_t first_free)
{
    Elf64_Ehdr old;
    memcpy(&old, kernel->bytes, sizeof(old));
    if (!has_table(&old, kernel->size))
        return "is no kernel with a table of segments; give a vmlinux (ELF)";
    m->head = old;
    m->head.e_phnum = 0;
    for (unsigned i = 0; i < old.e_phnum; i++) {
        Elf64_Phdr *part = &m->part[m->head.e_phnum];
        memcpy(part, kernel->bytes + old.e_phoff + i * sizeof(*part), sizeof(*part));
        if (part->p_type != PT_LOAD)
            continue;
        if (part->p_paddr < first_free || part->p_paddr > UINT32_MAX || part->p_memsz > UINT32_MAX)
            return "a segment does not lie between the firmware and 4 GiB; give a vmlinux (ELF) for x86-64";
        if (part->p_paddr + part->p_memsz > m->memory_end)
            m->memory_end = part->p_paddr + part->p_memsz;
        m->head.e_phnum++;
    }
    put(m, kernel->bytes, kernel->size);
    return NULL;
}

static const char *make(struct made *m, const struct guest_image *kernel, const struct guest_image *archive,
                        const char *arguments, uint64_t memory)
{
    // cppcheck-suppress comparePointers ; both are the linker's
    const size_t size = (size_t)(firmware_bytes_end - firmware_bytes);
    uint8_t bytes[2 * PAGE];
    struct firmware_given given;
    if (size > sizeof(bytes) || strlen(arguments) >= sizeof(given.arguments))
        return "its command line is too long";
    memcpy(bytes, firmware_bytes, size);
    memcpy(&given, bytes, sizeof(given));
    const char *why = take_kernel(m, kernel, given.end);
    if (why)
        return why;
    given.kernel = m->head.e_entry;
    given.archive = pages(m->memory_end);
    given.archive_size = archive->size;
    snprintf(given.arguments, sizeof(given.arguments), "%s", arguments);
    if (given.archive + archive->size + REST > memory)
        return "does not fit into the guest's memory with its archive";
    memcpy(bytes, &given, sizeof(given));
    const struct note note = {.head = {.n_namesz = 4, .n_descsz = 8, .n_type = XEN_ELFNOTE_PHYS32_ENTRY},
                              .name = "Xen",
                              .start = given.start};
    add(m, PT_LOAD, given.base, given.end - given.base, bytes, size);
    add(m, PT_LOAD, given.archive, pages(archive->size), archive->bytes, archive->size);
    add(m, PT_NOTE, 0, 0, &note, sizeof(note));
    m->head.e_phoff = m->size;
    m->head.e_shoff = m->head.e_shnum = m->head.e_shstrndx = 0;
    m->head.e_entry = given.start;
    put(m, m->part, m->head.e_phnum * sizeof(m->part[0]));
    rewind(m->out);
    fwrite(&m->head, 1, sizeof(m->head), m->out);
    return NULL;
}

int firmware_write(const char *path, const struct guest_image *kernel, const char *archive, const char *arguments,
                   unsigned memory_mib, char *why, size_t size)
{
    struct made m = {.out = fopen(path, "wbe")};
    struct guest_image of_archive = {0};
    int bad = m.out ? guest_image_read(&of_archive, archive, why, size) : -1;
    const char *wrong = bad ? NULL : make(&m, kernel, &of_archive, arguments, (uint64_t)memory_mib << 20);
    if (wrong)
        snprintf(why, size, "the guest's kernel %s", wrong);
    bad = bad || wrong;
    if (!m.out || ((ferror(m.out) | fclose(m.out)) && !bad)) {
        snprintf(why, size, "%s: cannot be written: %s", path, strerror(errno));
        bad = -1;
    }
    guest_image_free(&of_archive);
    return bad ? -1 : 0;
}

int firmware_beside(const char **guest, const struct guest_image *kernel, const struct domain *d, char *why,
                    size_t size)
{
    static char path[PATH_MAX + 16];
    if (!d->archive)
        return 0;
    snprintf(path, sizeof(path), "%s.firmware", *guest);
    *guest = path;
    return firmware_write(path, kernel, d->archive, d->arguments, domain_memory_mib(d), why, size);
}
