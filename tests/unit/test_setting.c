/* The key of what is measured: the usual is left out, what is not is in it, and nothing else decides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runner/setting/setting.h"

#include <string.h>

static void key_is(const struct setting *s, const char *expected)
{
    char key[SETTING_KEY_SIZE];
    setting_key(s, key, sizeof(key));
    assert_string_equal(key, expected);
}

static void keys(void **state)
{
    (void)state;
    struct setting s = setting_of("xen", "pv", "lab");
    key_is(&s, "xen/pv@lab");
    s.guest[0].vcpus = 2;
    key_is(&s, "xen/pv+2vcpus@lab");
    s.guest[0].carrier = "linux";
    key_is(&s, "xen/pv+linux+2vcpus@lab");
    s.guest[0].devices = "pv";
    key_is(&s, "xen/pv+linux+pv+2vcpus@lab");
    s.guest[0].variant = "xpti";
    key_is(&s, "xen/pv+linux+pv+2vcpus+xpti@lab");
    s.guest[0].neighbours = 31;
    key_is(&s, "xen/pv+linux+pv+2vcpus+32guests+xpti@lab");
    s.guest[0].load = "memory_walk";
    key_is(&s, "xen/pv+linux+pv+2vcpus+32guests-memory_walk+xpti@lab");
    s.guest[0].load_parameter = 2048;
    key_is(&s, "xen/pv+linux+pv+2vcpus+32guests-memory_walk-2048+xpti@lab");
    s.guest[0].weight = 512;
    s.guest[0].cap = 25;
    key_is(&s, "xen/pv+linux+pv+2vcpus+32guests-memory_walk-2048-w512-c25+xpti@lab");
    s.guest[0].neighbours = 0; /* what nobody does is not in it */
    s.guest[0].variant = NULL;
    s.guest[0].devices = NULL;
    s.machine = "host";
    key_is(&s, "xen/pv+linux+2vcpus@host");
}

static void a_key_that_does_not_fit(void **state)
{
    (void)state;
    const struct setting s = setting_of("xen", "pv", "lab");
    char key[8];
    setting_key(&s, key, sizeof(key));
    assert_string_equal(key, "xen/pv@");
}

static bool setting_same(const struct setting *a, const struct setting *b)
{
    char one[SETTING_KEY_SIZE], other[SETTING_KEY_SIZE];
    setting_key(a, one, sizeof(one));
    setting_key(b, other, sizeof(other));
    return strcmp(one, other) == 0;
}

static void same(void **state)
{
    (void)state;
    const struct setting a = setting_of("xen", "pv", "lab");
    struct setting b = setting_of("xen", "pv", "lab");
    assert_true(setting_same(&a, &b));
    b.guest[0].vcpus = 2;
    assert_false(setting_same(&a, &b));
    b = setting_of("xen", "pvh", "lab");
    assert_false(setting_same(&a, &b));
    b = setting_of("kvm", "pv", "lab");
    assert_false(setting_same(&a, &b));
    b = setting_of("xen", "pv", "host");
    assert_false(setting_same(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),
        cmocka_unit_test(a_key_that_does_not_fit),
        cmocka_unit_test(same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
