/*
 * harness.c: runs the workloads that the parameters name, and reports.
 *
 * Per workload: set-up, one cold iteration in its own region, the warm-up,
 * the measured iterations, then the lines. Nothing is printed and nothing
 * else happens inside a region. See log.h for the lines and the marks.
 */
#include "internal.h"
#include "pvbench/log.h"

extern const struct workload workloads[], workloads_end[];

struct notifications notifications;

static uint64_t *samples; /* PVB_MAX_ITERATIONS of them */

struct progress {
    const struct workload *workload;
    struct guest_run run;
    uint32_t since_reset;
};

const char *guest_batch(struct guest_run *run, unsigned *batch)
{
    if (run->parameter > BATCH_MAX)
        return guest_mistake(run, "parameter: a batch has at most 32");
    *batch = run->parameter ? (unsigned)run->parameter : 1;
    run->ops_per_iteration = *batch;
    return NULL;
}

/* The empty operation costs what stands between the two time stamps: shift, or, the indirect call and its return. */
static void time_ops(void (*op)(void), uint64_t *into, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t start = tsc_now();
        op();
        into[i] = tsc_now() - start;
    }
}

static void collect_ops(uint64_t (*timed_op)(void), uint64_t *into, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        into[i] = timed_op();
}

static const uint32_t no_region = ~0u;

static void iterate(struct progress *p, uint32_t region, uint64_t *into, uint32_t count)
{
    const struct workload *w = p->workload;
    while (count) {
        uint32_t span = count;
        if (p->run.chunk) {
            if (p->since_reset == p->run.chunk) {
                w->reset();
                p->since_reset = 0;
            }
            if (span > p->run.chunk - p->since_reset)
                span = p->run.chunk - p->since_reset;
        }
        if (region != no_region)
            mode_mark(PVB_MARK_BEGIN(region));
        if (w->timed_op)
            collect_ops(w->timed_op, into, span);
        else
            time_ops(w->op, into, span);
        if (region != no_region)
            mode_mark(PVB_MARK_END(region));
        p->since_reset += span;
        into += span;
        count -= span;
    }
}

/* A reset, which is outside of any region, notifies nobody. */
static void print_notifications(unsigned index, const struct notifications *before, const struct notifications *after)
{
    if (params_have_any_devices())
        print("pvbench: notifications index=%u sent=%lu suppressed=%lu received=%lu\n", index,
              after->sent - before->sent, after->suppressed - before->suppressed, after->received - before->received);
}

static void run_workload(unsigned index, const struct pvb_param_workload *param, const struct workload *w)
{
    struct progress p = {.workload = w, .run = {.parameter = param->parameter, .ops_per_iteration = 1}};
    const char *reason = w->setup ? w->setup(&p.run) : NULL;
    if (reason) {
        print("pvbench: %s index=%u reason=%s\n", p.run.error ? "error" : "na", index, reason);
        return;
    }
    uint64_t cold;
    iterate(&p, PVB_REGION_COLD(index), &cold, 1);
    iterate(&p, no_region, samples, param->warmup);
    const struct notifications before = notifications;
    iterate(&p, PVB_REGION_STEADY(index), samples, param->iterations);
    const struct notifications after = notifications;
    if (w->teardown)
        w->teardown();
    print("pvbench: result index=%u iterations=%u warmup=%u ops=%lu cold=%lu unit=tsc measures=%s\n", index,
          param->iterations, param->warmup, p.run.ops_per_iteration, cold,
          w->measures ? w->measures : "whole_iteration");
    print_notifications(index, &before, &after);
    print_samples(index, samples, param->iterations, params.flags & PVB_PARAM_IN_ORDER);
}

enum { SETTLE_US = 30000 };

/*
 * On Xen the console's reader is a domain beside this one. It must have gone
 * to sleep before anything is measured, or its interrupts and its turns on the
 * processor would be in the samples and the counts.
 */
static void settle(void)
{
    if (!same_text(mode_platform(), "xen"))
        return;
    guest_timer_arm(guest_deadline_in(SETTLE_US));
    guest_halt_until_timer();
}

