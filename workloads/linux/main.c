/*
 * main.c: /init of the Linux guest: runs the loads that the parameters name, and reports.
 *
 * It does what the bare guests' harness does (workloads/guest/harness.c), in their lines and with their regions, so
 * that whoever reads a guest need not know what carries the workloads. By other names it is the programs that some
 * loads start.
 */
#include "boot.h"
#include "guest.h"
#include "load.h"
#include "programs.h"

#include <pvbench/log.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern const struct load __start_pvbench_loads[], __stop_pvbench_loads[];

/* volatile access is not needed: the section is filled before the program is started, but the compiler must not know.
 */
struct pvb_params params __attribute__((section(PVB_PARAMS_SECTION), aligned(64))) = {
    .magic = PVB_PARAMS_MAGIC,
    .abi = PVB_PARAMS_ABI,
    .size = sizeof(struct pvb_params),
};

static const uint32_t no_region = ~0u;

struct progress {
    const struct load *load;
    struct load_run run;
    uint32_t since_reset;
};

static uint64_t *samples;

void must(bool worked, const char *what)
{
    if (worked)
        return;
    guest_say("pvbench: panic reason=%s: %m\n", what);
    guest_end(0);
}

/*
 * The lab's emulator knows by addresses where a mark has been set, and which time stamps are those of a sample: no
 * other code has one in this section.
 */
#define SPANS __attribute__((noinline, section("pvbench_spans")))
extern const char __start_pvbench_spans[], __stop_pvbench_spans[];

SPANS static void marked(void)
{
    asm volatile("");
}

static void mark_region(uint32_t mark)
{
    guest_mark(mark);
    marked();
}

/* Those that a chunk still has room for. */
static uint32_t prepare_span(struct progress *p, uint32_t count)
{
    if (!p->run.chunk)
        return count;
    if (p->since_reset == p->run.chunk) {
        p->load->reset();
        p->since_reset = 0;
    }
    const uint32_t room = p->run.chunk - p->since_reset;
    return count < room ? count : room;
}

SPANS static void iterate(struct progress *p, uint32_t region, uint64_t *into, uint32_t count)
{
    while (count) {
        const uint32_t span = prepare_span(p, count);
        if (region != no_region)
            mark_region(PVB_MARK_BEGIN(region));
        for (uint32_t i = 0; i < span; i++) {
            if (p->load->told) {
                into[i] = p->load->told();
                continue;
            }
            const uint64_t start = tsc_now();
            p->load->op();
            into[i] = tsc_now() - start;
        }
        if (region != no_region)
            mark_region(PVB_MARK_END(region));
        p->since_reset += span;
        into += span;
        count -= span;
    }
}

