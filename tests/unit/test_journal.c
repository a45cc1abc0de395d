/* The journal: what was written comes back, a torn end is dropped, the wrong plan is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runner/common/files.h"
#include "runner/session/journal.h"
#include "runner/session/verify.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char dir[64], path[96];

static json_t *header_of(const char *plan, const char *image)
{
    return json_pack("{s:s, s:{s:s}}", "plan", plan, "images", "guest-pv.elf", image);
}

static json_t *run_of(const char *name)
{
    return json_pack("{s:{s:s}, s:s, s:s, s:s, s:[{s:s, s:s, s:{s:f}}]}", "hypervisor", "name", "minivisor", "mode",
                     "pv", "machine", "lab", "status", "ok", "benchmarks", "name", name, "status", "ok", "cost", "mean",
                     1.0 / 3);
}

/* A journal of two boots, closed as by an interruption. */
static void write_two(void)
{
    struct journal j;
    struct pvb_error e = {""};
    json_t *header = header_of("p", "i"), *a = run_of("a"), *b = run_of("b");
    assert_int_equal(journal_create(&j, path, header, &e), 0);
    assert_int_equal(journal_add(&j, 1, a, &e), 0);
    assert_int_equal(journal_add(&j, 0, b, &e), 0);
    journal_close(&j, 0);
    json_decref(header);
    json_decref(a);
    json_decref(b);
}

static int resume(const char *plan, const char *image, size_t units, json_t **runs, struct pvb_error *e)
{
    struct journal j;
    json_t *header = header_of(plan, image);
    *runs = json_array();
    for (size_t i = 0; i < units; i++)
        json_array_append_new(*runs, json_array());
    int result = journal_resume(&j, path, header, *runs, e);
    journal_close(&j, 0);
    json_decref(header);
    return result;
}

static void append(const char *text)
{
    FILE *f = fopen(path, "a");
    fputs(text, f);
    fclose(f);
}

static void comes_back_as_it_was(void **state)
{
    (void)state;
    json_t *runs, *a = run_of("a");
    struct pvb_error e = {""};
    write_two();
    assert_int_equal(resume("p", "i", 2, &runs, &e), 0);
    assert_int_equal(json_array_size(json_array_get(runs, 0)), 1);
    assert_int_equal(json_array_size(json_array_get(runs, 1)), 1);
    assert_true(json_equal(json_array_get(json_array_get(runs, 1), 0), a));
    json_decref(a);
    json_decref(runs);
}

static void torn_end_is_dropped(void **state)
{
    (void)state;
    json_t *runs;
    struct blob before, after;
    struct pvb_error e = {""};
    write_two();
    assert_int_equal(blob_read(&before, path, 1 << 20, &e), 0);
    append("{\"unit\":0,\"run\":{\"sta");
    assert_int_equal(resume("p", "i", 2, &runs, &e), 0);
    assert_int_equal(json_array_size(json_array_get(runs, 0)), 1);
    assert_int_equal(blob_read(&after, path, 1 << 20, &e), 0);
    assert_int_equal(after.size, before.size);
    blob_free(&before);
    blob_free(&after);
    json_decref(runs);
}

static void refused(const char *plan, const char *image, size_t units, const char *word)
{
    json_t *runs;
    struct pvb_error e = {""};
    assert_int_equal(resume(plan, image, units, &runs, &e), -1);
    if (!strstr(e.text, word) || !strstr(e.text, path))
        fail_msg("%s", e.text);
    json_decref(runs);
}

static void what_does_not_belong(void **state)
{
    (void)state;
    write_two();
    refused("q", "i", 2, "another plan");
    refused("p", "k", 2, "guest-pv.elf has changed");
    refused("p", "i", 1, "not a boot of this plan");
    append("nonsense\n");
    refused("p", "i", 2, ":4:");
    write_two();
    append("{\"unit\":0,\"run\":{}}\n");
    refused("p", "i", 2, ":4: does not end with its sha256");
    unlink(path);
    refused("p", "i", 2, "no interrupted run");
    append("");
    refused("p", "i", 2, "holds nothing");
    append("{}\n");
    refused("p", "i", 2, "not a journal");
}

/* The journal of two boots, with a right seal on a line that was written by somebody else. */
static void forge(json_t *run)
{
    struct journal j = {.fd = -1};
    struct pvb_error e = {""};
    json_t *header = header_of("p", "i");
    unlink(path);
    assert_int_equal(journal_create(&j, path, header, &e), 0);
    assert_int_equal(journal_add(&j, 0, run, &e), 0);
    journal_close(&j, 0);
    json_decref(header);
    json_decref(run);
}

static json_t *without(const char *key)
{
    json_t *run = run_of("a");
    json_object_del(run, key);
    return run;
}

/* `text`, in place of the benchmark's `key`, or nothing. */
static json_t *benchmark_with(const char *key, json_t *value)
{
    json_t *run = run_of("a"), *bench = json_array_get(json_object_get(run, "benchmarks"), 0);
    if (value)
        json_object_set_new(bench, key, value);
    else
        json_object_del(bench, key);
    return run;
}

static void sealed_but_no_boot(void **state)
{
    (void)state;
    static const char *const keys[] = {"hypervisor", "mode", "machine", "status", "benchmarks"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        forge(without(keys[i]));
        refused("p", "i", 2, ":2: run: ");
    }
    forge(benchmark_with("status", NULL));
    refused("p", "i", 2, ":2: run.benchmarks[0]: status is missing");
    forge(benchmark_with("status", json_string("fine")));
    refused("p", "i", 2, "status is none that there is");
    forge(benchmark_with("status", json_string("crashed")));
    refused("p", "i", 2, "reason is missing");
    forge(benchmark_with("name", json_integer(3)));
    refused("p", "i", 2, "name is missing, or no string");
    forge(benchmark_with("cost", NULL));
    refused("p", "i", 2, "cost is missing");
}

