/*
 * lab_parts.c: see lab_parts.h.
 *
 * The plugin writes a line for what lies between two marks of the guest: a cold operation, or a chunk of the steady
 * ones. It cannot read which, so the chunks are taken in the order in which the workloads ran, each as many as its
 * operations need. The parts must add up to the guest's own samples, or the whole boot has none.
 */
#include "runner/machine/lab_parts.h"
#include "common/memory.h"
#include "runner/machine/lab_explain.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_FILE "parts.txt"

#define NOT_WATCHED "the guest's image does not say where its workloads begin; build it again with make"
#define NOT_WRITTEN "the emulator's plugin did not write what it counted"
#define NO_SPANS    "its samples begin with no operation of the guest's (see \"measures\")"
#define NOT_IN_STEP "the plugin's marks are not those of the boot's workloads"

enum { SEGMENTS_MAX = 1 << 16, LINE_MAX = 512 };

struct segment {
    uint64_t spans, guest, guest_kernel, hypervisor, kernel, user, idle, halts, served, out, in;
};

struct segments {
    struct segment *segment;
    size_t count, taken;
    bool ended;
    struct explain_segments *of; /* a benchmark */
    size_t benchmarks;
};

void lab_parts_arguments(const struct boot_order *order, char *into, size_t size)
{
    const struct pvb_places *p = order->image->places;
    into[0] = 0;
    if (!order->parts || !p)
        return;
    snprintf(into, size,
             "layout=%s,hvm=%d,linux=%d,guest=%" PRIx64 "-%" PRIx64 ",guest=%" PRIx64 "-%" PRIx64 ",main=%" PRIx64
             ",mark=%" PRIx64 ",out=" PARTS_FILE "%s",
             order->hypervisor->lab->layout,
             strcmp(guest_image_name(order->hypervisor, order->setting.guest[0].mode), "guest-hvm.elf") == 0,
             guest_is_linux(&order->setting.guest[0]), p->image_start, p->image_end, p->user_start, p->user_end,
             p->begin, p->mark, order->explain ? ",profile=" EXPLAIN_FILE : "");
}

static bool read_segment(const char *line, struct segment *s)
{
    return sscanf(line,
                  "segment spans=%" SCNu64 " guest=%" SCNu64 " guest_kernel=%" SCNu64 " hypervisor=%" SCNu64
                  " kernel=%" SCNu64 " user=%" SCNu64 " idle=%" SCNu64 " halts=%" SCNu64 " served=%" SCNu64
                  " out=%" SCNu64 " in=%" SCNu64,
                  &s->spans, &s->guest, &s->guest_kernel, &s->hypervisor, &s->kernel, &s->user, &s->idle, &s->halts,
                  &s->served, &s->out, &s->in) == 11;
}

static void read_segments(struct segments *s, const char *dir)
{
    char *path = path_of("%s/" PARTS_FILE, dir), line[LINE_MAX];
    FILE *f = fopen(path, "re");
    *s = (struct segments){.segment = f ? calloc(SEGMENTS_MAX, sizeof(*s->segment)) : NULL};
    while (s->segment && !s->ended && fgets(line, sizeof(line), f)) {
        s->ended = strcmp(line, "end\n") == 0;
        if (!s->ended && (s->count == SEGMENTS_MAX || !read_segment(line, &s->segment[s->count++])))
            break;
    }
    if (f)
        fclose(f);
    free(path);
}

static void add(struct segment *sum, const struct segment *s)
{
    sum->spans += s->spans;
    sum->guest += s->guest;
    sum->guest_kernel += s->guest_kernel;
    sum->hypervisor += s->hypervisor;
    sum->kernel += s->kernel;
    sum->user += s->user;
    sum->idle += s->idle;
    sum->halts += s->halts;
    sum->served += s->served;
    sum->out += s->out;
    sum->in += s->in;
}

/* As many as have so many spans; of a workload whose spans are none, the one. False: they are others'. */
static bool take_spans(struct segments *s, uint64_t spans, struct segment *sum)
{
    *sum = (struct segment){0};
    do {
        if (s->taken == s->count)
            return false;
        add(sum, &s->segment[s->taken++]);
    } while (sum->spans && sum->spans < spans);
    return !sum->spans || sum->spans == spans;
}

static json_t *latency(uint64_t served, uint64_t total)
{
    return json_pack("{s:I, s:I}", "samples", (json_int_t)served, "total", (json_int_t)total);
}

/*
 * `total`: of the samples. The time in which nothing executes is in them, too, if a processor was halted; what differs
 * beside that belongs to nobody.
 */
