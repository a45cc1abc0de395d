/* The kernel of a Linux guest: what no loader reads is taken away, and what is no kernel is refused, wherever it is
 * damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runner/carrier/kernel.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENTS = 2, TEXT = 64, DATA = 96, DEBUG = 40 };

/* A text, a note within it, data that end with zeros, and debug information behind. */
struct kernel_file {
    Elf64_Ehdr header;
    Elf64_Phdr segment[SEGMENTS + 1];
    uint8_t text[TEXT], data[DATA], debug[DEBUG];
};

static struct blob kernel_new(void)
{
    struct kernel_file *k = calloc(1, sizeof(*k) + 1);
    for (size_t i = 0; i < SELFMAG; i++)
        k->header.e_ident[i] = (unsigned char)ELFMAG[i];
    k->header.e_ident[EI_CLASS] = ELFCLASS64;
    k->header.e_ident[EI_DATA] = ELFDATA2LSB;
    k->header.e_type = ET_EXEC;
    k->header.e_machine = EM_X86_64;
    k->header.e_phentsize = sizeof(Elf64_Phdr);
    k->header.e_phoff = offsetof(struct kernel_file, segment);
    k->header.e_phnum = SEGMENTS + 1;
    k->header.e_shoff = offsetof(struct kernel_file, debug);
    k->header.e_shnum = 3;
    k->segment[0] = (Elf64_Phdr){
        .p_type = PT_LOAD, .p_offset = offsetof(struct kernel_file, text), .p_filesz = TEXT, .p_memsz = TEXT};
    k->segment[1] = (Elf64_Phdr){
        .p_type = PT_LOAD, .p_offset = offsetof(struct kernel_file, data), .p_filesz = DATA, .p_memsz = 4ul * DATA};
    k->segment[2] =
        (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = offsetof(struct kernel_file, text), .p_filesz = 8, .p_memsz = 8};
    memset(k->text, 0x90, TEXT);
    memset(k->data, 7, 10);
    memset(k->debug, 0xdd, DEBUG);
    return (struct blob){(uint8_t *)k, sizeof(*k)};
}

static struct kernel_file *file_of(const struct blob *b)
{
    return (struct kernel_file *)b->bytes;
}

/* Trims a copy in memory that ends where it ends. */
static int trim_exactly(const struct blob *b, size_t size, struct pvb_error *e)
{
    struct blob copy = {malloc(size ? size : 1), size};
    memcpy(copy.bytes, b->bytes, size);
    const int bad = kernel_trim(&copy, "vmlinux", e);
    free(copy.bytes);
    return bad;
}

static void what_is_not_loaded_is_gone(void **state)
{
    (void)state;
    struct pvb_error e = {""};
    struct blob b = kernel_new();
    assert_int_equal(kernel_trim(&b, "vmlinux", &e), 0);
    assert_int_equal(b.size, offsetof(struct kernel_file, data) + 10);
    const struct kernel_file *k = file_of(&b);
    assert_int_equal(k->header.e_shoff, 0);
    assert_int_equal(k->header.e_shnum, 0);
    assert_int_equal(k->segment[1].p_filesz, 10);
    assert_int_equal(k->segment[1].p_memsz, 4 * DATA);
    assert_int_equal(k->segment[0].p_filesz, TEXT);
    assert_int_equal(k->text[TEXT - 1], 0x90);
    free(b.bytes);
}

static void doing_it_again_changes_nothing(void **state)
{
    (void)state;
    struct pvb_error e = {""};
    struct blob b = kernel_new();
    assert_int_equal(kernel_trim(&b, "vmlinux", &e), 0);
    struct blob once = {malloc(b.size), b.size};
    memcpy(once.bytes, b.bytes, b.size);
    assert_int_equal(kernel_trim(&b, "vmlinux", &e), 0);
    assert_int_equal(b.size, once.size);
    assert_memory_equal(b.bytes, once.bytes, once.size);
    free(once.bytes);
    free(b.bytes);
}

