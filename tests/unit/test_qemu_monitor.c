/* QEMU's monitor, played: when it is asked, what of its answers is believed, and that the guest is always let go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/qemu_monitor.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PANICKED "{\"event\": \"GUEST_PANICKED\", \"data\": {\"action\": \"pause\"}}\r\n"
#define DISK(stats)                                                                                                    \
    "{\"return\": [{\"device\": \"cd\", \"stats\": {}}, {\"device\": \"disk\", \"stats\": " stats "}]}\r\n"
#define GOOD DISK("{\"rd_operations\": 7, \"wr_operations\": 5, \"flush_operations\": 0, \"rd_bytes\": 1}")

static struct qemu_monitor monitor;
static struct device_counts counts;
static int qemu;

static void begin(void)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    memset(&monitor, 0, sizeof(monitor));
    memset(&counts, 0, sizeof(counts));
    qemu = ends[0];
    qemu_monitor_begin(&monitor, ends[1]);
}

static void end(void)
{
    close(monitor.fd);
    if (qemu >= 0)
        close(qemu);
}

static void heard(const char *expected)
{
    char text[1024] = "";
    const ssize_t n = recv(qemu, text, sizeof(text) - 1, MSG_DONTWAIT);
    text[n > 0 ? n : 0] = 0;
    assert_string_equal(text, expected);
}

static bool told(const char *words, bool is_done)
{
    assert_int_equal(send(qemu, words, strlen(words), 0), strlen(words));
    return qemu_monitor_step(&monitor, is_done, &counts);
}

static void begin_and_hear(void)
{
    begin();
    heard("{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"set-action\",\"arguments\":{\"panic\":\"pause\"}}\n");
}

/* Half a line is not a line yet. */
static void asked_when_the_guest_waits(void **state)
{
    (void)state;
    begin_and_hear();
    assert_false(told("{\"QMP\": {\"version\": {}}}\r\n{\"return\": {}}\r\n{\"return\": {}}\r\n", false));
    assert_true(told("", true));
    heard("");
    assert_true(told("{\"event\": \"GUEST_PAN", true));
    heard("");
    assert_true(told("ICKED\"}\r\n{\"event\": \"STOP\"}\r\n", true));
    heard("{\"execute\":\"query-blockstats\"}\n");
    assert_false(told(GOOD, true));
    heard("{\"execute\":\"cont\"}\n");
    assert_true(counts.known[DEVICE_READS] && counts.known[DEVICE_WRITES] && counts.known[DEVICE_FLUSHES]);
    assert_int_equal(counts.count[DEVICE_READS], 7);
    assert_int_equal(counts.count[DEVICE_WRITES], 5);
    assert_int_equal(counts.count[DEVICE_FLUSHES], 0);
    assert_false(counts.known[DEVICE_SENT]);
    end();
}

/* The guest goes on, and nothing is known. */
static void answers_that_are_not_believed(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "{\"return\": []}\r\n",
        "{\"return\": [1, null, {}, {\"device\": 3}, {\"device\": \"disk\"}]}\r\n",
        DISK("[]"),
        DISK("{\"rd_operations\": 7, \"wr_operations\": 5}"),
        DISK("{\"rd_operations\": -7, \"wr_operations\": 5, \"flush_operations\": 0}"),
        DISK("{\"rd_operations\": 7.5, \"wr_operations\": 5, \"flush_operations\": 0}"),
        DISK("{\"rd_operations\": \"7\", \"wr_operations\": 5, \"flush_operations\": 0}"),
    };
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        begin_and_hear();
        assert_true(told(PANICKED, true));
        heard("{\"execute\":\"query-blockstats\"}\n");
        assert_false(told(answers[i], true));
        heard("{\"execute\":\"cont\"}\n");
        for (unsigned j = 0; j < DEVICE_COUNTS; j++)
            assert_false(counts.known[j]);
        end();
    }
}

/* What is no line of its own is passed over, however long; the next one counts. */
static void any_bytes_are_survived(void **state)
{
    (void)state;
    static char much[sizeof(monitor.line) + 100];
    memset(much, '[', sizeof(much) - 1);
    begin_and_hear();
    assert_true(told("\n\r\n\x01\xff{}\n[]\n\"event\"\n{\"event\": 1}\n{\"error\": {\"desc\": \"no\"}}\n", true));
    assert_true(told(much, true));
    assert_true(told("\n", true));
    heard("");
    assert_true(told(PANICKED, true));
    heard("{\"execute\":\"query-blockstats\"}\n");
    assert_false(told(GOOD, true));
    assert_true(counts.known[DEVICE_READS]);
    end();
}

static void who_does_not_answer(void **state)
{
    (void)state;
    begin_and_hear();
    assert_true(told(PANICKED, true));
    heard("{\"execute\":\"query-blockstats\"}\n");
    monitor.since -= 10;
    assert_false(told("", true));
    heard("{\"execute\":\"cont\"}\n");
    /* too late */
    assert_false(told(GOOD, true));
    assert_false(counts.known[DEVICE_READS]);
    heard("");
    end();
    begin_and_hear();
    close(qemu);
    qemu = -1;
    assert_false(qemu_monitor_step(&monitor, true, &counts));
    assert_false(counts.known[DEVICE_READS]);
    end();
    memset(&monitor, 0, sizeof(monitor));
    assert_false(qemu_monitor_step(&monitor, true, &counts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asked_when_the_guest_waits),
        cmocka_unit_test(answers_that_are_not_believed),
        cmocka_unit_test(any_bytes_are_survived),
        cmocka_unit_test(who_does_not_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
