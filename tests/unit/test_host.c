/* Measuring on a host: the order of boots, the places of threads, and what the host is like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runner/host/environment.h"
#include "runner/common/files.h"
#include "runner/host/pinning.h"
#include "runner/plan/schedule.h"

#include "collectors/threads.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* --- the order ------------------------------------------------------------ */

static void blocks(void **state)
{
    (void)state;
    unsigned order[2 * 5], again[2 * 5], abba = 0;
    for (unsigned seed = 1; seed <= 50; seed++)
        for (unsigned block = 0; block < 40; block++) {
            schedule_block(seed, block, 2, order);
            assert_true(order[0] < 2 && order[1] == 1 - order[0] && order[2] == order[1] && order[3] == order[0]);
            abba += order[0] == 0;
        }
    /* 2,000 throws of a coin: within four standard deviations of the half. */
    assert_true(abba > 1000 - 90 && abba < 1000 + 90);
    for (unsigned block = 0; block < 100; block++) {
        unsigned seen = 0;
        schedule_block(3, block, 5, order);
        schedule_block(3, block, 5, again);
        assert_memory_equal(order, again, sizeof(order));
        for (unsigned i = 0; i < 5; i++) {
            seen |= 1u << order[i];
            assert_int_equal(order[i], order[9 - i]);
        }
        assert_int_equal(seen, 31);
    }
    assert_in_range(schedule_random_seed(), 1, SCHEDULE_SEED_MAX);
}

/* The order is part of the format: a seed from an old result gives it again. */
static void known_order(void **state)
{
    (void)state;
    char all[64] = "";
    unsigned order[4];
    for (unsigned block = 0; block < 8; block++) {
        schedule_block(7, block, 2, order);
        strcat(all, order[0] ? "BAAB " : "ABBA ");
    }
    assert_string_equal(all, "ABBA ABBA ABBA ABBA ABBA BAAB BAAB ABBA ");
}

/* --- places --------------------------------------------------------------- */

static void cpu_lists(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "a", "1-", "-1", "3-2", "1,,2", "1;2", "99999", "1-99999", " 1"};
    cpu_set_t set;
    char text[64];
    assert_true(cpu_list_read("0,2-4,9\n", &set));
    assert_int_equal(CPU_COUNT(&set), 5);
    cpu_list_write(&set, text, sizeof(text));
    assert_string_equal(text, "0,2-4,9");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(cpu_list_read(wrong[i], &set));
}

static void places_as_words(void **state)
{
    (void)state;
    struct pinning p;
    struct pvb_error e;
    assert_int_equal(pinning_read(&p, "--pin", "2-3:0", &e), 0);
    assert_true(p.how == PIN_GIVEN && CPU_COUNT(&p.vcpus) == 2 && CPU_ISSET(0, &p.helpers));
    assert_int_equal(pinning_read(&p, "--pin", "none", &e), 0);
    assert_int_equal(p.how, PIN_NONE);
    assert_int_equal(pinning_read(&p, "--pin", "2:", &e), -1);
    assert_non_null(strstr(e.text, "--pin: \"2:\" is no place; give"));
    assert_int_equal(pinning_read(&p, "--pin", "1023", &e), 0);
    assert_int_equal(pinning_resolve(&p, &e), -1);
    assert_non_null(strstr(e.text, "processor 1023 is not there"));
    assert_int_equal(pinning_read(&p, "--pin", "auto", &e), 0);
    assert_int_equal(pinning_resolve(&p, &e), 0);
    assert_true(p.how == PIN_GIVEN && CPU_COUNT(&p.vcpus) > 0 && CPU_COUNT(&p.helpers) > 0);
}

static void *be_a_thread(void *name)
{
    prctl(PR_SET_NAME, name);
    for (;;)
        pause();
    return NULL;
}

static const char *cpus_of(const json_t *list, const char *name)
{
    json_t *item;
    size_t i;
    json_array_foreach(list, i, item) if (strcmp(json_string_value(json_object_get(item, "thread")), name) ==
                                          0) return json_string_value(json_object_get(item, "cpus"));
    return NULL;
}