static int ascending(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Sorted and run-length coded, as the bare guests do. */
static void say_samples(unsigned index, uint64_t *all, uint32_t count, bool in_order)
{
    char line[PVB_LINE_MAX - 40];
    size_t used = 0;
    if (!in_order)
        qsort(all, count, sizeof(*all), ascending);
    for (uint32_t i = 0, same; i < count; i += same) {
        for (same = 1; i + same < count && all[i + same] == all[i]; same++)
            continue;
        used += (size_t)snprintf(line + used, sizeof(line) - used, same > 1 ? " %lu*%u" : " %lu", all[i], same);
        if (used + 40 > sizeof(line) || i + same == count) {
            guest_say("pvbench: samples index=%u%s\n", index, line);
            used = 0;
        }
    }
}

/* One sample that the start of the guest is to be taken from. */
static void say_happened(unsigned index, const struct pvb_param_workload *param, const struct load *load)
{
    if (param->iterations != 1 || param->warmup) {
        guest_say("pvbench: error index=%u reason=a guest starts once: iterations must be 1, and warmup 0\n", index);
        return;
    }
    guest_say("pvbench: result index=%u iterations=1 warmup=0 ops=1 cold=%lu unit=tsc measures=since_the_start\n",
              index, load->happened());
    guest_say("pvbench: samples index=%u %lu\n", index, load->happened());
    load->tell(index);
}

static void run_load(unsigned index, const struct pvb_param_workload *param, const struct load *load)
{
    struct progress p = {.load = load, .run = {.parameter = param->parameter, .ops_per_iteration = 1}};
    const char *reason = load->setup ? load->setup(&p.run) : NULL;
    uint64_t cold, interrupts;
    if (reason) {
        guest_say("pvbench: na index=%u reason=%s\n", index, reason);
        return;
    }
    iterate(&p, PVB_REGION_COLD(index), &cold, 1);
    iterate(&p, no_region, samples, param->warmup);
    interrupts = guest_clock_interrupts();
    iterate(&p, PVB_REGION_STEADY(index), samples, param->iterations);
    interrupts = guest_clock_interrupts() - interrupts;
    if (load->teardown)
        load->teardown();
    guest_say("pvbench: result index=%u iterations=%u warmup=%u ops=%lu cold=%lu unit=tsc measures=%s\n", index,
              param->iterations, param->warmup, p.run.ops_per_iteration, cold,
              load->told ? "what_the_program_says" : "whole_iteration");
    guest_say("pvbench: clock index=%u interrupts=%lu\n", index, interrupts);
    say_samples(index, samples, param->iterations, params.flags & PVB_PARAM_IN_ORDER);
}

static const struct load *find(const char *name)
{
    // cppcheck-suppress comparePointers ; both are the linker's
    for (const struct load *l = __start_pvbench_loads; l < __stop_pvbench_loads; l++)
        if (strcmp(l->name->name, name) == 0)
            return l;
    return NULL;
}

static void run_param(unsigned index, struct pvb_param_workload *param)
{
    param->name[PVB_NAME_SIZE - 1] = 0;
    guest_say("pvbench: begin index=%u name=%s parameter=%lu\n", index, param->name, param->parameter);
    guest_settle();
    const struct load *load = find(param->name);
    if (!load)
        guest_say("pvbench: error index=%u reason=this image has no workload of that name\n", index);
    else if (param->iterations < 1 || param->iterations > PVB_MAX_ITERATIONS || param->warmup > PVB_MAX_ITERATIONS)
        guest_say("pvbench: error index=%u reason=iterations and warmup must be at most %u\n", index,
                  PVB_MAX_ITERATIONS);
    else if (load->happened)
        say_happened(index, param, load);
    else
        run_load(index, param, load);
    guest_say("pvbench: end index=%u\n", index);
}

/* Touched beforehand: the first write to a page is a fault. */
static void make_samples(void)
{
    uint32_t most = 1;
    for (unsigned i = 0; i < params.count; i++) {
        const struct pvb_param_workload *w = &params.workloads[i];
        most = w->iterations > most ? w->iterations : most;
        most = w->warmup > most ? w->warmup : most;
    }
    must(most <= PVB_MAX_ITERATIONS, "iterations");
    const size_t size = most * sizeof(*samples);
    samples = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    must(samples != MAP_FAILED, "memory for the samples");
}

static void run_all(void) __attribute__((noreturn, noinline));
static void run_all(void)
{
    if (params.abi != PVB_PARAMS_ABI || params.size != sizeof(params) || params.count > PVB_MAX_WORKLOADS)
        must(false, "the parameter section is damaged");
    make_samples();
    guest_say("pvbench: start abi=%u mode=%s platform=%s tsc_khz=%lu count=%u\n", PVB_LOG_ABI, guest_mode(),
              guest_platform(), guest_tsc_khz(), params.count);
    for (unsigned i = 0; i < params.count; i++)
        run_param(i, &params.workloads[i]);
    guest_say("pvbench: done\n");
    guest_end(1);
}

/* Of programs: the lower half of the addresses. */
const struct pvb_places places __attribute__((used, section(PVB_PLACES_SECTION), aligned(64))) = {
    .image_start = (uint64_t)__start_pvbench_spans,
    .image_end = (uint64_t)__stop_pvbench_spans,
    .user_start = 0,
    .user_end = 1ul << 47,
    .begin = (uint64_t)run_all,
    .mark = (uint64_t)marked,
};

/* Its books are open since the guest's start, if anybody asks for it. */
static void end_boot(void)
{
    for (unsigned i = 0; i < params.count && i < PVB_MAX_WORKLOADS; i++)
        if (strcmp(params.workloads[i].name, PVB_BOOT_WORKLOAD) == 0)
            boot_is_over(PVB_REGION_STEADY(i));
}

/* The loads run in a process as any other: the first one is special to the kernel, which says a line of each of its
 * faults. */
int main(int argc, char **argv)
{
    if (getpid() != 1)
        return program_run(argc, argv);
    guest_begin();
    end_boot();
    pid_t child = fork();
    if (child == 0)
        run_all();
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    guest_say("pvbench: panic reason=the process of the loads ended\n");
    guest_end(0);
}