/* One byte is another: refused where it is, wherever that is. */
static void every_byte_counts(void **state)
{
    (void)state;
    struct blob file;
    struct pvb_error e = {""};
    json_t *runs;
    write_two();
    assert_int_equal(blob_read(&file, path, 1 << 20, &e), 0);
    for (size_t i = 0; i + 1 < file.size; i++) {
        const uint8_t before = file.bytes[i];
        file.bytes[i] ^= 1;
        assert_int_equal(write_new_file(path, file.bytes, file.size, &e), 0);
        if (resume("p", "i", 2, &runs, &e) != -1 || !strstr(e.text, path))
            fail_msg("byte %zu: %s", i, e.text);
        json_decref(runs);
        file.bytes[i] = before;
    }
    blob_free(&file);
}

/* A link that somebody put there is not written through. */
static void planted_link(void **state)
{
    (void)state;
    char victim[112];
    struct journal j;
    struct pvb_error e = {""};
    json_t *header = header_of("p", "i");
    snprintf(victim, sizeof(victim), "%s/victim", dir);
    assert_int_equal(symlink(victim, path), 0);
    int result = journal_create(&j, path, header, &e);
    journal_close(&j, 0);
    json_decref(header);
    assert_int_equal(result, -1);
    assert_non_null(strstr(e.text, "File exists; nothing was booted"));
    assert_int_equal(access(victim, F_OK), -1);
}

static void older_one_is_kept(void **state)
{
    (void)state;
    char older[112];
    write_two();
    write_two();
    snprintf(older, sizeof(older), "%s~", path);
    assert_int_equal(access(older, F_OK), 0);
}

static void unwritable(void **state)
{
    (void)state;
    struct journal j = {.fd = -1};
    struct pvb_error e = {""};
    json_t *header = header_of("p", "i");
    assert_int_equal(journal_create(&j, "/no/such/folder/j", header, &e), -1);
    assert_non_null(strstr(e.text, "cannot be created"));
    journal_close(&j, 0);
    json_decref(header);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* A disk that fills up: whole lines stay, and an older journal is put back. */
static void no_room(void **state)
{
    (void)state;
    struct journal j;
    struct pvb_error e = {""};
    struct blob before, after;
    json_t *header = header_of("p", "i"), *run = run_of("a"), *runs;
    assert_int_equal(journal_create(&j, path, header, &e), 0);
    assert_int_equal(journal_add(&j, 0, run, &e), 0);
    assert_int_equal(blob_read(&before, path, 1 << 20, &e), 0);
    limit_files(before.size + 10);
    assert_int_equal(journal_add(&j, 1, run, &e), -1);
    assert_non_null(strstr(e.text, "make room"));
    journal_close(&j, 0);
    limit_files(10);
    assert_int_equal(journal_create(&j, path, header, &e), -1);
    assert_non_null(strstr(e.text, "nothing was booted"));
    journal_close(&j, 0);
    limit_files(RLIM_INFINITY);
    assert_int_equal(blob_read(&after, path, 1 << 20, &e), 0);
    assert_int_equal(after.size, before.size);
    assert_int_equal(resume("p", "i", 2, &runs, &e), 0);
    blob_free(&before);
    blob_free(&after);
    json_decref(runs);
    json_decref(header);
    json_decref(run);
}

static void difference(const char *a, const char *b, const char *expected)
{
    char place[256];
    json_t *x = json_loads(a, 0, NULL), *y = json_loads(b, 0, NULL);
    assert_int_equal(json_first_difference(x, y, place, sizeof(place)), expected != NULL);
    assert_string_equal(place, expected ? expected : "");
    json_decref(x);
    json_decref(y);
}

static void differences_are_named(void **state)
{
    (void)state;
    difference("[{\"a\":1,\"b\":[1,2]}]", "[{\"a\":1,\"b\":[1,2]}]", NULL);
    difference("[{\"a\":1,\"b\":[1,2]}]", "[{\"a\":1,\"b\":[1,3]}]", "[0].b[1]: first 2, then 3");
    difference("[1]", "[1.0]", "[0]: first 1, then 1.0");
    difference("[1]", "[1,2]", "[1]: first nothing, then 2");
    difference("{\"a\":1}", "{\"a\":1,\"c\":{}}", "c: first nothing, then {}");
    difference("{\"a\":1}", "{\"b\":1}", "a: first 1, then nothing");
}

static int enter(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/pvbench-test-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    snprintf(path, sizeof(path), "%s/r.json.journal", dir);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    remove_tree(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(comes_back_as_it_was, enter, leave),
        cmocka_unit_test_setup_teardown(torn_end_is_dropped, enter, leave),
        cmocka_unit_test_setup_teardown(what_does_not_belong, enter, leave),
        cmocka_unit_test_setup_teardown(sealed_but_no_boot, enter, leave),
        cmocka_unit_test_setup_teardown(every_byte_counts, enter, leave),
        cmocka_unit_test_setup_teardown(planted_link, enter, leave),
        cmocka_unit_test_setup_teardown(older_one_is_kept, enter, leave),
        cmocka_unit_test_setup_teardown(unwritable, enter, leave),
        cmocka_unit_test_setup_teardown(no_room, enter, leave),
        cmocka_unit_test(differences_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