/* A process with the names of QEMU's threads: vCPUs one by one, the rest elsewhere. */
static void real_threads(void **state)
{
    (void)state;
    struct pinning p = {.how = PIN_AUTO};
    struct pvb_error e;
    json_t *where = NULL;
    char vcpus[64], helpers[64], first[16];
    pthread_t thread;
    assert_int_equal(pinning_resolve(&p, &e), 0);
    assert_int_equal(thread_vcpu("CPU 12/KVM"), 12);
    assert_int_equal(thread_vcpu("CPU x/KVM"), -1);
    assert_int_equal(thread_vcpu("worker"), -1);
    assert_false(pinning_threads(&p, getpid(), &where));
    pinning_process(&p, getpid());
    assert_int_equal(pthread_create(&thread, NULL, be_a_thread, "CPU 0/KVM"), 0);
    assert_int_equal(pthread_create(&thread, NULL, be_a_thread, "worker"), 0);
    for (unsigned tries = 0; tries < 1000 && !(where && cpus_of(where, "worker")); tries++) {
        json_decref(where);
        where = NULL;
        usleep(1000);
        pinning_threads(&p, getpid(), &where);
    }
    cpu_list_write(&p.vcpus, vcpus, sizeof(vcpus));
    cpu_list_write(&p.helpers, helpers, sizeof(helpers));
    snprintf(first, sizeof(first), "%d", atoi(vcpus));
    assert_string_equal(cpus_of(where, "CPU 0/KVM"), first);
    assert_string_equal(cpus_of(where, "worker"), helpers);
    json_decref(where);
}

/* --- the environment ------------------------------------------------------ */

#define CPU "/sys/devices/system/cpu"

static void put(const char *root, const char *path, const char *text)
{
    struct pvb_error e;
    char *whole = path_of("%s%s", root, path);
    assert_int_equal(make_parents(whole, &e), 0);
    unlink(whole);
    assert_int_equal(write_new_file(whole, text, strlen(text), &e), 0);
    free(whole);
}

static char *make_host(char *root)
{
    assert_non_null(mkdtemp(root));
    put(root, CPU "/cpu0/cpufreq/scaling_governor", "powersave\n");
    put(root, CPU "/cpu1/cpufreq/scaling_governor", "performance\n");
    put(root, CPU "/intel_pstate/no_turbo", "0\n");
    put(root, CPU "/smt/control", "on\n");
    put(root, CPU "/cpu0/cpuidle/state0/name", "POLL\n");
    put(root, CPU "/cpu0/cpuidle/state1/name", "C1\n");
    put(root, CPU "/cpu0/cpuidle/state2/name", "C6\n");
    put(root, CPU "/cpu0/cpuidle/state2/disable", "1\n");
    put(root, CPU "/vulnerabilities/meltdown", "Not affected\n");
    put(root, CPU "/vulnerabilities/spectre_v2", "Vulnerable, IBPB: disabled\n");
    put(root, CPU "/vulnerabilities/mds", "Mitigation: Clear CPU buffers\n");
    put(root, CPU "/cpu0/thermal_throttle/core_throttle_count", "3\n");
    put(root, CPU "/cpu1/thermal_throttle/core_throttle_count", "4\n");
    put(root, "/proc/cpuinfo", "processor\t: 0\nmicrocode\t: 0xde\n\nprocessor\t: 1\nmicrocode\t: 0xde\n");
    put(root, "/proc/stat", "cpu  1 2 3 4 5 6 7 250 0 0\n");
    put(root, "/proc/loadavg", "1.25 1.0 1.0 1/100 4711\n");
    put(root, "/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
    put(root, "/sys/devices/system/node/node0/x", "");
    put(root, "/sys/devices/system/node/node1/x", "");
    put(root, "/proc/sys/kernel/numa_balancing", "1\n");
    put(root, "/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");
    put(root, "/sys/module/kvm_amd/parameters/nested", "1\n");
    put(root, "/sys/module/kvm_amd/parameters/npt", "N\n");
    put(root, "/sys/module/kvm/parameters/halt_poll_ns", "200000\n");
    put(root, "/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=UUID=1234 ro mitigations=off quiet\n");
    return root;
}

static bool says(const json_t *facts, const char *name, const char *json)
{
    json_t *value = json_object_get(facts, name);
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(4));
    bool same = text && strcmp(text, json) == 0;
    if (!same)
        print_message("# %s is %s\n", name, text);
    free(text);
    return same;
}

static void facts(void **state)
{
    (void)state;
    char root[] = "/tmp/pvbench-test-XXXXXX";
    json_t *f = environment_read(make_host(root));
    assert_true(says(f, "governor", "\"powersave, performance\""));
    assert_true(says(f, "boost", "true"));
    assert_true(says(f, "smt", "\"on\""));
    assert_true(says(f, "c_states", "[\"POLL\",\"C1\"]"));
    assert_true(says(f, "mitigations", "{\"mitigated\":1,\"vulnerable\":1,\"not_affected\":1}"));
    assert_true(says(f, "microcode", "\"0xde\""));
    assert_true(says(f, "numa_nodes", "2"));
    assert_true(says(f, "numa_balancing", "1"));
    assert_true(says(f, "transparent_hugepages", "\"always\""));
    assert_true(says(f, "clock_source", "\"hpet\""));
    assert_true(says(f, "nested", "true"));
    assert_true(says(f, "nested_paging", "false"));
    assert_true(
        says(f, "kvm_parameters", "{\"kvm.halt_poll_ns\":\"200000\",\"kvm_amd.nested\":\"1\",\"kvm_amd.npt\":\"N\"}"));
    assert_true(says(f, "kernel_command_line", "\"ro mitigations=off quiet\""));
    assert_true(says(f, "load", "1.25"));
    assert_true(says(f, "steal_s", "2.5"));
    assert_true(says(f, "throttled", "7"));
    assert_true(says(f, "nmi_watchdog", "null"));
    remove_tree(root);
    json_decref(f);
}