static json_t *parts_json(const struct segment *s, uint64_t total)
{
    const uint64_t guest = s->guest + s->guest_kernel;
    const int64_t rest = (int64_t)(total - guest - s->hypervisor - s->kernel - s->user - s->idle);
    const bool stood = s->halts && rest > 0;
    json_t *parts = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "unit", "instructions", "class",
                              "exact", "samples", (json_int_t)s->spans, "total", (json_int_t)total, "guest",
                              (json_int_t)guest, "hypervisor", (json_int_t)s->hypervisor, "back_end_kernel",
                              (json_int_t)s->kernel, "back_end_user", (json_int_t)s->user, "idle",
                              (json_int_t)s->idle + (stood ? rest : 0), "unattributed", (json_int_t)(stood ? 0 : rest));
    if (s->guest_kernel)
        json_object_set_new(parts, "guest_kernel", json_integer((json_int_t)s->guest_kernel));
    if (s->served) {
        json_object_set_new(parts, "io_out", latency(s->served, s->out));
        json_object_set_new(parts, "io_in", latency(s->served, s->in));
    }
    return parts;
}

static bool is_measured(const json_t *bench)
{
    const char *status = json_string_value(json_object_get(bench, "status"));
    return status && strcmp(status, "ok") == 0;
}

static uint64_t samples_total(const json_t *cost)
{
    return (uint64_t)llround(json_number_value(json_object_get(cost, "mean")) *
                             (double)json_integer_value(json_object_get(cost, "samples")));
}

static uint64_t integer(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

/*
 * A workload may time a part of its iteration alone: from one time stamp of the guest's to another, and then the spans
 * are the samples, or from another moment on.
 */
static bool are_samples(const json_t *bench, const json_t *parts)
{
    const char *measures = json_string_value(json_object_get(json_object_get(bench, "cost"), "measures"));
    return (measures && strcmp(measures, "whole iteration") == 0) || !integer(parts, "unattributed");
}

/* A guest's start is over before it sets its first mark. */
static bool is_before_all_marks(const json_t *bench)
{
    const char *measures = json_string_value(json_object_get(json_object_get(bench, "cost"), "measures"));
    return measures && strcmp(measures, "since the start") == 0;
}

/* False: the plugin's marks and the boot's workloads do not go together. */
static bool tell_bench(json_t *bench, struct segments *s)
{
    json_t *cold = json_object_get(bench, "cold");
    struct segment first, steady;
    struct explain_segments of = {.bench = bench, .cold = s->taken};
    if (!take_spans(s, 1, &first))
        return false;
    of.steady = s->taken;
    if (!take_spans(s, integer(bench, "iterations"), &steady))
        return false;
    of.end = s->taken;
    s->of[s->benchmarks++] = of;
    if (!first.spans || !steady.spans)
        return true;
    json_t *one = parts_json(&first, integer(json_object_get(cold, "cost"), "value"));
    json_t *all = parts_json(&steady, samples_total(json_object_get(bench, "cost")));
    if (are_samples(bench, one) && are_samples(bench, all)) {
        json_object_set(cold, "parts", one);
        json_object_set(bench, "parts", all);
    }
    json_decref(one);
    json_decref(all);
    return true;
}

static void set_unavailable(json_t *bench, const char *why)
{
    json_object_set_new(bench, "parts", json_null());
    json_object_set_new(json_object_get(bench, "cold"), "parts", json_null());
    json_object_set_new(json_object_get(bench, "unavailable"), "parts", json_string(why));
}

/* "": all of them have parts, but for those whose samples are no spans; else why none has. */
static const char *tell_benchmarks(json_t *benchmarks, struct segments *s)
{
    size_t i;
    json_t *bench;
    if (!s->ended)
        return NOT_WRITTEN;
    json_array_foreach(benchmarks, i, bench) if (is_measured(bench) && !is_before_all_marks(bench) &&
                                                 !tell_bench(bench, s)) return NOT_IN_STEP;
    return s->taken == s->count ? "" : NOT_IN_STEP;
}

void lab_parts_tell(const struct boot_order *order, const struct observation *o, json_t *run)
{
    struct segments s;
    json_t *benchmarks = json_object_get(run, "benchmarks"), *bench;
    size_t i;
    if (!order->parts)
        return;
    read_segments(&s, order->dir);
    s.of = memory_zeroed(json_array_size(benchmarks), sizeof(*s.of));
    const char *why = order->image->places ? tell_benchmarks(benchmarks, &s) : NOT_WATCHED;
    json_array_foreach(benchmarks, i, bench) if (is_measured(bench) && (*why || !json_object_get(bench, "parts")))
        set_unavailable(bench, *why ? why : NO_SPANS);
    if (order->explain && !*why)
        lab_explain_tell(order, o, s.of, s.benchmarks, run);
    free(s.of);
    free(s.segment);
}