/* A segment that has the file's end in common with another one is left as it is. */
static void shared_zeros_stay(void **state)
{
    (void)state;
    struct pvb_error e = {""};
    struct blob b = kernel_new();
    file_of(&b)->segment[2].p_offset = offsetof(struct kernel_file, data);
    file_of(&b)->segment[2].p_filesz = file_of(&b)->segment[2].p_memsz = 50;
    assert_int_equal(kernel_trim(&b, "vmlinux", &e), 0);
    assert_int_equal(b.size, offsetof(struct kernel_file, data) + 50);
    free(b.bytes);
}

/* Cut off before the end of what is loaded: refused, in memory that the sanitizer watches. Behind that: as whole. */
static void every_truncation(void **state)
{
    (void)state;
    struct blob b = kernel_new();
    for (size_t size = 0; size <= b.size; size++) {
        struct pvb_error e = {""};
        const bool whole = size >= offsetof(struct kernel_file, debug);
        if (trim_exactly(&b, size, &e) != (whole ? 0 : -1))
            fail_msg("cut off at %zu: %s", size, e.text);
        assert_true(whole || strncmp(e.text, "vmlinux: ", 9) == 0);
    }
    free(b.bytes);
}

#define REFUSED(change, word)                                                                                          \
    do {                                                                                                               \
        struct pvb_error e = {""};                                                                                     \
        struct blob b = kernel_new();                                                                                  \
        struct kernel_file *k = file_of(&b);                                                                           \
        change;                                                                                                        \
        assert_int_equal(kernel_trim(&b, "vmlinux", &e), -1);                                                          \
        assert_non_null(strstr(e.text, word));                                                                         \
        free(b.bytes);                                                                                                 \
    } while (0)

static void what_is_no_kernel(void **state)
{
    (void)state;
    REFUSED(k->header.e_ident[0] = 0, "is no kernel for x86-64; give a vmlinux (ELF)");
    REFUSED(k->header.e_ident[EI_CLASS] = ELFCLASS32, "is no kernel for x86-64");
    REFUSED(k->header.e_ident[EI_DATA] = ELFDATA2MSB, "is no kernel for x86-64");
    REFUSED(k->header.e_machine = EM_AARCH64, "is no kernel for x86-64");
    REFUSED(k->header.e_type = ET_DYN, "is no kernel for x86-64");
    REFUSED(k->header.e_phentsize = 32, "its table of segments is damaged");
    REFUSED(k->header.e_phnum = 0, "its table of segments is damaged");
    REFUSED(k->header.e_phnum = 65, "its table of segments is damaged");
    REFUSED(k->header.e_phoff = 8, "its table of segments is damaged");
    REFUSED(k->header.e_phoff = UINT64_MAX - 8, "its table of segments is damaged");
    REFUSED(k->segment[0].p_offset = UINT64_MAX, "a segment does not lie inside of the file");
    REFUSED(k->segment[0].p_filesz = UINT64_MAX, "a segment does not lie inside of the file");
    REFUSED(k->segment[1].p_memsz = 1, "a segment does not lie inside of the file");
    REFUSED(k->segment[0].p_type = k->segment[1].p_type = PT_NOTE, "has nothing to load");
}

/* The packed kernel has the same magic at the same place, whatever else it is. */
static void a_bzimage_says_what_to_do(void **state)
{
    (void)state;
    uint8_t bytes[0x206] = {'M', 'Z', [0x202] = 'H', 'd', 'r', 'S'};
    struct pvb_error e = {""};
    struct blob b = {bytes, sizeof(bytes)};
    assert_int_equal(kernel_trim(&b, "vmlinuz", &e), -1);
    assert_string_equal(e.text, "vmlinuz: is a bzImage, which some modes cannot boot; give the vmlinux in it "
                                "(scripts/extract-vmlinux of Linux's source takes it out)");
    b.size--;
    assert_int_equal(kernel_trim(&b, "vmlinuz", &e), -1);
    assert_string_equal(e.text, "vmlinuz: is no kernel for x86-64; give a vmlinux (ELF)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_loaded_is_gone), cmocka_unit_test(doing_it_again_changes_nothing),
        cmocka_unit_test(shared_zeros_stay),          cmocka_unit_test(every_truncation),
        cmocka_unit_test(what_is_no_kernel),          cmocka_unit_test(a_bzimage_says_what_to_do),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