/* There, a domain that is measured takes the very time that counts as stolen. */
static void steal_of_a_first_domain(void **state)
{
    (void)state;
    char root[] = "/tmp/pvbench-test-XXXXXX";
    put(make_host(root), "/proc/xen/capabilities", "");
    json_t *another = environment_read(root);
    put(root, "/proc/xen/capabilities", "control_d\n");
    json_t *first = environment_read(root);
    assert_true(says(another, "steal_s", "2.5"));
    assert_true(says(first, "steal_s", "null"));
    remove_tree(root);
    json_decref(another);
    json_decref(first);
}

static void judgements(void **state)
{
    (void)state;
    char root[] = "/tmp/pvbench-test-XXXXXX";
    struct environment_judgement j[ENVIRONMENT_FACTS_MAX];
    json_t *f = environment_read(make_host(root));
    json_object_set_new(f, "xen", json_pack("{s:s}", "command_line", "dom0_mem=512M spec-ctrl=no"));
    unsigned n = environment_judge(f, j), bad = 0;
    for (unsigned i = 0; i < n; i++) {
        if (strcmp(j[i].name, "c_states") == 0 || strcmp(j[i].name, "nmi_watchdog") == 0)
            assert_true(j[i].good);
        else if (strcmp(j[i].name, "hypervisor") != 0) {
            if (j[i].good)
                fail_msg("%s is good: %s", j[i].name, j[i].text);
            assert_true(*j[i].mend);
            bad++;
        }
        if (strcmp(j[i].name, "nmi_watchdog") == 0)
            assert_false(j[i].known);
    }
    assert_int_equal(bad, 12);
    remove_tree(root);
    json_decref(f);
}

/* Xen's own words, which no file has: whoever can ask it adds them. */
static void how_xen_is_set(void **state)
{
    (void)state;
    static const struct {
        const char *xen, *words;
        bool good;
    } is[] = {{"null", "this computer does not say", true},
              {"{\"command_line\": \"\", \"nested_paging\": true}", "nested_paging", true},
              {"{\"command_line\": \"spec-ctrl=no-xen\"}", "faults are open", false},
              {"{\"command_line\": \"\", \"nested_paging\": false}", "shadows its guests' page tables", false}};
    for (size_t i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
        struct environment_judgement j[ENVIRONMENT_FACTS_MAX];
        json_t *f = json_object();
        json_object_set_new(f, "xen", json_loads(is[i].xen, JSON_DECODE_ANY, NULL));
        const unsigned n = environment_judge(f, j);
        for (unsigned k = 0; k < n; k++)
            if (strcmp(j[k].name, "xen") == 0) {
                assert_int_equal(j[k].good, is[i].good);
                assert_non_null(strstr(j[k].text, is[i].words));
            }
        json_decref(f);
    }
}

static void changes(void **state)
{
    (void)state;
    char root[] = "/tmp/pvbench-test-XXXXXX";
    json_t *before = environment_read(make_host(root));
    json_t *none = environment_changes(before, before, 100);
    assert_int_equal(json_array_size(none), 0);
    put(root, CPU "/smt/control", "off\n");
    put(root, "/proc/loadavg", "0.25 1.0 1.0 1/100 4711\n");
    put(root, CPU "/cpu1/thermal_throttle/core_throttle_count", "5\n");
    put(root, "/proc/stat", "cpu  1 2 3 4 5 6 7 255 0 0\n"); /* 50 ms in 100 s */
    json_t *after = environment_read(root), *list = environment_changes(before, after, 100);
    assert_int_equal(json_array_size(list), 2);
    assert_true(says(json_array_get(list, 0), "what", "\"smt\""));
    assert_true(says(json_array_get(list, 0), "after", "\"off\""));
    assert_true(says(json_array_get(list, 1), "what", "\"throttled\""));
    json_t *more = environment_changes(before, after, 10);
    assert_int_equal(json_array_size(more), 3);
    assert_true(says(json_array_get(more, 1), "what", "\"steal_s\""));
    remove_tree(root);
    json_decref(before);
    json_decref(none);
    json_decref(after);
    json_decref(list);
    json_decref(more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks),          cmocka_unit_test(known_order),    cmocka_unit_test(cpu_lists),
        cmocka_unit_test(places_as_words), cmocka_unit_test(facts),          cmocka_unit_test(steal_of_a_first_domain),
        cmocka_unit_test(judgements),      cmocka_unit_test(how_xen_is_set), cmocka_unit_test(changes),
        cmocka_unit_test(real_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
