/*
 * Names of events become attributes: a table that two other tools filled
 * (tests/fixtures/pmu/record), for processors that this computer does not have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/pmu_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE "tests/fixtures/pmu/events.tsv"

enum { NAME, TYPE, CONFIG, CONFIG1, EXCLUDED, PRECISE, SOURCE, COLUMNS };

static bool excluded(const char *list, const char *word)
{
    return strstr(list, word) != NULL;
}

static void hold_against(char *const *column)
{
    struct pmu_event event;
    char why[256] = "";
    bool good = pmu_event_encode(column[NAME], &event, why, sizeof(why));
    if (strcmp(column[TYPE], "error") == 0) {
        if (good || !strstr(why, column[CONFIG]))
            fail_msg("%s: should be refused with \"%s\", and is: %s", column[NAME], column[CONFIG], why);
        return;
    }
    if (!good)
        fail_msg("%s: %s", column[NAME], why);
    /* Of the sides that it is counted on, the one that the table speaks of. */
    bool guest = strstr(column[NAME], ":mg") && !event.together;
    const struct perf_event_attr attr = pmu_event_attr(&event, guest ? PMU_GUEST : PMU_HOST);
    const char *out = column[EXCLUDED];
    bool sides = strstr(column[NAME], ":mg") || strstr(column[NAME], ":mh");
    if (attr.type != strtoul(column[TYPE], NULL, 0) || attr.config != strtoull(column[CONFIG], NULL, 0) ||
        attr.config1 != strtoull(column[CONFIG1], NULL, 0) || attr.exclude_user != excluded(out, "user") ||
        attr.exclude_kernel != excluded(out, "kernel") || attr.precise_ip != strtoul(column[PRECISE], NULL, 0) ||
        (sides && (attr.exclude_guest != excluded(out, "guest") || attr.exclude_host != excluded(out, "host"))))
        fail_msg("%s: type %u config 0x%llx config1 0x%llx user %d kernel %d guest %d host %d precise %d; by %s: %s %s "
                 "%s %s %s",
                 column[NAME], attr.type, (unsigned long long)attr.config, (unsigned long long)attr.config1,
                 attr.exclude_user, attr.exclude_kernel, attr.exclude_guest, attr.exclude_host, attr.precise_ip,
                 column[SOURCE], column[TYPE], column[CONFIG], column[CONFIG1], out, column[PRECISE]);
}

static void as_other_tools_say(void **state)
{
    (void)state;
    char line[512];
    unsigned rows = 0;
    FILE *f = fopen(TABLE, "re");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        char *rest = line, *column[COLUMNS] = {0};
        line[strcspn(line, "\n")] = 0;
        if (line[0] == '#')
            continue;
        for (unsigned i = 0; i < COLUMNS; i++)
            assert_non_null(column[i] = strsep(&rest, "\t"));
        hold_against(column);
        rows++;
    }
    fclose(f);
    assert_true(rows >= 50);
    print_message("# %u events\n", rows);
}

static struct pmu_event encoded(const char *name)
{
    struct pmu_event event;
    char why[256];
    if (!pmu_event_encode(name, &event, why, sizeof(why)))
        fail_msg("%s", why);
    return event;
}

static void guest_and_host_apart(void **state)
{
    (void)state;
    struct pmu_event e = encoded("cycles");
    struct perf_event_attr guest = pmu_event_attr(&e, PMU_GUEST), host = pmu_event_attr(&e, PMU_HOST);
    assert_true(e.side[PMU_GUEST] && e.side[PMU_HOST] && !e.software);
    assert_true(guest.exclude_host && !guest.exclude_guest);
    assert_true(host.exclude_guest && !host.exclude_host);
    e = encoded("cycles:mg");
    assert_true(e.side[PMU_GUEST] && !e.side[PMU_HOST]);
    e = encoded("cycles:u:mh=1:precise=0");
    assert_true(!e.side[PMU_GUEST] && e.side[PMU_HOST]);
    e = encoded("cycles:mg:mh");
    host = pmu_event_attr(&e, PMU_HOST);
    assert_true(e.together && !e.side[PMU_GUEST] && e.side[PMU_HOST]);
    assert_true(!host.exclude_guest && !host.exclude_host);
    e = encoded("PERF_COUNT_SW_PAGE_FAULTS");
    assert_true(e.software && !e.side[PMU_GUEST] && e.side[PMU_HOST]);
}

static void refused(const char *name, const char *words)
{
    struct pmu_event event;
    char why[256] = "";
    if (pmu_event_encode(name, &event, why, sizeof(why)) || !strstr(why, words) ||
        strncmp(why, name, strlen(name)) != 0)
        fail_msg("%s: should be refused with \"%s\", and is: %s", name, words, why);
}

