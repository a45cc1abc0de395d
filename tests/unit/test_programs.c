/* test_programs.c: whose code is by its bytes alone, from an archive as the lab's hosts get it. */
#include "common/memory.h"
#include "hypervisor-harness/lab/cpio.h"
#include "runner/machine/programs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* This program, as /bin/me, beside what is none. */
static struct blob archive_of(const char *name)
{
    struct pvb_error e = {""};
    struct blob me, archive = {NULL, 0};
    struct cpio c;
    FILE *f = memory_stream((char **)&archive.bytes, &archive.size);
    assert_int_equal(blob_read(&me, "/proc/self/exe", 64 << 20, &e), 0);
    cpio_begin(&c, f);
    assert_int_equal(cpio_folder(&c, "bin"), 0);
    assert_int_equal(cpio_file(&c, "bin/text", 0, "text", 4), 0);
    assert_int_equal(cpio_file(&c, name, 1, me.bytes, me.size), 0);
    assert_int_equal(cpio_end(&c), 0);
    fclose(f);
    blob_free(&me);
    return archive;
}

static void see(struct programs *p, const void *at, size_t size)
{
    char digits[200] = "";
    for (size_t i = 0; i < size; i++)
        snprintf(digits + 2 * i, 3, "%02x", ((const uint8_t *)at)[i]);
    assert_true(programs_code(p, (uintptr_t)at, digits));
}

static const void *address_of(void (*function)(struct programs *))
{
    const void *at;
    memcpy(&at, &function, sizeof(at));
    return at;
}

static void code_tells_its_program(void **state)
{
    (void)state;
    struct blob archive = archive_of("bin/me");
    struct programs p = {NULL, 0, NULL, 0, NULL, 0};
    struct symbols s = {NULL, 0, 0, NULL, 0};
    const uint8_t *function = address_of(programs_free);
    programs_read(&p, &archive);
    assert_int_equal(p.programs, 1);
    assert_string_equal(p.program[0].name, "/bin/me");
    see(&p, function, 8); /* too few to tell */
    programs_find(&p, &s);
    assert_null(symbols_find(&s, (uintptr_t)function));
    see(&p, function + 1, 40);
    programs_find(&p, &s);
    const struct symbol *found = symbols_find(&s, (uintptr_t)function + 5);
    assert_non_null(found);
    assert_string_equal(found->name, "programs_free");
    assert_string_equal(found->owner, "/bin/me");
    assert_true(found->address == (uintptr_t)function);
    found = symbols_find(&s, (uintptr_t)address_of((void (*)(struct programs *))(void (*)(void))blob_free));
    assert_string_equal(found->name, "blob_free"); /* of the same piece, and never seen */
    assert_null(symbols_find(&s, p.loaded[0].start - 1));
    assert_null(symbols_find(&s, p.loaded[0].end)); /* behind it is nobody */
    assert_non_null(symbols_find(&s, p.loaded[0].end - 1));
    programs_free(&p);
    symbols_free(&s);
    free(archive.bytes);
}

static void what_is_no_code_is_refused(void **state)
{
    (void)state;
    struct programs p = {NULL, 0, NULL, 0, NULL, 0};
    assert_false(programs_code(&p, 0, ""));
    assert_false(programs_code(&p, 0, "zz"));
    assert_false(programs_code(&p, 0, "00 "));
    assert_true(programs_code(&p, 0, "00\n"));
    programs_free(&p);
}

/* Wherever an archive is cut off, or one byte of a header is another. */
static void damaged_archives(void **state)
{
    (void)state;
    struct blob archive = archive_of("bin/me");
    for (size_t i = 0; i < 700; i += 9) {
        uint8_t *bytes = memory_zeroed(1, archive.size);
        const struct blob cut = {bytes, i}, other = {bytes, archive.size};
        struct programs p = {NULL, 0, NULL, 0, NULL, 0}, q = p;
        memcpy(bytes, archive.bytes, archive.size);
        programs_read(&p, &cut);
        assert_int_equal(p.programs, 0);
        programs_free(&p);
        bytes[i] ^= 0x47;
        programs_read(&q, &other);
        if (q.programs) {
            struct symbols s = {NULL, 0, 0, NULL, 0};
            see(&q, (const uint8_t *)address_of(programs_free) + 1, 40);
            programs_find(&q, &s);
            symbols_free(&s);
        }
        programs_free(&q);
        free(bytes);
    }
    free(archive.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_tells_its_program),
        cmocka_unit_test(what_is_no_code_is_refused),
        cmocka_unit_test(damaged_archives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
