/* test_symbols.c: the functions that a host in the lab names, as its lines of words say them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runner/machine/symbols.h"

#include <string.h>

static void is(struct symbols *s, uint64_t address, const char *name, const char *owner)
{
    const struct symbol *found = symbols_find(s, address);
    assert_non_null(found);
    assert_string_equal(found->name, name);
    assert_string_equal(found->owner, owner);
}

static struct symbols read_lines(const char *text, bool xen)
{
    struct symbols s = {0};
    symbols_read_lines(&s, text, strlen(text), xen);
    return s;
}

static void lines(void **state)
{
    /* From the kernel's end to a module's and to Xen's addresses it goes backwards: modulo 2^64. */
    static const char text[] = "@kernel +ffffffff81000000 startup_64 _stext +50 next\n"
                               "+10 last @kvm +3efffff0 kvm_init\n"
                               "@xen +ffff82d03f1fffb0 do_mmu_update\n";
    struct symbols kernel = read_lines(text, false), xen = read_lines(text, true);
    (void)state;
    assert_int_equal(kernel.count, 5);
    is(&kernel, 0xffffffff81000004, "startup_64", "kernel"); /* of one place, the name without an underline */
    is(&kernel, 0xffffffff81000050, "next", "kernel");
    is(&kernel, 0xffffffff81000060, "last", "kernel");
    is(&kernel, 0xffffffffc0000050, "kvm_init", "kvm");
    assert_int_equal(xen.count, 1);
    is(&xen, 0xffff82cfff200000, "do_mmu_update", "xen");
    assert_null(symbols_find(&xen, 0xffff82cfff1fffff));
    symbols_free(&kernel);
    symbols_free(&xen);
}

static void what_says_nothing(void **state)
{
    static const char *const texts[] = {"",       "\n\n",    "name",        "+10 name",
                                        "@ name", "@kernel", "@kernel +zz", " @kernel name"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct symbols s = read_lines(texts[i], false);
        if (s.count)
            fail_msg("%s: names %s", texts[i], s.symbol[0].name);
        symbols_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(what_says_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
