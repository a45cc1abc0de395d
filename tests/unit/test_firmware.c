/* What Xen takes for the firmware of a Linux guest in HVM: the kernel as it was, what enters it, the archive and the
 * command line, each where the other expects it; and what is no such kernel is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hypervisor-harness/xen-domain/firmware.h"
#include "hypervisor-harness/xen-domain/firmware/given.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xen/elfnote.h>

enum { SEGMENTS = 3, MEMORY_MIB = 32 };
#define KERNEL_AT  0x1000000ul
#define KERNEL_END (KERNEL_AT + 0x2345)

struct kernel_file {
    Elf64_Ehdr head;
    Elf64_Phdr part[SEGMENTS];
    uint8_t text[100];
};

static char folder[] = "/tmp/pvbench-firmware-XXXXXX", archive[64], path[64];

static struct kernel_file kernel_new(void)
{
    struct kernel_file k = {.head = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64},
                                     .e_entry = KERNEL_AT,
                                     .e_phoff = offsetof(struct kernel_file, part),
                                     .e_phnum = SEGMENTS,
                                     .e_phentsize = sizeof(Elf64_Phdr),
                                     .e_shoff = 7,
                                     .e_shnum = 1}};
    k.part[0] = (Elf64_Phdr){.p_type = PT_LOAD,
                             .p_offset = offsetof(struct kernel_file, text),
                             .p_paddr = KERNEL_AT,
                             .p_vaddr = 0xffffffff81000000,
                             .p_filesz = 50,
                             .p_memsz = 60};
    k.part[1] = (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = offsetof(struct kernel_file, text), .p_filesz = 20};
    k.part[2] = (Elf64_Phdr){.p_type = PT_LOAD,
                             .p_offset = offsetof(struct kernel_file, text) + 50,
                             .p_paddr = KERNEL_AT + 0x1000,
                             .p_filesz = 50,
                             .p_memsz = 0x1345};
    memset(k.text, 0x90, sizeof(k.text));
    return k;
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(archive, sizeof(archive), "%s/archive", folder);
    snprintf(path, sizeof(path), "%s/firmware", folder);
    FILE *f = fopen(archive, "wbe");
    for (unsigned i = 0; f && i < 5000; i++)
        fputc((int)(i * 7 & 0xff), f);
    return f ? fclose(f) : -1;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(archive);
    unlink(path);
    return rmdir(folder);
}

static int write_it(struct kernel_file *k, const char *arguments, unsigned mib, char why[256])
{
    const struct guest_image kernel = {(uint8_t *)k, sizeof(*k)};
    why[0] = 0;
    return firmware_write(path, &kernel, archive, arguments, mib, why, 256);
}

static struct guest_image read_it(void)
{
    struct guest_image made = {0};
    char why[256];
    assert_int_equal(guest_image_read(&made, path, why, sizeof(why)), 0);
    return made;
}

static const void *part_bytes(const struct guest_image *made, const Elf64_Phdr *part)
{
    assert_true(part->p_offset + part->p_filesz <= made->size);
    return made->bytes + part->p_offset;
}

static void everything_is_where_the_other_expects_it(void **state)
{
    (void)state;
    char why[256];
    struct kernel_file k = kernel_new();
    assert_int_equal(write_it(&k, "quiet console=hvc0", MEMORY_MIB, why), 0);
    struct guest_image made = read_it();
    Elf64_Ehdr head;
    Elf64_Phdr part[5];
    memcpy(&head, made.bytes, sizeof(head));
    assert_int_equal(head.e_phnum, 5);
    assert_int_equal(head.e_shnum, 0);
    assert_true(head.e_phoff + sizeof(part) <= made.size);
    memcpy(part, made.bytes + head.e_phoff, sizeof(part));
    assert_memory_equal(&part[0], &k.part[0], sizeof(part[0]));
    assert_memory_equal(&part[1], &k.part[2], sizeof(part[1]));
    assert_memory_equal(part_bytes(&made, &part[0]), k.text, 50);

    struct firmware_given given;
    memcpy(&given, part_bytes(&made, &part[2]), sizeof(given));
    assert_int_equal(given.magic, FIRMWARE_MAGIC);
    assert_int_equal(given.base, part[2].p_paddr);
    assert_int_equal(given.end - given.base, part[2].p_memsz);
    assert_true(part[2].p_filesz <= part[2].p_memsz && given.end <= KERNEL_AT);
    assert_int_equal(given.kernel, KERNEL_AT);
    assert_string_equal(given.arguments, "quiet console=hvc0");
    assert_int_equal(given.archive, part[3].p_paddr);
    assert_true(given.archive >= KERNEL_END && given.archive % 4096 == 0);
    assert_int_equal(given.archive_size, 5000);
    for (unsigned i = 0; i < 5000; i++)
        assert_int_equal(((const uint8_t *)part_bytes(&made, &part[3]))[i], i * 7 & 0xff);

    Elf64_Nhdr note;
    uint64_t start;
    assert_int_equal(part[4].p_type, PT_NOTE);
    memcpy(&note, part_bytes(&made, &part[4]), sizeof(note));
    memcpy(&start, (const char *)part_bytes(&made, &part[4]) + sizeof(note) + note.n_namesz, sizeof(start));
    assert_int_equal(note.n_type, XEN_ELFNOTE_PHYS32_ENTRY);
    assert_int_equal(start, given.start);
    assert_true(start > given.base && start < given.base + part[2].p_filesz);
    guest_image_free(&made);
}

static void the_same_gives_the_same(void **state)
{
    (void)state;
    char why[256];
    struct kernel_file k = kernel_new();
    assert_int_equal(write_it(&k, "quiet", MEMORY_MIB, why), 0);
    struct guest_image once = read_it();
    assert_int_equal(write_it(&k, "quiet", MEMORY_MIB, why), 0);
    struct guest_image again = read_it();
    assert_int_equal(once.size, again.size);
    assert_memory_equal(once.bytes, again.bytes, once.size);
    guest_image_free(&once);
    guest_image_free(&again);
}

static void refused(struct kernel_file *k, const char *arguments, unsigned mib, const char *why_not)
{
    char why[256];
    assert_int_equal(write_it(k, arguments, mib, why), -1);
    if (!strstr(why, why_not))
        fail_msg("\"%s\" does not say \"%s\"", why, why_not);
}

static void what_is_none_is_refused(void **state)
{
    (void)state;
    char words[FIRMWARE_ARGUMENTS + 1];
    memset(words, 'a', sizeof(words) - 1);
    words[FIRMWARE_ARGUMENTS] = 0;
    struct kernel_file k = kernel_new();
    refused(&k, words, MEMORY_MIB, "command line is too long");
    refused(&k, "", 17, "does not fit into the guest's memory");
    k.part[2].p_memsz = UINT64_MAX;
    refused(&k, "", MEMORY_MIB, "does not lie between");
    k = kernel_new();
    k.part[0].p_paddr = 0x101000;
    refused(&k, "", MEMORY_MIB, "does not lie between");
    k = kernel_new();
    k.head.e_phoff = UINT64_MAX - 8;
    refused(&k, "", MEMORY_MIB, "no kernel with a table");
    k = kernel_new();
    k.head.e_phnum = 0xffff;
    refused(&k, "", MEMORY_MIB, "no kernel with a table");
    k = kernel_new();
    k.head.e_ident[EI_CLASS] = ELFCLASS32;
    refused(&k, "", MEMORY_MIB, "no kernel with a table");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_where_the_other_expects_it),
        cmocka_unit_test(the_same_gives_the_same),
        cmocka_unit_test(what_is_none_is_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("firmware", tests, set_up, tear_down);
}
