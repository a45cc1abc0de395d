/*
 * Mutants of real results: other types, nulls, keys, numbers at their limits, long and odd texts, huge lists, deep
 * nests, at any place of the document. Bytes that a fuzzer turns are no JSON as a rule; these always are, and most are
 * results but for one thing. Each is refused in one line, or shown by every report, beside a good one and as a night.
 *
 * Four bytes are a mutation: where (two), what, and which of those.
 */
#include "fuzz_reports.h"
#include "reports/history/history.h"

#include <sys/stat.h>
#include <unistd.h>

#define MUTATIONS_MAX 16
#define HUGE          20000 /* elements of a list */
#define DEEP          500   /* levels of a nest */
#define LONG          9000  /* bytes of a text */
#define WORKLOADS     2     /* of the results, so that a mutant is shown in milliseconds */

static const char *const odd[] = {
    "",
    " ",
    "\033]0;title\a\033[2J",
    "\302\23331m",
    "\u202eright to left\u2069",
    "\ufffe\uffff\U0001fffe",
    "line\nline\r\ttab",
    "]]><!--<script>alert(1)</script>&amp;\"'",
    "`date` $(date) | * _ # [a](b) ~ \\ {} $x$ %s%n @me",
    "=1+1",
    "+1",
    "-1",
    "äöü €€€ 😀😀😀 ́́́",
    "1e999",
    "null",
    "2026-13-45T99:99:99Z",
    "2026-11-01T00:00:00+02:00",
    "minivisor",
    "xen",
    "kvm",
    "pv",
    "hvm",
    "pvh",
    "lab",
    "host",
    "ok",
    "failed",
    "not_applicable",
    "skipped",
    "timeout",
    "exact",
    "noisy",
    "cycles",
    "ns",
    "empty",
    "cpuid",
    "other",
    "a/b",
    "..",
};
static const double reals[] = {0.0,  -0.0,   0.5,    -1.5,   1e-7,    1e300, 1.7976931348623157e308, 5e-324, 9e15, 1e16,
                               1e18, 999.95, 1 / 3., 1e-300, 99999.5, 9999.5};
static const json_int_t integers[] = {0,         1,         2,         -1,        7,         1000,
                                      INT64_MAX, INT64_MIN, INT32_MAX, 1LL << 53, 1LL << 32, (1LL << 53) + 1};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A place of a document that can hold something else. */
struct slot {
    json_t *in;
    const char *key; /* NULL: an element of a list */
    size_t index;
};

struct slots {
    struct slot *slot;
    size_t count, room;
};

static json_t *held(const struct slot *s)
{
    return s->key ? json_object_get(s->in, s->key) : json_array_get(s->in, s->index);
}

static void put(const struct slot *s, json_t *value)
{
    if (s->key)
        json_object_set_new(s->in, s->key, value);
    else
        json_array_set_new(s->in, s->index, value);
}

static void add_slot(struct slots *all, const struct slot *s)
{
    if (all->count == all->room) {
        all->room = all->room ? 2 * all->room : 1024;
        all->slot = realloc(all->slot, all->room * sizeof(*all->slot));
        if (!all->slot)
            abort();
    }
    all->slot[all->count++] = *s;
}

/* `type`: of those alone; -1: any. */
static void collect(struct slots *all, json_t *value, int type)
{
    const char *key;
    json_t *inner;
    size_t i;
    json_object_foreach(value, key, inner)
    {
        if (type < 0 || (int)json_typeof(inner) == type)
            add_slot(all, &(struct slot){value, key, 0});
        collect(all, inner, type);
    }
    json_array_foreach(value, i, inner)
    {
        if (type < 0 || (int)json_typeof(inner) == type)
            add_slot(all, &(struct slot){value, NULL, i});
        collect(all, inner, type);
    }
}

static json_t *huge_list(const json_t *of)
{
    json_t *list = json_array();
    for (size_t i = 0; i < HUGE; i++)
        json_array_append_new(list, of ? json_deep_copy(of) : json_integer((json_int_t)i));
    return list;
}

static json_t *deep_nest(bool lists)
{
    json_t *nest = json_integer(1);
    for (size_t i = 0; i < DEEP; i++)
        nest = lists ? json_pack("[o]", nest) : json_pack("{s:o}", "in", nest);
    return nest;
}