static const struct workload *find(const char *name)
{
    size_t count = ((uintptr_t)workloads_end - (uintptr_t)workloads) / sizeof(struct workload);
    for (size_t i = 0; i < count; i++)
        if (same_text(workloads[i].name->name, name))
            return &workloads[i];
    return NULL;
}

static void run_param(unsigned index, struct pvb_param_workload *param)
{
    param->name[PVB_NAME_SIZE - 1] = 0;
    print("pvbench: begin index=%u name=%s parameter=%lu\n", index, param->name, param->parameter);
    settle();
    const struct workload *w = find(param->name);
    if (!w)
        print("pvbench: error index=%u reason=this image has no workload of that name\n", index);
    else if (param->iterations < 1 || param->iterations > PVB_MAX_ITERATIONS)
        print("pvbench: error index=%u reason=iterations must be 1 to %u\n", index, PVB_MAX_ITERATIONS);
    else if (param->warmup > PVB_MAX_ITERATIONS)
        print("pvbench: error index=%u reason=warmup must be at most %u\n", index, PVB_MAX_ITERATIONS);
    else
        run_workload(index, param, w);
    print("pvbench: end index=%u\n", index);
}

/* Within one page, as its alignment has it. */
static volatile struct pvb_done work_done
    __attribute__((section(PVB_DONE_SECTION), used, aligned(64))) = {PVB_DONE_MAGIC, 0};

/*
 * A guest that is there to be beside another one does the operation of its one workload until it is ended: without
 * marks, time stamps and samples, which are the other's.
 */
static void be_neighbour(const struct pvb_param_workload *param)
{
    struct guest_run run = {.parameter = param->parameter, .ops_per_iteration = 1};
    const struct workload *w = find(param->name);
    const char *reason = !w ? "this image has no workload of that name" : w->setup ? w->setup(&run) : NULL;
    if (reason)
        guest_panic("%s: %s", param->name, reason);
    for (uint32_t done = 1;; done++) {
        if (w->timed_op)
            w->timed_op();
        else
            w->op();
        work_done.times = done;
        if (done == 1)
            print("pvbench: at_work\n");
        if (run.chunk && done % run.chunk == 0)
            w->reset();
    }
}

/* For whoever counts at the other end. */
static void print_devices(void)
{
    if (params_have_any_devices())
        print("pvbench: devices reads=%lu writes=%lu flushes=%lu sent=%lu received=%lu\n", disk_requests[DISK_READ],
              disk_requests[DISK_WRITE], disk_requests[DISK_FLUSH], net_sent, net_received);
}

void guest_main(void)
{
    if (params.abi != PVB_PARAMS_ABI || params.size != sizeof(params) || params.count > PVB_MAX_WORKLOADS)
        guest_panic("the parameter section is damaged: abi %u, size %u, count %u", params.abi, params.size,
                    params.count);
    print("pvbench: start abi=%u mode=%s platform=%s tsc_khz=%lu count=%u\n", PVB_LOG_ABI, mode_name(), mode_platform(),
          mode_tsc_khz(), params.count);
    if (!params.count)
        print("the parameter section is not filled; nothing to run\n");

    if (params.flags & PVB_PARAM_NEIGHBOUR) {
        params.workloads[0].name[PVB_NAME_SIZE - 1] = 0;
        be_neighbour(&params.workloads[0]);
    }

    /* Touched beforehand: the first write to a page may cost an entry in full virtualization. */
    samples = guest_pages(PVB_MAX_ITERATIONS * sizeof(*samples) / PAGE_SIZE);
    for (size_t i = 0; i < PVB_MAX_ITERATIONS; i += PAGE_SIZE / sizeof(*samples))
        samples[i] = 0;

    for (unsigned i = 0; i < params.count; i++) {
        uintptr_t mark = pages_mark();
        run_param(i, &params.workloads[i]);
        pages_rewind(mark);
    }
    print_devices();
    print("pvbench: done\n");
    mode_shutdown(false);
}
