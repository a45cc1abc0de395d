/* A guest that was saved: what its file says, and what is said of it. */
#include "console.h"

#include "hypervisor-harness/xen-domain/save_stream.h"

#include <endian.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct pvb_param_workload asked[] = {{.name = "empty", .iterations = 10, .warmup = 2}};

#define START   "M start abi=1 version=0.1.0 mode=pv tsc_khz=1000000 guest_kib=65536\n"
#define END     "M end reason=poweroff\n"
#define SAVED   "M saved order=1 live=1 rounds=3 pages=40 bytes=9000 down=77\n"
#define PASSAGE "M passage order=1 what=restore ticks=90 own_ns=50 store_ns=20 store=7 mappings=1 36:3\n"

static struct observation *see(const char *text)
{
    struct observation *o = console_open(&hypervisor_xen.listener, "pv", asked, 1);
    console_feed_text(o, text);
    return o;
}

static void the_lines(void **state)
{
    (void)state;
    struct observation *o = see(START SAVED PASSAGE END);
    json_t *run = json_object();
    assert_string_equal(o->fault, "");
    sources_run(o, run);
    const json_t *one = json_array_get(json_object_get(run, "saves"), 0), *restore = json_object_get(one, "restore");
    assert_true(json_is_true(json_object_get(one, "live")));
    assert_int_equal(json_integer_value(json_object_get(one, "rounds")), 3);
    assert_int_equal(json_integer_value(json_object_get(one, "down")), 77);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(restore, "hypercalls"), "domctl")), 3);
    json_decref(run);
    observation_free(o);
}

static void lines_that_are_not_believed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        START PASSAGE,
        START "M saved order=2 live=0 rounds=1 pages=1 bytes=1 down=1\n",
        START "M saved order=1 live=2 rounds=1 pages=1 bytes=1 down=1\n",
        START "M saved order=1 live=0 rounds=1 pages=1 bytes=1\n",
        START SAVED "M passage order=1 what=dance ticks=90 own_ns=50 store_ns=20 store=7 mappings=1\n",
        START SAVED "M passage order=1 what=save ticks=90 own_ns=50 store_ns=20 store=7 mappings=1 36\n",
        START "G pvbench: save\n",
        START "G pvbench: save live=2\n",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct observation *o = see(bad[i]);
        if (!o->fault[0])
            fail_msg("lines %zu were believed: %s", i, bad[i]);
        observation_free(o);
    }
}

enum { TYPE_NONE = 0xf };

/* A stream as libxl writes it, without the pages' data: a hole in the file has that. */
struct writer {
    int file;
    off_t at;
};

static void put(struct writer *w, const void *bytes, size_t size)
{
    assert_int_equal(pwrite(w->file, bytes, size, w->at), (ssize_t)size);
    w->at += (off_t)size;
}

static void put_record(struct writer *w, uint32_t type, uint32_t length)
{
    put(w, (const uint32_t[]){type, length}, 8);
}

static void put_pages(struct writer *w, const uint64_t *page, uint32_t count, uint32_t with_data)
{
    put_record(w, 1, 8 + count * 8 + with_data * 4096);
    put(w, (const uint32_t[]){count, 0}, 8);
    put(w, page, count * 8);
    w->at += with_data * 4096;
}

static struct writer begin(void)
{
    struct writer w = {.file = memfd_create("test", 0)};
    put(&w, (const uint64_t[]){htobe64(0x4c6962786c466d74ul), 0}, 16);
    put_record(&w, 2, 3); /* something of libxl's, padded */
    w.at += 8;
    put_record(&w, 1, 0);
    put(&w, (const uint64_t[]){UINT64_MAX, htobe32(0x58454e46u), 0}, 24);
    put(&w, (const uint64_t[]){0, 0}, 16);
    return w;
}

static void pages_and_rounds(void **state)
{
    (void)state;
    struct writer w = begin();
    struct stream s;
    const uint64_t none = (uint64_t)TYPE_NONE << 60, table = 1ul << 60;
    put_pages(&w, (const uint64_t[]){3, 4 | table, 5 | none, 9}, 4, 3);
    put_pages(&w, (const uint64_t[]){12}, 1, 1);
    put_record(&w, 7, 5); /* of another kind */
    w.at += 8;
    put_pages(&w, (const uint64_t[]){4, 12}, 2, 2);
    put_pages(&w, (const uint64_t[]){12}, 1, 1);
    put_record(&w, 0, 0);
    assert_true(save_read_stream(w.file, &s));
    assert_int_equal(s.pages, 7);
    assert_int_equal(s.rounds, 3);
    assert_int_equal(s.bytes, w.at);
    close(w.file);
}

static void what_is_no_stream(void **state)
{
    (void)state;
    struct stream s;
    struct writer w = begin();
    put_pages(&w, (const uint64_t[]){3}, 1, 1);
    assert_false(save_read_stream(w.file, &s)); /* it ends in the middle */
    close(w.file);
    w = begin();
    put_record(&w, 1, 16); /* one page, and room for its number alone where two are said */
    put(&w, (const uint32_t[]){2, 0}, 8);
    w.at += 8;
    put_record(&w, 0, 0);
    assert_false(save_read_stream(w.file, &s));
    close(w.file);
    w = begin();
    put_record(&w, 1, UINT32_MAX);
    put(&w, (const uint32_t[]){UINT32_MAX, 0}, 8);
    assert_false(save_read_stream(w.file, &s));
    put(&(struct writer){w.file, 0}, "Libxl", 5);
    put(&(struct writer){w.file, 0}, "something else", 14);
    assert_false(save_read_stream(w.file, &s));
    assert_int_equal(ftruncate(w.file, 0), 0);
    assert_false(save_read_stream(w.file, &s));
    close(w.file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lines),
        cmocka_unit_test(lines_that_are_not_believed),
        cmocka_unit_test(pages_and_rounds),
        cmocka_unit_test(what_is_no_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
