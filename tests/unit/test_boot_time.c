/* How long a boot may take: on a host by its seconds, in the lab by its instructions, whatever the seconds are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runner/session/boot_time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct lab_pace pace = {.slower = 10, .start_s = 3, .starts = 2};
static const struct lab_clock none = {.monitor = -1};

static char reason[200];

/* The emulator's side: what was asked there, and what it answers. */
static void is_asked(int emulator, const char *words)
{
    char said[200] = "";
    assert_true(recv(emulator, said, sizeof(said) - 1, MSG_DONTWAIT) > 0);
    assert_non_null(strstr(said, words));
}

static void answers(int emulator, const char *words)
{
    assert_int_equal(send(emulator, words, strlen(words), 0), strlen(words));
}

static void the_emulator_is_asked(void **state)
{
    (void)state;
    struct lab_clock c;
    struct pvb_error e;
    int emulator;
    char nothing;
    assert_int_equal(lab_clock_open(&c, &emulator, &e), 0);
    assert_false(lab_clock_look(&c));
    assert_true(recv(emulator, &nothing, 1, MSG_DONTWAIT) < 0); /* it speaks first */
    answers(emulator, "{\"QMP\": {\"version\": {}}}\r\n");
    assert_false(lab_clock_look(&c));
    is_asked(emulator, "qmp_capabilities");
    answers(emulator, "{\"return\": {}}\r\n");
    assert_false(lab_clock_look(&c));
    is_asked(emulator, "query-replay");
    assert_false(lab_clock_look(&c));
    assert_true(recv(emulator, &nothing, 1, MSG_DONTWAIT) < 0); /* once */
    answers(emulator, "{\"event\": \"STOP\"}\r\n{\"return\": {\"icount\": 17, ");
    assert_false(lab_clock_look(&c));
    answers(emulator, "\"mode\": \"record\"}}\r\n");
    assert_true(lab_clock_look(&c));
    assert_int_equal(c.instructions, 17);
    is_asked(emulator, "query-replay");
    answers(emulator, "{\"return\": {\"icount\": 17}}\r\n");
    assert_false(lab_clock_look(&c));
    close(emulator);
    assert_false(lab_clock_look(&c));
    lab_clock_close(&c);
    assert_false(lab_clock_look(&c));
}

/* Whatever it answers, nothing breaks and the count stays. */
static void nonsense_is_no_answer(void **state)
{
    (void)state;
    struct lab_clock c;
    struct pvb_error e;
    int emulator;
    char line[3000];
    assert_int_equal(lab_clock_open(&c, &emulator, &e), 0);
    memset(line, 'x', sizeof(line));
    line[sizeof(line) - 2] = '\n';
    line[sizeof(line) - 1] = 0;
    answers(emulator, line);
    answers(emulator, "\n[]\n7\n{\"return\": 7}\n{\"return\": {\"icount\": \"8\"}}\n{\"return\": {\"icount\": -9}}\n");
    assert_false(lab_clock_look(&c));
    assert_int_equal(c.instructions, 0);
    close(emulator);
    lab_clock_close(&c);
}

static bool over(const struct boot_time *t, bool started)
{
    reason[0] = 0;
    return boot_time_is_over(t, started, reason, sizeof(reason));
}

static void on_a_host_seconds_count(void **state)
{
    (void)state;
    struct boot_time t;
    boot_time_start(&t, NULL, 60, getpid(), none);
    assert_false(boot_time_to_look(&t));
    assert_false(over(&t, false));
    t.last_line -= 20 * 1000;
    assert_true(boot_time_to_look(&t));
    assert_true(over(&t, true));
    assert_string_equal(reason, "not a line within 20 s; --timeout=SECONDS gives it longer");
    boot_time_line(&t);
    assert_false(over(&t, true));
    t.deadline = t.last_line - 1;
    assert_true(over(&t, true));
    assert_string_equal(reason, "no end within 60 s; --timeout=SECONDS gives it longer");
}

static void in_the_lab_they_do_not(void **state)
{
    (void)state;
    struct boot_time t;
    boot_time_start(&t, &pace, 60, getpid(), none);
    t.last_line -= 3600 * 1000LL;
    t.deadline -= 3600 * 1000LL;
    t.clock.instructions = 2999999999;
    assert_false(over(&t, false));
    t.clock.instructions++;
    assert_false(over(&t, true));
    assert_true(over(&t, false));
    assert_string_equal(reason, "not a line within 3000 million instructions");
    t.clock.instructions = 2 * 3000000000ull + 2 * 6000000000ull - 1;
    assert_false(over(&t, true));
    t.clock.instructions++;
    assert_true(over(&t, true));
    assert_string_equal(reason, "no end within 18000 million instructions; --timeout=SECONDS gives it longer");
}

static void an_emulator_that_stands_still(void **state)
{
    (void)state;
    struct boot_time t;
    unsetenv("PVBENCH_STANDSTILL");
    boot_time_start(&t, &pace, 1, getpid(), none);
    t.moved -= (STANDSTILL_S - 1) * 1000LL;
    assert_false(over(&t, true));
    t.moved -= 1000;
    assert_true(over(&t, true));
    assert_string_equal(reason, "not an instruction within 120 s: the emulator stands still");
    setenv("PVBENCH_STANDSTILL", "3", 1);
    boot_time_start(&t, &pace, 1, getpid(), none);
    assert_false(over(&t, true));
    t.moved -= 3000;
    assert_true(over(&t, true));
    boot_time_line(&t);
    assert_false(over(&t, true));
    unsetenv("PVBENCH_STANDSTILL");
}

/* A look comes late on a busy computer: what the emulator has done of late is seen first. */
static void one_that_is_busy_need_not_answer(void **state)
{
    (void)state;
    struct boot_time t;
    boot_time_start(&t, &pace, 1, getpid(), none);
    t.moved -= 2 * STANDSTILL_S * 1000LL;
    t.next_look = 0;
    t.emulator.used_ms = -1; /* it has used more since */
    assert_true(boot_time_to_look(&t));
    assert_false(over(&t, true));
    t.answer_ms = t.emulator.used_ms - STANDSTILL_CPU_S * 1000LL + 1;
    assert_false(over(&t, true));
    t.answer_ms--;
    assert_true(over(&t, true));
    assert_string_equal(reason, "not an instruction in 600 s of the processor's time: the emulator stands still");
    t.next_look = 0;
    t.moved -= 2 * STANDSTILL_S * 1000LL;
    t.emulator.used_ms = t.answer_ms = 1LL << 40; /* it has not */
    t.emulator.moved_ms -= 1000;
    assert_true(boot_time_to_look(&t));
    assert_true(over(&t, true));
}

static void a_part_of_a_second_is_one(void **state)
{
    (void)state;
    assert_int_equal(lab_seconds(&pace, 1), 1);
    assert_int_equal(lab_seconds(&pace, 10), 1);
    assert_int_equal(lab_seconds(&pace, 11), 2);
    assert_int_equal(lab_seconds(&pace, 60), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_emulator_is_asked),         cmocka_unit_test(nonsense_is_no_answer),
        cmocka_unit_test(on_a_host_seconds_count),       cmocka_unit_test(in_the_lab_they_do_not),
        cmocka_unit_test(an_emulator_that_stands_still), cmocka_unit_test(one_that_is_busy_need_not_answer),
        cmocka_unit_test(a_part_of_a_second_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
