/* lab_kernel.c: tells a kernel from what is none before anything boots; whether it fits its host, the boot says. */
#include "runner/machine/lab_kernel.h"

#include <elf.h>
#include <string.h>

/* Linux, Documentation/x86/boot.rst: the header's magic number. */
#define SETUP_MAGIC_AT 0x202u

static bool is_vmlinux(const struct blob *b)
{
    Elf64_Ehdr head;
    if (b->size < sizeof(head))
        return false;
    memcpy(&head, b->bytes, sizeof(head));
    return memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 && head.e_ident[EI_CLASS] == ELFCLASS64 &&
           head.e_machine == EM_X86_64 && head.e_phnum;
}

static bool is_bzimage(const struct blob *b)
{
    return b->size > SETUP_MAGIC_AT + 4 && memcmp(b->bytes + SETUP_MAGIC_AT, "HdrS", 4) == 0;
}

int lab_kernel_check(const struct blob *kernel, const char *path, struct pvb_error *e)
{
    if (is_vmlinux(kernel) || is_bzimage(kernel))
        return 0;
    return pvb_fail(e, "%s: is no kernel for x86-64; give a vmlinux (ELF) or a bzImage", path);
}
