/* The functions of a kernel by its own table: as older and newer kernels have it, and of files that are damaged. */
#include "common/memory.h"
#include "runner/command/trace_symbols.h"
#include "runner/machine/kallsyms.h"
#include "runner/machine/symbols.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { COUNT = 300, STEP = 0x40 };

#define BASE 0xffffffff81000000ull

struct file {
    uint8_t bytes[1 << 16];
    size_t size;
};

static void put(struct file *f, const void *bytes, size_t size)
{
    memcpy(f->bytes + f->size, bytes, size);
    f->size += size;
}

static void align(struct file *f)
{
    f->size = (f->size + 7) & ~(size_t)7;
}

/* Old: behind the base, downwards, and what is less than 2 GiB is a processor's variable. */
static void put_addresses(struct file *f, bool is_old)
{
    const uint64_t base = BASE;
    for (int i = 0; i < COUNT; i++) {
        const int32_t offset = is_old ? (i ? -1 - i * STEP : 16) : i * STEP;
        put(f, &offset, sizeof(offset));
    }
    align(f);
    put(f, &base, sizeof(base));
}

/* "Tfunction_N", of which "function_" is one token, 200; the first is of a variable, and long. */
static void put_names(struct file *f)
{
    const uint64_t count = COUNT;
    uint32_t marker[2] = {0};
    put(f, &count, sizeof(count));
    const size_t start = f->size;
    for (int i = 0; i < COUNT; i++) {
        char name[160];
        size_t length = (size_t)sprintf(name, "T%c%d", 200, i);
        if (!i)
            length = (size_t)sprintf(name, "D%0130d", 7);
        const uint8_t two[] = {(uint8_t)(0x80 | (length & 0x7f)), (uint8_t)(length >> 7)}, one = (uint8_t)length;
        if (i == 256)
            marker[1] = (uint32_t)(f->size - start);
        put(f, length > 0x7f ? two : &one, length > 0x7f ? 2 : 1);
        put(f, name, length);
    }
    align(f);
    put(f, marker, sizeof(marker));
    put(f, "\1\2\3\4\5\6", 6); /* something that is not needed */
    align(f);
}

static void put_tokens(struct file *f)
{
    uint16_t index[256];
    const size_t start = f->size;
    for (int i = 0; i < 256; i++) {
        char token[16];
        sprintf(token, i == 200 ? "function_" : i > ' ' && i < 127 ? "%c" : "~%d", i);
        index[i] = (uint16_t)(f->size - start);
        put(f, token, strlen(token) + 1);
    }
    align(f);
    put(f, index, sizeof(index));
}

static void make(struct file *f, bool is_old)
{
    memset(f, 0, sizeof(*f));
    f->size = 4096;
    memset(f->bytes, 0x90, f->size);
    if (is_old)
        put_addresses(f, true);
    put_names(f);
    put_tokens(f);
    if (!is_old)
        put_addresses(f, false);
    put(f, "behind it", 9);
}

static void reads(bool is_old)
{
    struct file *f = memory_zeroed(1, sizeof(*f));
    struct symbols s = {0};
    size_t size;
    make(f, is_old);
    char *words = kallsyms_words(&(struct blob){.bytes = f->bytes, .size = f->size}, "kernel_of_it", &size);
    assert_non_null(words);
    symbols_read_lines(&s, words, size, false);
    assert_int_equal(s.count, COUNT - 1);
    const struct symbol *found = symbols_find(&s, BASE + 257 * STEP + 3);
    assert_string_equal(found->name, "function_257");
    assert_string_equal(found->owner, "kernel_of_it");
    assert_int_equal(found->address, BASE + 257 * STEP);
    symbols_free(&s);
    free(words);
    free(f);
}

static void of_both_kinds(void **state)
{
    (void)state;
    reads(true);
    reads(false);
}

/* Cut off anywhere it has either no table, or all of it. */
static void damaged(void **state)
{
    struct file *f = memory_zeroed(1, sizeof(*f));
    size_t whole = 0, size;
    (void)state;
    make(f, true);
    for (size_t cut = 0; cut < f->size; cut += 7) {
        uint8_t *bytes = malloc(cut ? cut : 1);
        memcpy(bytes, f->bytes, cut);
        char *words = kallsyms_words(&(struct blob){.bytes = bytes, .size = cut}, "x", &size);
        whole += words != NULL;
        free(words);
        free(bytes);
    }
    assert_in_range(whole, 1, 3);
    f->bytes[4096 + (COUNT * 4 + 7) / 8 * 8 + 16] = 0; /* the first name's length */
    assert_null(kallsyms_words(&(struct blob){.bytes = f->bytes, .size = f->size}, "x", &size));
    free(f);
}

/* pvbench trace --guest-symbols takes a kernel without a table of symbols, too. */
static void of_an_elf_file(void **state)
{
    struct file *f = memory_zeroed(1, sizeof(*f));
    char path[] = "/tmp/pvbench-kallsyms-XXXXXX";
    struct pvb_error e;
    (void)state;
    make(f, true);
    memcpy(f->bytes, "\177ELF", 4);
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, f->bytes, f->size), f->size);
    close(fd);
    struct trace_symbols *s = trace_symbols_read(path, &e);
    assert_non_null(s);
    trace_symbols_free(s);
    assert_int_equal(truncate(path, 4096), 0);
    assert_null(trace_symbols_read(path, &e));
    assert_non_null(strstr(e.text, "names no function"));
    unlink(path);
    free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_both_kinds), cmocka_unit_test(damaged),
                                       cmocka_unit_test(of_an_elf_file)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
