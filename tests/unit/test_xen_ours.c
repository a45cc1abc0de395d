/* By what a domain of pvbench is known among all of a Xen host's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hypervisor-harness/xen-domain/ours.h"

#include <stdio.h>
#include <string.h>

enum { PID = 4711 };

static pid_t owner(const char *name)
{
    uint8_t uuid[OURS_UUID_SIZE];
    ours_uuid(PID, 0, uuid);
    return ours_owner(name, uuid);
}

static void the_uuid_says_the_process(void **state)
{
    (void)state;
    static const uint8_t expected[OURS_UUID_SIZE] = {0x70, 0x76, 0x62, 0x65, 0x6e, 0x63, 0x48, 0x00,
                                                     0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x12, 0x67};
    uint8_t uuid[OURS_UUID_SIZE];
    ours_uuid(PID, 0, uuid);
    assert_memory_equal(uuid, expected, sizeof(uuid));
}

static void ours_in_every_mode_and_unnamed_as_yet(void **state)
{
    (void)state;
    static const char *const modes[] = {"pv", "pvh", "hvm"};
    char name[64];
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        ours_name(PID, modes[i], 0, name, sizeof(name));
        assert_int_equal(owner(name), PID);
    }
    assert_string_equal(name, "pvbench-4711-hvm");
    assert_int_equal(owner(NULL), PID);
    assert_int_equal(owner(""), PID);
}

static void another_name_is_anothers(void **state)
{
    (void)state;
    static const char *const names[] = {"visitor",           "pvbench-",         "pvbench-4711",    "pvbench-4711-",
                                        "pvbench-4711-pvx",  "pvbench-4711-old", "pvbench-4712-pv", "pvbench-04711-pv",
                                        "pvbench-4711-pv-2", "Pvbench-4711-pv",  "pvbench-+4711-pv"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_int_equal(owner(names[i]), 0);
}

static void another_uuid_is_anothers(void **state)
{
    (void)state;
    uint8_t uuid[OURS_UUID_SIZE];
    for (size_t i = 0; i < sizeof(uuid); i++) {
        ours_uuid(PID, 0, uuid); /* also the byte that says which of ours: it is no longer the measured one's */
        uuid[i] ^= 0x80;
        assert_int_equal(ours_owner("pvbench-4711-pv", uuid), 0);
    }
    ours_uuid(0, 0, uuid);
    assert_int_equal(ours_owner("pvbench-0-pv", uuid), 0);
    assert_int_equal(ours_owner(NULL, uuid), 0);
}

static void one_beside_is_ours_too(void **state)
{
    (void)state;
    char name[64];
    uint8_t uuid[OURS_UUID_SIZE];
    ours_uuid(PID, 31, uuid);
    ours_name(PID, "pvh", 31, name, sizeof(name));
    assert_string_equal(name, "pvbench-4711-pvh-31");
    assert_int_equal(ours_owner(name, uuid), PID);
    assert_int_equal(ours_owner("", uuid), PID);
    assert_int_equal(ours_owner("pvbench-4711-pvh", uuid), 0);
    assert_int_equal(ours_owner("pvbench-4711-pvh-30", uuid), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_uuid_says_the_process), cmocka_unit_test(ours_in_every_mode_and_unnamed_as_yet),
        cmocka_unit_test(another_name_is_anothers),  cmocka_unit_test(another_uuid_is_anothers),
        cmocka_unit_test(one_beside_is_ours_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