/* However it is written: whatever is left out, for which kind of event. */
static void what_counts_nothing(void **state)
{
    (void)state;
    static const char *const no_level[] = {"cycles:H",
                                           "cycles:h",
                                           "cycles:h=1",
                                           "cycles.h",
                                           "cycles:mh:h",
                                           "cycles:mg:h",
                                           "cycles:u=0",
                                           "cycles:k=n",
                                           "cycles:u=0:k=0",
                                           "cycles:h=0",
                                           "cycles:k=f:h=t",
                                           "r01c2:h",
                                           "r01c2.u=0.k=0",
                                           "PERF_COUNT_HW_CACHE_LL:READ:MISS:h",
                                           "PERF_COUNT_SW_PAGE_FAULTS:u=0",
                                           "amd64_fam19h_zen4::RETIRED_INSTRUCTIONS:h",
                                           "amd64_fam19h_zen4::RETIRED_INSTRUCTIONS:h:c=1",
                                           "skx::INST_RETIRED:ANY_P:u=0"};
    static const char *const no_side[] = {"cycles:mg=0",      "cycles:mh=0",      "cycles:mg=0:mh=0",
                                          "cycles:mg=n:mh=f", "cycles:mg=1:mh=0", "cycles.mg=0.mh=0",
                                          "r01c2:MG=0"};
    for (size_t i = 0; i < sizeof(no_level) / sizeof(no_level[0]); i++)
        refused(no_level[i], "can count nothing: user and kernel are both left out; give u, k or neither");
    for (size_t i = 0; i < sizeof(no_side) / sizeof(no_side[0]); i++)
        refused(no_side[i], "switched off counts nothing; give mg or mh alone");
    refused("PERF_COUNT_SW_PAGE_FAULTS:mg", "a guest has no part in it; leave mg out");
    refused("context-switches:u", "it happens in the kernel, which u leaves out");
    refused("cs:u:mh", "it happens in the kernel");
    refused("cpu-migrations:k=0:u", "it happens in the kernel");
    refused("cycles:G", "give mg");
    refused("cycles.g", "give mg");
    refused("cycles:GH", "no such unit mask or modifier");
    refused("cycles:exclude_host=1:exclude_guest=1", "no such unit mask or modifier");
    refused("cycles.period=1000", "for sampling");
}

static void what_counts_something(void **state)
{
    (void)state;
    struct perf_event_attr attr;
    static const char *const good[] = {"cycles:u:k",
                                       "cycles:u:h",
                                       "cycles:k:u=0",
                                       "cycles:u=1",
                                       "faults:u",
                                       "faults:mg:mh",
                                       "context-switches:k",
                                       "cs",
                                       "cpu-clock:u",
                                       "r01c2:u",
                                       "cycles:mg=1:k",
                                       "cycles.mh.u",
                                       "skx::INST_RETIRED:ANY_P:u"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct pmu_event e = encoded(good[i]);
        attr = pmu_event_attr(&e, e.side[PMU_HOST] ? PMU_HOST : PMU_GUEST);
        assert_false(attr.exclude_user && attr.exclude_kernel);
        assert_true(e.side[PMU_HOST] || e.side[PMU_GUEST]);
    }
    struct pmu_event e = encoded("cycles.mg=y");
    assert_true(e.side[PMU_GUEST] && !e.side[PMU_HOST]);
}

static void lists(void **state)
{
    (void)state;
    struct pmu_names names = {0};
    char why[256], many[1024] = "";
    assert_true(pmu_names_add(&names, "default,PERF_COUNT_SW_PAGE_FAULTS", why, sizeof(why)));
    assert_int_equal(names.count, 5);
    assert_string_equal(names.name[2], "PERF_COUNT_HW_CACHE_DTLB:READ:MISS");
    assert_true(pmu_names_add(&names, "r01c2", why, sizeof(why)));
    assert_int_equal(names.count, 6);
    assert_false(pmu_names_add(&names, "r01c2", why, sizeof(why)));
    assert_non_null(strstr(why, "stands there twice"));
    assert_false(pmu_names_add(&names, "cycles,,instructions", why, sizeof(why)));
    assert_non_null(strstr(why, "has no name"));
    assert_false(pmu_names_add(&names, "a b", why, sizeof(why)));
    for (unsigned i = 0; i < PMU_EVENTS_MAX; i++)
        sprintf(many + strlen(many), "%sr%x", i ? "," : "", 0x100 + i);
    assert_false(pmu_names_add(&names, many, why, sizeof(why)));
    assert_non_null(strstr(why, "make two runs of it"));
    memset(many, 'a', 300);
    many[300] = 0;
    assert_false(pmu_names_add(&names, many, why, sizeof(why)));
}

static void note(void *context, const struct pmu_offer *offer)
{
    unsigned *seen = context;
    *seen += strcmp(offer->pmu, "perf") == 0 && strcmp(offer->name, "PERF_COUNT_SW_PAGE_FAULTS") == 0;
}

static void offers(void **state)
{
    (void)state;
    char pmus[256];
    unsigned seen = 0, none = 0;
    assert_true(pmu_offers("page_fault", note, &seen, pmus, sizeof(pmus)) >= 3);
    assert_int_equal(seen, 1);
    assert_int_equal(pmu_offers("no such event anywhere", note, &none, pmus, sizeof(pmus)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_other_tools_say),
        cmocka_unit_test(guest_and_host_apart),
        cmocka_unit_test(what_counts_nothing),
        cmocka_unit_test(what_counts_something),
        cmocka_unit_test(lists),
        cmocka_unit_test(offers),
    };
    /* Events of processors that are not here. */
    setenv("LIBPFM_ENCODE_INACTIVE", "1", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
