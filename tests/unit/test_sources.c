/* The list of collectors of a boot: who gets a line, whose word counts of two starts, and how it stands in the result.
 */
#include "console.h"
#include "collectors/two_starts.h"

static const struct pvb_param_workload asked[] = {{.name = "empty", .iterations = 10, .warmup = 2}};
static unsigned opened, closed;

struct heard {
    unsigned lines, number;
    pid_t started;
};

static void *heard_open(struct observation *o)
{
    (void)o;
    struct heard *h = calloc(1, sizeof(*h));
    h->number = ++opened;
    return h;
}

static void heard_close(void *state)
{
    closed++;
    free(state);
}

/* It takes what begins with a digit. */
static bool heard_line(struct observation *o, void *state, const char *text, size_t size, bool cut)
{
    struct heard *h = state;
    (void)o;
    h->lines += size && !cut && text[0] >= '0' && text[0] <= '9';
    return size && text[0] >= '0' && text[0] <= '9';
}

static void heard_start(struct observation *o, void *state, pid_t process)
{
    struct heard *h = state;
    (void)o;
    h->started = process;
}

static bool heard_step(struct observation *o, void *state)
{
    (void)o;
    (void)state;
    return true;
}

static void heard_stop(struct observation *o, void *state)
{
    struct heard *h = state;
    (void)o;
    h->started = 0;
}

static bool to_be_had;

static bool is_to_be_had(void)
{
    return to_be_had;
}

static void heard_run(const struct observation *o, const void *state, json_t *run)
{
    const struct heard *h = state;
    (void)o;
    json_object_set_new(run, "number", json_integer(h->number));
}

static void heard_region(const struct observation *o, const void *state, const struct region_document *d)
{
    (void)o;
    (void)state;
    region_unavailable(d, "thing", "no reason");
}

static const struct collector listener = {
    .listens_to = SPEAKER_HYPERVISOR, .open = heard_open, .line = heard_line, .close = heard_close};
static const struct collector gentle = {.open = heard_open,
                                        .start = heard_start,
                                        .step = heard_step,
                                        .stop = heard_stop,
                                        .run = heard_run,
                                        .region = heard_region,
                                        .close = heard_close};
static const struct collector disturbing = {.open = heard_open,
                                            .start = heard_start,
                                            .stop = heard_stop,
                                            .disturbs = true,
                                            .is_to_be_had = is_to_be_had,
                                            .close = heard_close};
static const struct collector *const all[] = {&listener, &gentle, &disturbing, NULL};

static struct observation *see(void)
{
    struct observation *o = observation_new("pv", asked, 1);
    sources_open(o, all);
    o->speaker = "somebody";
    return o;
}

static unsigned number_of(const struct observation *o, const struct collector *c)
{
    return ((const struct heard *)sources_state(o, c))->number;
}

static void each_has_its_state(void **state)
{
    (void)state;
    opened = closed = 0;
    struct observation *o = see();
    assert_int_equal(opened, 3);
    assert_int_equal(number_of(o, &gentle), 2);
    assert_null(sources_state(o, &guest_log_collector));
    observation_free(o);
    assert_int_equal(closed, 3);
}

static void lines_find_their_source(void **state)
{
    (void)state;
    struct observation *o = see();
    sources_line(o, SPEAKER_HYPERVISOR, "1", 1, false);
    sources_line(o, SPEAKER_GUEST, "1", 1, false);
    sources_line(o, SPEAKER_NOBODY, "x", 1, false);
    assert_int_equal(((const struct heard *)sources_state(o, &listener))->lines, 1);
    assert_string_equal(o->fault, "");
    sources_line(o, SPEAKER_HYPERVISOR, "x", 1, false);
    assert_string_equal(o->fault, "a line of somebody begins with a word that is not known");
    observation_free(o);
}

static pid_t started(const struct observation *o, const struct collector *c)
{
    return ((const struct heard *)sources_state(o, c))->started;
}

static void who_watches_what(void **state)
{
    (void)state;
    struct observation *o = see();
    to_be_had = false;
    assert_false(sources_disturb(all));
    to_be_had = true;
    assert_true(sources_disturb(all));
    sources_start(o, START_FOR_COSTS, 7);
    assert_int_equal(started(o, &gentle), 7);
    assert_int_equal(started(o, &disturbing), 0);
    assert_true(sources_step(o, START_FOR_COSTS));
    sources_stop(o, START_FOR_COSTS);
    sources_start(o, START_FOR_COUNTS, 8);
    assert_int_equal(started(o, &gentle), 0);
    assert_int_equal(started(o, &disturbing), 8);
    assert_false(sources_step(o, START_FOR_COUNTS));
    sources_stop(o, START_FOR_COUNTS);
    sources_start(o, START_FOR_BOTH, 9);
    assert_int_equal(started(o, &gentle), 9);
    assert_int_equal(started(o, &disturbing), 9);
    observation_free(o);
}

/* What disturbs watched the second start; the word of what does not is that of the first. */
static void two_starts(void **state)
{
    (void)state;
    opened = 0;
    struct observation *first = see(), *second = see();
    observation_take_costs(second, first);
    assert_int_equal(number_of(second, &listener), 4);
    assert_int_equal(number_of(second, &gentle), 2);
    assert_int_equal(number_of(second, &disturbing), 6);
    assert_int_equal(number_of(first, &gentle), 5);
    observation_free(first);
    observation_free(second);
}

static void in_the_result(void **state)
{
    (void)state;
    opened = 0;
    struct observation *o = see();
    json_t *object = json_object(), *unavailable = json_object();
    sources_run(o, object);
    assert_int_equal(json_integer_value(json_object_get(object, "number")), 2);
    sources_region(o, &(struct region_document){.object = object, .unavailable = unavailable, .prefix = "cold."});
    assert_string_equal(json_string_value(json_object_get(unavailable, "cold.thing")), "no reason");
    json_decref(object);
    json_decref(unavailable);
    observation_free(o);
}

static void for_costs_then_for_counts(void **state)
{
    (void)state;
    enum start start = start_first(false);
    assert_true(start_is_watched(start, true));
    assert_true(start_is_watched(start, false));
    assert_false(start_again(&start, true));
    start = start_first(true);
    assert_false(start_is_watched(start, true));
    assert_true(start_is_watched(start, false));
    assert_false(start_again(&start, false));
    assert_true(start_again(&start, true));
    assert_true(start_is_watched(start, true));
    assert_false(start_is_watched(start, false));
    assert_false(start_again(&start, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_state), cmocka_unit_test(lines_find_their_source),
        cmocka_unit_test(who_watches_what),   cmocka_unit_test(two_starts),
        cmocka_unit_test(in_the_result),      cmocka_unit_test(for_costs_then_for_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
