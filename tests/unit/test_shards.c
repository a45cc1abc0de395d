/* A plan is divided: evenly by time, the same way everywhere, and each shard keeps its places in the whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runner/plan/shards.h"

#include <string.h>

static const struct suite suite = {
    .name = "s",
    .sha256 = "0",
    .hypervisors = {"native", "minivisor", "kvm"},
    .hypervisor_count = 3,
    .modes = {"pv", "hvm"},
    .mode_count = 2,
    .repeats = 2,
    .timeout_s = 60,
    .workload = {{.name = "empty", .iterations = 10}},
    .workload_count = 1,
};

static const struct narrowing lab = {.machine = &machine_lab};

static void make(struct plan *p, const struct narrowing *n)
{
    struct pvb_error e;
    assert_int_equal(plan_make(p, &suite, n, &e), 0);
}

static json_t *last(const char *key, double seconds)
{
    return json_pack("{s:s, s:{s:{s:f}}}", "schema", "pvbench.result/1", "provenance", "boot_seconds", key, seconds);
}

static unsigned shard_of(const struct shards *s, const char *key)
{
    for (unsigned i = 0; i < s->settings; i++)
        if (strcmp(s->setting[i].key, key) == 0)
            return s->setting[i].shard;
    fail();
    return 0;
}

static void by_the_usual_seconds(void **state)
{
    (void)state;
    struct plan p;
    struct shards s;
    struct pvb_error e;
    make(&p, &lab);
    assert_int_equal(shards_divide(&s, &p, 2, NULL, &e), 0);
    assert_int_equal(s.settings, 5);
    /* Hosts in the lab are the long ones: one each. */
    assert_int_not_equal(shard_of(&s, "kvm/pv@lab"), shard_of(&s, "kvm/hvm@lab"));
    assert_int_equal(s.setting[0].boots, 2);
    assert_false(s.setting[0].recorded);
    assert_true(shards_longest(&s) <= 2 * 30 + 2 * 2 * 2);
    shards_free(&s);
    plan_free(&p);
}

static void by_what_was_recorded(void **state)
{
    (void)state;
    struct plan p;
    struct shards s;
    struct pvb_error e;
    json_t *before = last("native/hvm@lab", 500);
    make(&p, &lab);
    assert_int_equal(shards_divide(&s, &p, 2, before, &e), 0);
    const unsigned alone = shard_of(&s, "native/hvm@lab");
    for (unsigned i = 0; i < s.settings; i++)
        assert_true(s.setting[i].recorded ? s.setting[i].shard == alone : s.setting[i].shard != alone);
    assert_true(s.seconds[alone] == 1000);
    shards_free(&s);
    json_decref(before);
    /* What no clock gives is not believed. */
    before = last("native/hvm@lab", -3);
    assert_int_equal(shards_divide(&s, &p, 2, before, &e), 0);
    assert_false(s.setting[0].recorded);
    shards_free(&s);
    json_decref(before);
    plan_free(&p);
}

static void each_boot_is_in_one_shard(void **state)
{
    (void)state;
    struct pvb_error e;
    for (unsigned count = 1; count <= 5; count++) {
        unsigned seen[10] = {0};
        for (unsigned shard = 1; shard <= count; shard++) {
            struct plan p;
            struct shards s;
            make(&p, &lab);
            assert_int_equal(p.units, 10);
            assert_int_equal(shards_divide(&s, &p, count, NULL, &e), 0);
            shards_take(&s, &p, shard);
            assert_true(p.units > 0);
            for (unsigned i = 0; i < p.units; i++) {
                assert_true(i == 0 || p.unit[i].place > p.unit[i - 1].place);
                seen[p.unit[i].place]++;
            }
            shards_free(&s);
            plan_free(&p);
        }
        for (unsigned i = 0; i < 10; i++)
            assert_int_equal(seen[i], 1);
    }
}

static void too_many(void **state)
{
    (void)state;
    struct plan p;
    struct shards s;
    struct pvb_error e;
    make(&p, &lab);
    assert_int_equal(shards_divide(&s, &p, 6, NULL, &e), -1);
    assert_non_null(strstr(e.text, "give 5 at most"));
    plan_free(&p);
}

/* Blocks hold guests against each other, which one computer must have. */
static void a_host_keeps_a_hypervisor_together(void **state)
{
    (void)state;
    struct plan p;
    struct shards s;
    struct pvb_error e;
    const struct narrowing host = {
        .machine = &machine_host, .hypervisors = {"kvm"}, .hypervisor_count = 1, .seed = 7, .pin.how = PIN_NONE};
    make(&p, &host);
    assert_int_equal(shards_divide(&s, &p, 2, NULL, &e), -1);
    assert_non_null(strstr(e.text, "one computer"));
    assert_int_equal(shards_divide(&s, &p, 1, NULL, &e), 0);
    assert_int_equal(shard_of(&s, "kvm/pv@host"), shard_of(&s, "kvm/hvm@host"));
    shards_free(&s);
    plan_free(&p);
}

static void words(void **state)
{
    (void)state;
    unsigned shard = 0, count = 0;
    assert_int_equal(shards_read("2/3", &shard, &count), 0);
    assert_int_equal(shard, 2);
    assert_int_equal(count, 3);
    assert_int_equal(shards_read("64/64", &shard, &count), 0);
    static const char *const bad[] = {"",     "2",    "/",    "0/3", "4/3",          "1/65",
                                      "1/3x", " 1/3", "-1/3", "1/",  "1/99999999999"};
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(shards_read(bad[i], &shard, &count), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_the_usual_seconds),
        cmocka_unit_test(by_what_was_recorded),
        cmocka_unit_test(each_boot_is_in_one_shard),
        cmocka_unit_test(too_many),
        cmocka_unit_test(words),
        cmocka_unit_test(a_host_keeps_a_hypervisor_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
