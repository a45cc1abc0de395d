/* kernel.c: ELF64 (System V ABI, AMD64 supplement) of a file that may be anybody's; kernel.h says what for. */
#include "runner/carrier/kernel.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

#define PARTS_MAX 64u
/* Linux, Documentation/x86/boot.rst: the header's magic number. */
#define SETUP_MAGIC_AT 0x202u

static bool is_bzimage(const struct blob *b)
{
    const void *at = blob_piece(b, SETUP_MAGIC_AT, 4);
    return at && memcmp(at, "HdrS", 4) == 0;
}

static int read_head(Elf64_Ehdr *head, const struct blob *b, const char *path, struct pvb_error *e)
{
    const void *at = blob_piece(b, 0, sizeof(*head));
    if (is_bzimage(b))
        return pvb_fail(e,
                        "%s: is a bzImage, which some modes cannot boot; give the vmlinux in it "
                        "(scripts/extract-vmlinux of Linux's source takes it out)",
                        path);
    if (at)
        memcpy(head, at, sizeof(*head));
    if (!at || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 || head->e_ident[EI_CLASS] != ELFCLASS64 ||
        head->e_ident[EI_DATA] != ELFDATA2LSB || head->e_machine != EM_X86_64 || head->e_type != ET_EXEC)
        return pvb_fail(e, "%s: is no kernel for x86-64; give a vmlinux (ELF)", path);
    if (head->e_phentsize != sizeof(Elf64_Phdr) || !head->e_phnum || head->e_phnum > PARTS_MAX ||
        head->e_phoff < sizeof(*head) || !blob_piece(b, head->e_phoff, (uint64_t)head->e_phnum * sizeof(Elf64_Phdr)))
        return pvb_fail(e, "%s: its table of segments is damaged; give a vmlinux (ELF) that is whole", path);
    return 0;
}

static uint8_t *part_at(const struct blob *b, const Elf64_Ehdr *head, unsigned i, Elf64_Phdr *part)
{
    uint8_t *at = b->bytes + head->e_phoff + (uint64_t)i * sizeof(*part);
    memcpy(part, at, sizeof(*part));
    return at;
}

/* The last bytes that are loaded: those of one segment, when none other has the file's end. */
static void drop_zeros(struct blob *b, const Elf64_Ehdr *head, uint64_t end)
{
    Elf64_Phdr part;
    uint64_t before = head->e_phoff + (uint64_t)head->e_phnum * sizeof(part);
    uint8_t *last = NULL;
    for (unsigned i = 0; i < head->e_phnum; i++) {
        uint8_t *at = part_at(b, head, i, &part);
        if (part.p_type == PT_LOAD && part.p_filesz && part.p_offset + part.p_filesz == end && !last)
            last = at;
        else if (part.p_filesz && part.p_offset + part.p_filesz > before)
            before = part.p_offset + part.p_filesz;
    }
    b->size = end;
    if (!last)
        return;
    memcpy(&part, last, sizeof(part));
    const uint64_t floor = part.p_offset + 1 > before ? part.p_offset + 1 : before;
    while (end > floor && !b->bytes[end - 1])
        end--;
    part.p_filesz = end - part.p_offset;
    memcpy(last, &part, sizeof(part));
    b->size = end;
}

int kernel_trim(struct blob *kernel, const char *path, struct pvb_error *e)
{
    Elf64_Ehdr head = {.e_phnum = 0};
    Elf64_Phdr part;
    if (read_head(&head, kernel, path, e))
        return -1;
    uint64_t end = head.e_phoff + (uint64_t)head.e_phnum * sizeof(part);
    bool loaded = false;
    for (unsigned i = 0; i < head.e_phnum; i++) {
        part_at(kernel, &head, i, &part);
        if ((part.p_filesz && !blob_piece(kernel, part.p_offset, part.p_filesz)) || part.p_filesz > part.p_memsz)
            return pvb_fail(e, "%s: a segment does not lie inside of the file; give a vmlinux (ELF) that is whole",
                            path);
        loaded = loaded || (part.p_type == PT_LOAD && part.p_filesz);
        end = part.p_filesz && part.p_offset + part.p_filesz > end ? part.p_offset + part.p_filesz : end;
    }
    if (!loaded)
        return pvb_fail(e, "%s: has nothing to load; give a vmlinux (ELF)", path);
    head.e_shoff = 0;
    head.e_shnum = head.e_shstrndx = 0;
    memcpy(kernel->bytes, &head, sizeof(head));
    drop_zeros(kernel, &head, end);
    return 0;
}