/* Odd pieces in a row, begun at another byte of a character each time. */
static json_t *long_text(uint8_t which)
{
    static char text[LONG + 64];
    size_t used = which % 4;
    memset(text, 'x', used);
    for (const char *piece = odd[(which / 4) % COUNT(odd)]; used < LONG; used += strlen(piece)) {
        piece = *piece ? piece : "😀";
        strcpy(text + used, piece);
    }
    return json_string(text);
}

static void other_key(const struct slot *s, const char *key)
{
    json_t *value = s->key ? json_incref(held(s)) : NULL;
    if (!value)
        return;
    json_object_del(s->in, s->key);
    json_object_set_new(s->in, key, value);
}

static void more_of(const struct slot *s)
{
    if (s->key)
        json_object_set_new(s->in, "one more", json_deep_copy(held(s)));
    else
        json_array_append_new(s->in, json_deep_copy(held(s)));
}

static void scaled(const struct slot *s, uint8_t which)
{
    static const double by[] = {0, 0.5, 0.999, 1.001, 2, 10, 1e6, 1e12};
    const json_t *value = held(s);
    if (json_is_number(value))
        put(s, json_real(json_number_value(value) * by[which % COUNT(by)]));
}

static void mutate_slot(json_t *document, const struct slots *all, const struct slot *s, uint8_t what, uint8_t which)
{
    switch (what % 16) {
    case 0:
        put(s, json_null());
        break;
    case 1:
        put(s, which & 1 ? json_true() : which & 2 ? json_object() : json_array());
        break;
    case 2:
        put(s, json_integer(integers[which % COUNT(integers)]));
        break;
    case 3:
        put(s, json_real(reals[which % COUNT(reals)]));
        break;
    case 4:
    case 5:
        put(s, json_string(odd[which % COUNT(odd)]));
        break;
    case 6:
    case 7:
        put(s, long_text(which));
        break;
    case 8:
        put(s, huge_list(which & 1 && !json_is_array(held(s)) && !json_is_object(held(s)) ? held(s) : NULL));
        break;
    case 9:
        put(s, deep_nest(which & 1));
        break;
    case 10:
        if (s->key)
            json_object_del(s->in, s->key);
        else
            json_array_remove(s->in, s->index);
        break;
    case 11:
        other_key(s, odd[which % COUNT(odd)]);
        break;
    case 12:
        if (json_is_object(held(s)))
            json_object_set_new(held(s), odd[which % COUNT(odd)], json_deep_copy(held(&all->slot[which % all->count])));
        break;
    case 13:
        more_of(s);
        break;
    case 14:
        put(s, json_deep_copy(held(&all->slot[(which * 257u) % all->count])));
        break;
    default:
        scaled(s, which);
    }
    (void)document;
}

static void mutate(json_t *document, const uint8_t bytes[4])
{
    struct slots all = {NULL, 0, 0};
    /* Most values of a result are numbers in lists: half of the mutations are kept for texts and objects. */
    const int types[] = {-1, JSON_STRING, JSON_OBJECT, -1};
    collect(&all, document, types[bytes[2] >> 6]);
    if (all.count)
        mutate_slot(document, &all, &all.slot[(bytes[0] | bytes[1] << 8) % all.count], bytes[2] & 0x3f, bytes[3]);
    free(all.slot);
}

/* --- what is mutated, and what becomes of it ------------------------------------------- */

static json_t *bases[3];
static struct result good[COUNT(bases)];
static char folder[] = "/tmp/pvbench-mutants-XXXXXX";

#define PATH (sizeof(folder) + 16)

/* Each base has a folder of nights: two of its own, and the mutant. Without a night: the folder. */
static void path_of_night(size_t which, unsigned night, char into[PATH])
{
    snprintf(into, PATH, night ? "%s/%zu/%u.json" : "%s/%zu", folder, which, night);
}

static void write_night(const json_t *document, size_t which, unsigned night)
{
    char path[PATH];
    path_of_night(which, night, path);
    if (json_dump_file(document, path, JSON_COMPACT))
        abort();
}

static void remove_folder(void)
{
    char path[PATH];
    for (size_t i = 0; i < COUNT(bases); i++)
        for (unsigned night = 4; night-- > 0;) {
            path_of_night(i, night, path);
            remove(path);
        }
    rmdir(folder);
}

static json_t *dated(const json_t *base, const char *date)
{
    json_t *night = json_deep_copy(base);
    json_object_set_new(json_object_get(night, "provenance"), "date", json_string(date));
    return night;
}

