/* test_number_file.c: the number with which a file begins, or none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/number_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool number_of(const char *text, uint64_t *number)
{
    char path[] = "/tmp/pvbench-test-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_true(dprintf(fd, "%s", text) >= 0);
    close(fd);
    const bool found = number_file(path, number);
    unlink(path);
    return found;
}

static void the_first_number(void **state)
{
    (void)state;
    uint64_t number = 7;
    assert_true(number_of("12345 2 3\n", &number));
    assert_int_equal(number, 12345);
    assert_true(number_of("18446744073709551615\n", &number));
    assert_true(number == UINT64_MAX);
}

static void none(void **state)
{
    (void)state;
    uint64_t number = 7;
    assert_false(number_of("", &number) || number_of("no number", &number));
    assert_false(number_file("/proc/nobody/schedstat", &number));
    assert_int_equal(errno, ENOENT);
    assert_int_equal(number, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_number), cmocka_unit_test(none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
