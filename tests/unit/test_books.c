/* The books of the measured regions: what is added to them, what is refused, and that what is written is read again. */
#include "console.h"
#include "collectors/hypervisor_log_write.h"

#define CALL PVB_CLASS_HYPERCALL, PVB_HC_xen_version

static const struct pvb_param_workload asked[] = {{.name = "empty", .iterations = 10, .warmup = 2}};

static void found_by_key(void **state)
{
    (void)state;
    struct books b = {.regions = 2};
    assert_ptr_equal(books_at(&b, (struct book_key){.region = 1}), &b.region[1]);
    assert_null(books_at(&b, (struct book_key){.region = 2}));
    assert_null(books_at(&b, (struct book_key){.guest = 1}));
    assert_null(books_at(&b, (struct book_key){.vcpu = 1}));
    assert_ptr_equal(books_open(&b, (struct book_key){.region = 1}), &b.region[1]);
    assert_null(books_open(&b, (struct book_key){.region = 7}));
    assert_ptr_equal(b.open, &b.region[1]);
    assert_int_equal(b.open_key.region, 1);
    books_close(&b);
    assert_null(b.open);
}

static void sums(void **state)
{
    (void)state;
    struct region r = {0};
    struct entry_kind *k = region_kind(&r, CALL);
    assert_ptr_equal(region_kind(&r, CALL), k);
    assert_null(region_find(&r, PVB_CLASS_EXIT, PVB_HC_xen_version));
    assert_true(kind_add(k, 2, 30, 10, 20));
    assert_true(kind_add(k, 1, 5, 5, 5));
    assert_int_equal(k->count, 3);
    assert_int_equal(k->total, 35);
    assert_int_equal(k->min, 5);
    assert_int_equal(k->max, 20);
    assert_false(kind_add(k, 1, PVB_TICKS_MAX, 1, PVB_TICKS_MAX));
    assert_int_equal(k->total, PVB_TICKS_MAX);
    assert_int_equal(k->count, 4);
    free(r.kind);
}

static void counts_ascend(void **state)
{
    (void)state;
    static const uint64_t key[] = {7, 3, 9, 3, 0, 9};
    struct entry_detail *list = NULL;
    size_t n = 0;
    for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++)
        assert_true(counts_add(&list, &n, key[i], i + 1));
    assert_int_equal(n, 4);
    for (size_t i = 1; i < n; i++)
        assert_true(list[i - 1].key < list[i].key);
    assert_int_equal(counts_of(list, n, 3), 2 + 4);
    assert_int_equal(counts_of(list, n, 9), 3 + 6);
    assert_int_equal(counts_of(list, n, 8), 0);
    free(list);
}

static void places(void **state)
{
    (void)state;
    struct entry_path p = {0}, none = {0};
    path_add(&p, &(struct entry_path){.count = 1, .total = 8, .min = 8, .max = 8, .log2[3] = 1});
    path_add(&p, &(struct entry_path){.count = 2, .total = 12, .min = 4, .max = 8, .log2 = {[2] = 1, [3] = 1}});
    path_add(&p, &none);
    assert_int_equal(p.count, 3);
    assert_int_equal(p.total, 20);
    assert_int_equal(p.min, 4);
    assert_int_equal(p.log2[3], 2);
}

/* 500 costs of their own are more than a line holds. */
static void fill(struct region *r)
{
    *r = (struct region){.seen = true, .closed = true, .spans = 3, .ticks = 70000};
    struct entry_kind *k = region_kind(r, CALL);
    for (unsigned i = 0; i < 1000; i++) {
        k->count++;
        assert_true(kind_cost(k, 100000 - i / 2));
    }
    assert_true(counts_add(&k->detail, &k->details, 6, 999));
    assert_true(counts_add(&k->detail, &k->details, 0, 1));
    assert_true(kind_settle(k));
    region_kind(r, PVB_CLASS_FORWARD, 14)->count = 4;
    /* Details alone, without an entry, are not told. */
    k = region_kind(r, PVB_CLASS_EMULATE, 0);
    assert_true(counts_add(&k->detail, &k->details, 1, 1));
}

static void written_and_read(void **state)
{
    (void)state;
    struct books b = {.regions = 2};
    char *text = NULL;
    size_t size;
    fill(&b.region[1]);
    FILE *out = open_memstream(&text, &size);
    log_write_region(&b.region[1], 1, out);
    log_write_kinds(&b.region[1], 1, out);
    log_write_regionend(1, out);
    fclose(out);
    struct observation *o = console_open(&hypervisor_xen.listener, "pv", asked, 1);
    console_feed_text(o, text);
    const struct region *r = &o->books.region[1];
    const struct entry_kind *k = region_find(r, CALL), *forward = region_find(r, PVB_CLASS_FORWARD, 14);
    assert_null(region_trouble(r));
    assert_int_equal(r->spans, 3);
    assert_int_equal(r->ticks, 70000);
    assert_int_equal(r->kinds, 2);
    assert_int_equal(k->count, 1000);
    assert_int_equal(k->min, 99501);
    assert_int_equal(k->max, 100000);
    assert_int_equal(k->total, b.region[1].kind[0].total);
    assert_int_equal(k->costs.items, 500);
    assert_memory_equal(k->costs.item, b.region[1].kind[0].costs.item, 500 * sizeof(k->costs.item[0]));
    assert_int_equal(counts_of(k->detail, k->details, 6), 999);
    assert_true(forward->no_costs);
    for (char *line = text, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        assert_in_range(end - line, 1, PVB_LINE_MAX);
    }
    observation_free(o);
    free(text);
    books_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_by_key),     cmocka_unit_test(sums),
        cmocka_unit_test(counts_ascend),    cmocka_unit_test(places),
        cmocka_unit_test(written_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