/* A result with few workloads, of which every kind of thing is left. */
static void load_base(size_t i, const char *path)
{
    struct report_error e = {""};
    json_t *run;
    size_t at;
    bases[i] = json_load_file(path, 0, NULL);
    json_array_foreach(json_object_get(bases[i], "runs"), at, run)
    {
        json_t *list = json_object_get(run, "benchmarks");
        while (json_array_size(list) > WORKLOADS)
            json_array_remove(list, json_array_size(list) > 2 * WORKLOADS ? WORKLOADS : json_array_size(list) - 1);
    }
    char *text = json_dumps(bases[i], JSON_COMPACT);
    if (!text || result_parse(&good[i], path, text, strlen(text), &e))
        abort();
    free(text);
}

static void make_nights(size_t i)
{
    static const char *const dates[] = {"2026-11-01T01:00:00Z", "2026-11-02T01:00:00Z"};
    char path[PATH];
    path_of_night(i, 0, path);
    if (mkdir(path, 0777))
        abort();
    for (unsigned night = 0; night < COUNT(dates); night++) {
        json_t *document = dated(bases[i], dates[night]);
        write_night(document, i, night + 1);
        json_decref(document);
    }
}

static void load_all(void)
{
    static const char *const paths[] = {"tests/fixtures/result-full.json", "tests/fixtures/result-mixed.json",
                                        "tests/fixtures/result-scaling.json"};
    if (!mkdtemp(folder) || atexit(remove_folder))
        abort();
    for (size_t i = 0; i < COUNT(bases); i++) {
        load_base(i, paths[i]);
        make_nights(i);
    }
}

static void show_history(size_t which)
{
    char path[PATH];
    const struct history_options o = {.floor = JUDGE_NOISE_FLOOR};
    struct report_error e = {""};
    struct history h;
    struct shown s;
    path_of_night(which, 0, path);
    if (history_make(&h, path, &o, &e)) {
        shown_error(e.text);
        return;
    }
    int status = history_status(&h);
    if (status != 0 && status != 3 && status != 5)
        abort();
    history_print_text(&h, false, shown_begin(&s));
    shown_text(&s);
    history_print_text(&h, true, shown_begin(&s));
    shown_text(&s);
    history_print_json(&h, shown_begin(&s));
    shown_json(&s);
    history_print_html(&h, shown_begin(&s));
    shown_page(&s);
    history_free(&h);
}

static void show_comparisons(const struct result *base, const struct result *mutant, bool force)
{
    const struct compare_options o = {.floor = JUDGE_NOISE_FLOOR, .force = force};
    show_beside(base, mutant, &o);
    show_beside(mutant, base, &o);
    show_beside(mutant, mutant, &o);
}

static void show_alone(struct model *m, bool page)
{
    if (m->rows && page) {
        show_page(m);
    } else if (m->rows) {
        show_tables(m);
        show_figures(m, m->result->suite);
        if (model_subtract_empty(m) == 0)
            show_tables(m);
    }
    if (page)
        show_exports(m);
}

/* One way to show it; all at once would take ten times as long. */
enum way { TABLES, PAGE, COMPARED, FORCED, NIGHT, WAYS };

static void show(enum way way, size_t which, const struct result *mutant)
{
    struct report_error e = {""};
    struct model m;
    if (way == COMPARED || way == FORCED) {
        show_comparisons(&good[which], mutant, way == FORCED);
    } else if (model_make(&m, mutant, NULL, "mutant.json", &e)) {
        shown_error(e.text);
    } else {
        show_alone(&m, way == PAGE);
        model_free(&m);
    }
}

/* The first byte: of which base, and shown how. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct result r;
    struct report_error e = {""};
    if (!bases[0])
        load_all();
    const size_t which = size ? bytes[0] % COUNT(bases) : 0;
    const enum way way = (enum way)(size ? bytes[0] / COUNT(bases) % WAYS : TABLES);
    json_t *mutant = dated(bases[which], "2026-11-03T01:00:00Z");
    for (size_t i = 1; i + 4 <= size && i < 1 + 4 * MUTATIONS_MAX; i += 4)
        mutate(mutant, bytes + i);
    char *text = json_dumps(mutant, JSON_COMPACT);
    if (text && way == NIGHT) {
        write_night(mutant, which, 3);
        show_history(which);
    } else if (text && result_parse(&r, "mutant.json", text, strlen(text), &e) == 0) {
        show(way, which, &r);
        result_free(&r);
    } else if (text) {
        shown_error(e.text);
    }
    free(text);
    json_decref(mutant);
    return 0;
}
